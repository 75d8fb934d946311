#include "app/module_tests.h"

#include <algorithm>
#include <filesystem>

#include "adapter/module_folder/module_folder.h"
#include "base/json_writer.h"

namespace orgo {

std::vector<modules::ModuleSource> with_needs(const modules::ModuleSource& source, const std::string& shipped) {
  std::vector<modules::ModuleSource> all{source};
  for (std::size_t i = 0; i < all.size() && all.size() < 100; ++i) {
    modules::Manifest manifest;
    std::vector<Diagnostic> ignored;  // told when the module is loaded
    for (const auto& file : all[i].files)
      if (file.path == all[i].folder + "/module.yaml") manifest = modules::read_manifest(file, ignored);
    for (const auto& need : manifest.needs) {
      if (std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.name == need.module; })) continue;
      const auto beside = (std::filesystem::path(all[i].folder).parent_path() / need.module).string();
      auto found = read_module_folder(beside);
      if (!found) found = read_module_folder(shipped + "/" + need.module);
      if (found) all.push_back(std::move(*found));
    }
  }
  return all;
}

TestOutcome test_module(const modules::ModuleSource& source, const std::vector<modules::ModuleSource>& all,
                        const DecideSettings& settings) {
  TestOutcome outcome;
  outcome.name = source.name;
  outcome.sources = source.files;
  // Beside the module only what it needs: others could take its messages first.
  std::vector<modules::ModuleSource> wanted{source};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<Diagnostic> ignored;
    for (const auto& file : wanted[i].files)
      if (file.path == wanted[i].folder + "/module.yaml")
        for (const auto& need : modules::read_manifest(file, ignored).needs)
          for (const auto& one : all)
            if (one.name == need.module &&
                std::none_of(wanted.begin(), wanted.end(), [&](const auto& there) { return there.name == one.name; })) {
              wanted.push_back(one);
              break;
            }
  }
  auto shelf = modules::load_modules(wanted);
  for (auto& refused : shelf.refused)
    outcome.errors.insert(outcome.errors.end(), refused.errors.begin(), refused.errors.end());
  if (!outcome.errors.empty()) return outcome;
  const auto module = shelf.modules.front();
  std::map<std::string, std::string> no_addresses;
  for (const auto& one : shelf.modules)
    for (const auto& [name, contact] : one->manifest.contacts) no_addresses[name] = name;
  const auto rules = modules::combine(rules::load_rules({}).rules, std::move(shelf.modules), {}, no_addresses);
  outcome.cases = module->cases.size();
  for (const auto& one : module->cases)
    if (auto result = cases::run_case(one, *rules, settings, module->manifest.name); !result.passed())
      outcome.failed.emplace_back(one, std::move(result));
  return outcome;
}

TestOutcome test_module(const modules::ModuleSource& source, const std::string& shipped,
                        const DecideSettings& settings) {
  return test_module(source, with_needs(source, shipped), settings);
}

std::string to_text(const TestOutcome& outcome) {
  if (!outcome.errors.empty()) return to_string(outcome.errors, outcome.sources);
  std::string text;
  for (const auto& [one, result] : outcome.failed) text += cases::to_text(one, result);
  const auto count = std::to_string(outcome.cases) + (outcome.cases == 1 ? " case" : " cases");
  text += outcome.name + ": " + count +
          (outcome.failed.empty() ? " passed\n" : ", " + std::to_string(outcome.failed.size()) + " failed\n");
  return text;
}

void write_json(JsonWriter& json, const TestOutcome& outcome) {
  json.begin_object().field("name", outcome.name).field("passed", outcome.passed()).field("cases", outcome.cases);
  json.key("errors").begin_array();
  for (const auto& error : outcome.errors)
    json.begin_object()
        .field("file", error.path)
        .field("line", error.line)
        .field("message", error.message)
        .field("hint", error.hint)
        .end_object();
  json.end_array().key("failed").begin_array();
  for (const auto& [one, result] : outcome.failed) {
    json.begin_object()
        .field("case", one.name)
        .field("file", one.path)
        .field("line", one.line)
        .field("reason", result.reason);
    json.key("differences").begin_array();
    for (const auto& mismatch : result.mismatches) {
      json.begin_object().field("what", mismatch.what).field("expected", mismatch.expected).field("got", mismatch.got);
      for (const auto& [name, list] :
           {std::pair{"missing", &mismatch.missing}, std::pair{"unexpected", &mismatch.unexpected}}) {
        json.key(name).begin_array();
        for (const auto& text : *list) json.string(text);
        json.end_array();
      }
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

}  // namespace orgo
