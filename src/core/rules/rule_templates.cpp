#include "core/rules/rule_templates.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/rule_keys.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo::rules {
namespace {

void placeholders(YamlReader& reader, const YamlNode& node) {
  const std::string_view text = node.text;
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    const auto end = text.find("}}", at);
    if (end == std::string_view::npos) {
      reader.error_at(node, at, 2, "this {{ is never closed", "write }} after the name");
      return;
    }
    const auto name = trim(text.substr(at + 2, end - at - 2));
    if (std::find(kPlaceholders.begin(), kPlaceholders.end(), name) == kPlaceholders.end())
      reader.error_at(node, at, end + 2 - at, "unknown placeholder '" + std::string(cut_utf8(name, 64)) + "'",
                      name_hint(name, kPlaceholders));
    at = end + 2;
  }
}

}  // namespace

void TemplateReader::read(YamlReader& reader, const YamlNode& node,
                          const std::function<std::string(const YamlNode&)>& place) {
  if (node.is_nothing() || !reader.expect_mapping(node, "templates")) return;
  for (const auto& entry : node.entries) {
    const auto& name = entry.key.text;
    if (const auto known = places_.find(name); known != places_.end())
      reader.error(entry.key, "template '" + name + "' is here a second time", "first in " + known->second);
    places_.try_emplace(name, place(entry.key));
    if (name.empty() || name.size() > 64 || has_control(name))
      reader.error(entry.key, "the name of a template is 1 to 64 bytes");
    if (!reader.expect_mapping(entry.value, "a template")) continue;
    reader.check_keys(entry.value, "key of a template", names_of(kTemplateKeys));
    MailTemplate made;
    for (const auto& [key, target] : {std::pair{"subject", &made.subject}, std::pair{"body", &made.body}}) {
      const auto* part = entry.value.find(key);
      if (part == nullptr) {
        reader.error(entry.key, std::string("template '") + name + "' has no " + key);
        continue;
      }
      const auto text = reader.expect_string(*part, std::string("the ") + key + " of a template");
      if (!text) continue;
      if (text->size() > bytes_max_) reader.error(*part, "longer than " + format_bytes(bytes_max_));
      if (std::string_view(key) == "subject" && has_control(*text)) reader.error(*part, "a subject is one line");
      placeholders(reader, *part);
      *target = *text;
    }
    // What somebody writes to a customer must not be lost by how it is framed.
    const auto used = template_placeholders(made.body);
    if (name == kAnswerTemplate && std::ranges::find(used, "text") == used.end())
      reader.error(entry.key, "template 'answer' has no {{text}} in its body, so that what is answered would be lost",
                   "write {{text}} where the words of the answer stand");
    templates_.try_emplace(name, std::move(made));
  }
}

bool TemplateReader::knows(const std::string& name) const {
  return places_.contains(name) || builtin_template(name) != nullptr;
}

std::vector<std::string_view> TemplateReader::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : places_) names.push_back(name);
  return names;
}

}  // namespace orgo::rules
