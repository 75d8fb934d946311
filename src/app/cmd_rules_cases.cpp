#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands.h"
#include "app/module_tests.h"
#include "app/output.h"
#include "app/settings.h"
#include "base/json_writer.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// The files of cases in `folder`, by name.
Result<std::vector<SourceFile>> read_cases_of(const std::string& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (const auto ending = at->path().extension().string(); ending == ".yaml" || ending == ".eml")
      paths.push_back(at->path());
  if (error)
    return failure(Errc::not_found, folder + " can't be read: " + error.message() +
                                        "; cases stand in a folder beside the rules, or in --cases DIR");
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    files.push_back({path.string(), std::string(std::istreambuf_iterator<char>(in), {})});
  }
  return files;
}

}  // namespace

int cmd_rules_test(const RulesOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto& files = options.files.empty() ? settings->rules : options.files;
  if (files.empty())
    return report({Errc::invalid_input, "no rules are configured; name a file: orgo rules test rules.yaml"});
  const auto rules = load_rule_files(options.files, *settings);
  if (!rules) return report(rules.error());
  const auto folder =
      options.cases.empty() ? (fs::path(files.front()).parent_path() / "cases").string() : options.cases;
  const auto sources = read_cases_of(folder);
  if (!sources) return report(sources.error());

  TestOutcome outcome;
  outcome.name = files.front();
  outcome.sources = *sources;
  const auto cases = cases::read_cases(*sources, outcome.errors);
  outcome.cases = cases.size();
  if (outcome.errors.empty())
    for (const auto& one : cases)
      if (auto result = cases::run_case(one, **rules, settings->decide); !result.passed())
        outcome.failed.emplace_back(one, std::move(result));
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    write_json(json, outcome);
    std::cout << out << '\n';
  } else {
    (outcome.passed() ? std::cout : std::cerr) << to_text(outcome);
  }
  return outcome.passed() ? kDone : kFailed;
}

}  // namespace orgo
