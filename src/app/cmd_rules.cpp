#include <iostream>

#include "app/commands.h"
#include "app/output.h"
#include "app/rule_files.h"
#include "app/settings.h"
#include "base/json.h"

namespace orgo {
namespace {

void print_json(const rules::Loaded& loaded) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("valid", loaded.rules != nullptr);
  if (loaded.rules) json.field("rules", loaded.rules->size()).field("version", loaded.rules->version());
  json.key("errors").begin_array();
  for (const auto& error : loaded.errors) {
    json.begin_object().field("file", error.path).field("line", error.line).field("column", error.column);
    json.field("message", error.message).field("hint", error.hint).end_object();
  }
  json.end_array().end_object();
  std::cout << out << '\n';
}

}  // namespace

int cmd_rules_check(const RulesOptions& options) {
  auto files = options.files;
  if (files.empty()) {
    const auto settings = read_settings(options.common);
    if (!settings) return report(settings.error());
    files = settings->rules;
    if (files.empty()) return report({Errc::invalid_input, "no rules are configured; name a file: orgo rules check rules.yaml"});
  }
  const auto sources = RuleFiles(files).read();
  if (!sources) return report(sources.error());
  const auto loaded = rules::load_rules(*sources);
  if (options.common.json) {
    print_json(loaded);
  } else if (loaded.rules) {
    std::cout << loaded.rules->size() << (loaded.rules->size() == 1 ? " rule" : " rules") << ", no errors (version "
              << loaded.rules->version() << ")\n";
  } else {
    std::cerr << to_string(loaded.errors, *sources) << loaded.errors.size() << (loaded.errors.size() == 1 ? " error.\n" : " errors.\n");
  }
  return loaded.rules ? kDone : kFailed;
}

}  // namespace orgo
