#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "app/check_outcome.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/output.h"
#include "app/settings.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace orgo {
namespace {

/// Each file by itself, over the environment and the command line.
int check(const ConfigOptions& options) {
  CheckOutcome outcome{.without = "no configuration file; the defaults hold"};
  const auto look_at = [&](const CommonOptions& common) -> Status {
    ORGO_TRY(loaded, load_own_config(common));
    if (!loaded.path.empty()) outcome.files.push_back(loaded.path);
    std::ranges::move(loaded.sources, std::back_inserter(outcome.sources));
    std::ranges::move(loaded.errors, std::back_inserter(outcome.errors));
    std::ranges::move(loaded.warnings, std::back_inserter(outcome.warnings));
    return {};
  };
  auto common = options.common;
  for (const auto& file : options.files) {
    common.config = file;
    if (const auto looked = look_at(common); !looked) return report(looked.error());
  }
  if (options.files.empty())
    if (const auto looked = look_at(common); !looked) return report(looked.error());
  return tell(outcome, options.common.json, options.strict);
}

int explain(const ConfigOptions& options, LoadedConfig loaded) {
  std::vector<std::string> keys;
  for (const auto& entry : loaded.entries) {
    keys.push_back(entry.name);
    const auto section = entry.name.substr(0, entry.name.find('.'));
    if (std::find(keys.begin(), keys.end(), section) == keys.end()) keys.push_back(section);
  }
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
  if (options.action == "check") return check(options);
  auto loaded = load_config_for(options.common);
  if (!loaded.errors.empty()) notice(to_string(loaded.errors, loaded.sources));
  return explain(options, std::move(loaded));
}

}  // namespace orgo
