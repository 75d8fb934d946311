#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo {
namespace {

std::string render(std::string_view text, const std::map<std::string, std::string, std::less<>>& values,
                   std::size_t most = 1000) {
  return render_template(
      text,
      [&](std::string_view name) {
        const auto at = values.find(name);
        return at == values.end() ? nullptr : &at->second;
      },
      most);
}

TEST(Template, PutsValuesAndLeavesEmptyLinesOut) {
  EXPECT_EQ(render("Hi {{name}}!\n", {{"name", "Anna"}}), "Hi Anna!\n");
  EXPECT_EQ(render("Due: {{due}}\nnext\n", {{"due", ""}}), "next\n");
  EXPECT_EQ(render("{{a}}{{b}}\n", {{"a", ""}, {"b", "x"}}), "x\n");
  EXPECT_EQ(render("{{unknown}} {{ a }}", {{"a", "1"}}), "{{unknown}} 1");
  EXPECT_EQ(render("{{a}}", {{"a", "{{b}}"}, {"b", "secret"}}), "{{b}}") << "a value is never looked through again";
  EXPECT_EQ(render("{{a", {{"a", "1"}}), "{{a");
  EXPECT_EQ(render("}} {{}} {{ }}", {}), "}} {{}} {{ }}");
  EXPECT_EQ(render("{{a}}", {{"a", "ääää"}}, 5), "ää");
  EXPECT_LE(render(std::string(500, 'x') + "{{a}}{{a}}{{a}}", {{"a", std::string(900, 'y')}}).size(), 1000U);
  EXPECT_EQ(template_placeholders("{{a}} {{ b }} {{a}}"), (std::vector<std::string>{"a", "b"}));
}

TEST(Template, TheBuiltInOnesNameOnlyWhatThereIs) {
  for (const char* name : {"task_opened", "task_replied", "task_assigned", "escalated", "reply_received"}) {
    const auto* text = builtin_template(name);
    ASSERT_NE(text, nullptr) << name;
    for (const auto& used : template_placeholders(text->subject + text->body))
      EXPECT_NE(std::find(kPlaceholders.begin(), kPlaceholders.end(), used), kPlaceholders.end()) << used;
  }
  EXPECT_EQ(builtin_template("x"), nullptr);
}

}  // namespace
}  // namespace orgo
