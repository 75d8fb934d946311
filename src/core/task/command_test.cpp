#include "core/task/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace orgo::commands {
namespace {

TEST(Commands, AreDeclaredWhole) {
  std::set<std::string_view> names, lines;
  for (const auto& command : all()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_TRUE(lines.insert(command.line.name).second) << command.name;
    EXPECT_NE(command.apply, nullptr) << command.name;
    EXPECT_TRUE(command.summary.ends_with('.')) << command.name;
    EXPECT_FALSE(command.line.help.empty()) << command.name;
    EXPECT_TRUE(command.line.examples.starts_with("  orgo task " + std::string(command.line.name) + " "))
        << command.name;
    EXPECT_EQ(find(command.name), &command);
    if (!command.line.value.empty()) {
      EXPECT_FALSE(command.parameters.empty()) << command.name;
    }
    for (const auto& parameter : command.parameters) {
      const bool bounded = parameter.bytes_max > 0 || parameter.kind == Parameter::Kind::choice ||
                           parameter.kind == Parameter::Kind::time;
      EXPECT_TRUE(bounded) << command.name << " " << parameter.name;
      const bool several = parameter.kind == Parameter::Kind::texts || parameter.kind == Parameter::Kind::named_texts;
      EXPECT_EQ(parameter.count_max > 0, several) << command.name << " " << parameter.name;
      EXPECT_EQ(parameter.option.empty(), parameter.option_help.empty()) << command.name << " " << parameter.name;
      EXPECT_TRUE(parameter.option.empty() || !parameter.required) << "options can be left out";
      EXPECT_EQ(!parameter.choices.empty(), parameter.kind == Parameter::Kind::choice) << command.name;
    }
  }
  EXPECT_EQ(find("explode"), nullptr);
}

TEST(Commands, SayWhatTheyAreTold) {
  EXPECT_EQ(input_schema(*find("ack")), R"({"type":"object","additionalProperties":false,"properties":{}})");
  EXPECT_EQ(input_schema(*find("priority")),
            R"({"type":"object","additionalProperties":false,"required":["priority"],"properties":{"priority":)"
            R"({"type":"string","enum":["low","normal","high","urgent"]}}})");
  EXPECT_EQ(
      input_schema(*find("tags")),
      R"({"type":"object","additionalProperties":false,"properties":{"add":{"type":"array","maxItems":50,"items":)"
      R"({"type":"string","minLength":1,"maxLength":64}},"remove":{"type":"array","maxItems":50,"items":)"
      R"({"type":"string","minLength":1,"maxLength":64}}}})");
  EXPECT_EQ(input_schema(*find("due")),
            R"({"type":"object","additionalProperties":false,"required":["due_at"],"properties":{"due_at":)"
            R"({"type":["string","null"],"maxLength":64,"description":"RFC 3339, or as people write it, by the )"
            R"(organization's calendar and zone: tomorrow 12:00, friday 9:00, 2 business hours. null: none."}}})");
  EXPECT_EQ(input_schema_of_many(*find("ack"), 100, 20),
            R"({"type":"object","additionalProperties":false,"required":["tasks"],"properties":{"tasks":)"
            R"({"type":"array","maxItems":100,"items":{"type":"string","minLength":1,"maxLength":20}}}})");
}

TEST(Commands, WhatMakesNoSenseHasNoSteps) {
  for (const auto& [name, input] :
       std::initializer_list<std::pair<std::string_view, Input>>{{"state", {}},
                                                                 {"state", {{"state", "new"}}},
                                                                 {"priority", {{"priority", "huge"}}},
                                                                 {"tags", {}},
                                                                 {"fields", {}},
                                                                 {"fields", {{"fields", "of another kind"}}}}) {
    const auto steps = find(name)->apply(input, {});
    ASSERT_FALSE(steps) << name;
    EXPECT_EQ(steps.error().code, Errc::invalid_input) << name;
  }
}

}  // namespace
}  // namespace orgo::commands
