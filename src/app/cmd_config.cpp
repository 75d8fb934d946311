#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/config.h"
#include "app/output.h"
#include "app/settings.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace orgo {
namespace {

void write_diagnostics(JsonWriter& json, std::string_view name, const std::vector<Diagnostic>& diagnostics) {
  json.key(name).begin_array();
  for (const auto& one : diagnostics) {
    json.begin_object().field("file", one.path).field("line", one.line).field("column", one.column);
    json.field("message", one.message).field("hint", one.hint).end_object();
  }
  json.end_array();
}

int check(const ConfigOptions& options, const LoadedConfig& loaded) {
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("file", loaded.path).field("valid", loaded.errors.empty());
    write_diagnostics(json, "errors", loaded.errors);
    write_diagnostics(json, "warnings", loaded.warnings);
    json.end_object();
    std::cout << out << '\n';
  } else {
    std::cerr << to_string(loaded.errors, loaded.sources);
    for (const auto& warning : loaded.warnings) std::cerr << warning.path << ": warning: " << warning.message << "\n";
    const auto count = loaded.errors.size();
    if (count > 0) std::cerr << count << (count == 1 ? " error.\n" : " errors.\n");
    else std::cout << (loaded.path.empty() ? "no configuration file; the defaults" : loaded.path) << ": no errors\n";
  }
  return loaded.errors.empty() ? kDone : kFailed;
}

int explain(const ConfigOptions& options, LoadedConfig loaded) {
  std::vector<std::string> keys;
  for (const auto& entry : loaded.entries) keys.push_back(entry.name);
  if (!options.key.empty())
    std::erase_if(loaded.entries, [&](const auto& entry) { return !entry.name.starts_with(options.key); });
  if (loaded.entries.empty()) {
    const std::vector<std::string_view> known(keys.begin(), keys.end());
    const auto near = nearest_name(options.key, known);
    return report({Errc::invalid_input, "no key begins with '" + cell(options.key, 60) + "'" +
                                            (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") +
                                            "; `orgo config explain` lists all"});
  }
  if (!options.common.json) {
    std::cout << explain_config(loaded);
    return kDone;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const auto& entry : loaded.entries) {
    json.begin_object().field("key", entry.name).field("value", entry.value).field("origin", entry.origin);
    json.field("default", entry.fallback).field("type", entry.type).field("environment", entry.environment);
    json.field("help", entry.help).end_object();
  }
  json.end_array();
  std::cout << out << '\n';
  return kDone;
}

}  // namespace

int cmd_config(const ConfigOptions& options) {
  auto loaded = load_config_for(options.common);
  if (options.action == "check") return check(options, loaded);
  if (!loaded.errors.empty()) std::cerr << to_string(loaded.errors, loaded.sources);
  return explain(options, std::move(loaded));
}

}  // namespace orgo
