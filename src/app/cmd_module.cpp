#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "adapter/module_folder/module_folder.h"
#include "app/api.h"
#include "app/commands.h"
#include "app/module_skeleton.h"
#include "app/module_tests.h"
#include "app/module_text.h"
#include "app/output.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "service/modules/module_view.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;
using modules::ModuleSource;

constexpr const char* kActor = "user:cli";

/// The work of one `orgo module ...`.
class ModuleCommand {
 public:
  ModuleCommand(const ModuleOptions& options, ToolSettings settings)
      : options_(options), settings_(std::move(settings)), home_(settings_.home, settings_.modules),
        service_(home_, [this] { return own_rules(); }) {}

  int run() {
    const auto& action = options_.action;
    if (action == "list") return list();
    if (action == "show") return show();
    if (action == "test") return test();
    if (action == "new") return make();
    if (action == "add") return changing([this](auto& state) { return add(state); });
    if (action == "remove") return remove();
    if (action == "enable") return enable(true);
    if (action == "disable") return enable(false);
    if (action == "team") return options_.value.empty() ? teams() : team();
    return undo();
  }

 private:
  using State = ModuleState;

  /// Reads, changes and writes the state under the lock. `change` gives the exit status; only kDone is written.
  template <typename Change>
  int changing(Change change) {
    const auto lock = ModuleHome::Lock::take(home_);
    if (!lock) return report(lock.error());
    auto state = home_.read();
    if (!state) return report(state.error());
    const int status = change(*state);
    if (status != kDone) return status;
    if (const auto written = home_.write(*state); !written) return report(written.error());
    say();
    return kDone;
  }
  void say() const {
    if (options_.common.json) std::cout << said_json_ << '\n';
    else std::cout << said_;
  }

  /// The folder that a person means: a path, or the name of one that comes with Orgo.
  [[nodiscard]] Result<ModuleSource> source_of(const std::string& given) const {
    std::error_code error;
    if (given.find('/') == std::string::npos && !settings_.modules.empty() && modules::is_module_name(given) &&
        fs::exists(settings_.modules + "/" + given + "/module.yaml", error))
      return read_module_folder(settings_.modules + "/" + given);
    if (fs::is_directory(given, error)) return read_module_folder(given);
    const auto known = modules_in(settings_.modules);
    const std::vector<std::string_view> names(known.begin(), known.end());
    const auto near = nearest_name(given, names);
    return failure(Errc::not_found, "there is no module '" + cell(given, 60) + "'" +
                                        (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") +
                                        " `orgo module list` shows all; a folder is named with a slash, as in ./" +
                                        cell(given, 60));
  }

  [[nodiscard]] std::vector<SourceFile> own_rules() const {
    auto files = RuleFiles(settings_.rules, settings_.data).read();
    return files ? std::move(*files) : std::vector<SourceFile>{};  // `orgo rules check` tells what is wrong with them
  }

  int list() {
    const auto entries = service_.list();
    if (!entries) return report(entries.error());
    if (options_.common.json) {
      std::string out;
      JsonWriter json(out);
      json.begin_array();
      for (const auto& entry : *entries) views::write_module_line(json, entry);
      json.end_array();
      std::cout << out << '\n';
      return kDone;
    }
    Table table({"MODULE", "STATE", "VERSION", "RULES", "CASES", "WHAT FOR"});
    for (const auto& entry : *entries) {
      const std::string state(to_string(entry.standing));
      if (!entry.module) table.add({entry.name, state, "?", "?", "?", cell(entry.trouble, 60)});
      else
        table.add({entry.name, state, to_string(entry.module->manifest.version),
                   std::to_string(entry.module->rules->size()), std::to_string(entry.module->cases.size()),
                   cell(entry.module->manifest.title, 60)});
    }
    std::cout << (table.empty() ? "no modules\n" : table.text());
    return kDone;
  }

  int show() {
    auto entry = service_.show(options_.value);
    if (!entry && entry.error().code == Errc::not_found) entry = show_folder();
    if (!entry) return report(entry.error());
    if (options_.common.json) {
      std::string out;
      JsonWriter json(out);
      views::write_module(json, *entry);
      std::cout << out << '\n';
      return kDone;
    }
    std::cout << describe(*entry);
    return kDone;
  }

  /// One that was not added: `orgo module show ./library`.
  [[nodiscard]] Result<ModuleService::Entry> show_folder() const {
    ORGO_TRY(source, source_of(options_.value));
    ModuleService::Entry entry{source.name, ModuleService::Standing::available, nullptr, {}, {}};
    const auto shelf = modules::load_modules(with_needs(source, settings_.modules));
    for (const auto& refused : shelf.refused)
      if (refused.name == source.name)
        return failure(Errc::conflict,
                       "module '" + source.name + "' has errors\n" + to_string(refused.errors, source.files));
    for (const auto& module : shelf.modules)
      if (module->manifest.name == source.name) entry.module = module;
    return entry;
  }

  int test() {
    std::vector<ModuleSource> sources;
    auto names = options_.values;
    if (names.empty()) names = modules_in(settings_.modules);
    if (names.empty())
      return report({Errc::not_found, "there are no modules to test; name a folder: orgo module test ./my_module"});
    int status = kDone;
    std::string out;
    JsonWriter json(out);
    json.begin_array();
    for (const auto& name : names) {
      auto state = home_.read();
      const auto* installed = state ? state->find(name) : nullptr;
      auto source = source_of(name);
      if (!source && installed != nullptr) {
        source = read_module_folder(home_.folder() + "/" + installed->folder);
        if (source) source->name = name;
      }
      if (!source) return report(source.error());
      const auto outcome = test_module(*source, settings_.modules, settings_.decide);
      if (!outcome.passed()) status = kFailed;
      if (options_.common.json) write_json(json, outcome);
      else (outcome.passed() ? std::cout : std::cerr) << to_text(outcome);
    }
    json.end_array();
    if (options_.common.json) std::cout << out << '\n';
    return status;
  }

  int make() {
    const auto& name = options_.value;
    if (!modules::is_module_name(name))
      return report(
          {Errc::invalid_input,
           "'" + cell(name, 60) + "' is not the name of a module: a letter, then letters, digits and _, all small"});
    const auto folder = (options_.folder.empty() ? std::string(".") : options_.folder) + "/" + name;
    std::error_code error;
    if (fs::exists(folder, error)) return report({Errc::conflict, folder + " is there already"});
    for (const auto& file : module_skeleton(name)) {
      const fs::path path = folder + "/" + file.path;
      fs::create_directories(path.parent_path(), error);
      std::ofstream stream(path, std::ios::binary);
      stream << file.text;
      if (!stream.flush()) return report({Errc::unavailable, path.string() + " can't be written"});
      said_ += path.lexically_normal().string() + "\n";
    }
    const auto shown = fs::path(folder).lexically_normal().string();
    said_ += "Try it: orgo module test ./" + shown + "\n";
    JsonWriter(said_json_).begin_object().field("name", name).field("folder", shown).end_object();
    say();
    return kDone;
  }

  int add(State& state) {
    const auto source = source_of(options_.value);
    if (!source) return report(source.error());
    // As it would be beside all others: its needs among those in force, its names beside theirs and our own.
    std::vector<ModuleSource> all;
    for (auto& one : home_.enabled(state))
      if (one.name != source->name) all.push_back(std::move(one));
    all.push_back(*source);
    const auto shelf = modules::load_modules(all, own_rules());
    for (const auto& refused : shelf.refused)
      if (refused.name == source->name) return report(refused.errors, source->files);
    modules::ModulePtr module;
    for (const auto& one : shelf.modules)
      if (one->manifest.name == source->name) module = one;
    const auto outcome = test_module(*source, all, settings_.decide);
    if (!outcome.passed())
      return report({Errc::invalid_input,
                     to_text(outcome) + "module '" + source->name + "' fails its own cases and was not added"});
    const auto folder = home_.keep(*module, *source);
    if (!folder) return report(folder.error());
    const auto version = to_string(module->manifest.version);
    if (auto* there = state.find(source->name)) *there = {source->name, version, *folder, true};
    else state.installed.push_back({source->name, version, *folder, true});
    std::erase_if(state.removed, [&](const auto& one) { return one.name == source->name; });
    if (const int status = set_teams(state, module->manifest); status != kDone) return status;
    said_ = source->name + " " + version + " is in force: " + std::to_string(module->rules->size()) + " rules, " +
            std::to_string(module->cases.size()) + " cases passed\n";
    std::string open;
    for (const auto& [name, contact] : module->manifest.contacts)
      if (address_of(name, contact, state.addresses).empty()) open += (open.empty() ? "" : ", ") + name;
    if (!open.empty()) {
      const auto own = rules::load_rules(own_rules());
      const auto* instead = own.rules ? own.rules->workplace().default_team() : nullptr;
      said_ += (instead != nullptr ? "Until you say who they are, your team '" + instead->name + "' hears for: "
                                   : std::string("Without an address, and so without mail, are: ")) +
               open + "\nTell who they are: orgo module team NAME ADDRESS\n";
    }
    JsonWriter(said_json_)
        .begin_object()
        .field("name", source->name)
        .field("version", version)
        .field("state", "enabled")
        .field("rules", module->rules->size())
        .field("cases", module->cases.size())
        .end_object();
    return kDone;
  }

  /// --team facilities=caretaker@school.org
  int set_teams(State& state, const modules::Manifest& manifest) {
    for (const auto& pair : options_.teams) {
      const auto sign = pair.find('=');
      const auto name = pair.substr(0, sign);
      const auto address = sign == std::string::npos ? std::string() : pair.substr(sign + 1);
      if (!manifest.contacts.contains(name)) {
        std::vector<std::string> known;
        for (const auto& [one, unused] : manifest.contacts) known.push_back(one);
        return report({Errc::invalid_input, "module '" + manifest.name + "' has no team or role '" + cell(name, 60) +
                                                "'; it has " + join(known, ", ")});
      }
      if (address.find('@') == std::string::npos)
        return report({Errc::invalid_input, "write a team as in --team " + name + "=people@school.org"});
      state.addresses[name] = address;
    }
    return kDone;
  }

  int team() {
    if (options_.second.find('@') == std::string::npos && options_.second != "none")
      return report(
          {Errc::invalid_input, "'" + cell(options_.second, 60) + "' is not an address; `none` takes one away"});
    const auto done = service_.set_team(options_.value, options_.second == "none" ? "" : options_.second, kActor);
    if (!done) return report(done.error());
    if (const auto all = service_.teams()) {
      std::vector<std::string_view> known;
      for (const auto& one : *all)
        if (!one.used_by.empty()) known.push_back(one.name);
      if (std::find(known.begin(), known.end(), options_.value) == known.end())
        notice("no module in force has a team or role '" + cell(options_.value, 60) + "'" +
               did_you_mean(options_.value, known));
    }
    said_ = options_.value + ": " + options_.second + "\n";
    JsonWriter(said_json_).begin_object().field("team", options_.value).field("address", options_.second).end_object();
    say();
    return kDone;
  }

  int teams() {
    const auto all = service_.teams();
    if (!all) return report(all.error());
    if (options_.common.json) {
      std::string out;
      JsonWriter json(out);
      json.begin_object();
      for (const auto& one : *all) json.field(one.name, one.address);
      json.end_object();
      std::cout << out << '\n';
      return kDone;
    }
    Table table({"TEAM", "ADDRESS", "MODULES"});
    for (const auto& one : *all)
      table.add({one.name, one.address.empty() ? "-" : one.address, join(one.used_by, ", ")});
    std::cout << (table.empty() ? "no teams\n" : table.text());
    return kDone;
  }

  /// Open tasks of a module, "T-3", at most 1,000.
  [[nodiscard]] std::vector<std::string> open_tasks(const std::string& name) const {
    std::vector<std::string> ids;
    auto api = Api::open(options_.common, Api::Purpose::read);
    if (!api) return ids;  // no data yet: no tasks
    const auto tasks = (*api)->list("/api/v1/tasks?open=true", 1'000);
    if (!tasks) return ids;
    for (const auto& value : tasks->items) {
      const auto& task = value.as_object();
      if (const auto type = text_of(task, "type"); type == name || type.starts_with(name + "/"))
        ids.push_back(text_of(task, "id"));
    }
    return ids;
  }

  int remove() {
    const auto& name = options_.value;
    const auto tasks = open_tasks(name);
    const auto told = tasks.empty() ? std::string("no open task is of it")
                                    : std::to_string(tasks.size()) +
                                          (tasks.size() == 1 ? " open task stays" : " open tasks stay") +
                                          " and can be finished: " +
                                          join(std::span(tasks).first(std::min<std::size_t>(tasks.size(), 20)), ", ") +
                                          (tasks.size() > 20 ? ", ..." : "");
    auto state = home_.read();
    if (!state) return report(state.error());
    // Nobody is asked about what is not there.
    if (!options_.yes && state->find(name) != nullptr) {
      if (::isatty(STDIN_FILENO) == 0)
        return report({Errc::invalid_input, "removing '" + name + "' (" + told + ") wants --yes"});
      std::cout << "Remove module '" << name << "'? " << told << " [y/N] " << std::flush;
      std::string answer;
      std::getline(std::cin, answer);
      if (answer != "y" && answer != "Y" && answer != "yes")
        return report({Errc::invalid_input, "nothing was removed"});
    }
    if (const auto done = service_.remove(name, kActor); !done) return report(done.error());
    said_ = name + " is removed; " + told + ". `orgo module undo` brings it back\n";
    JsonWriter json(said_json_);
    json.begin_object().field("name", name).field("state", "removed").key("open_tasks").begin_array();
    for (const auto& id : tasks) json.string(id);
    json.end_array().end_object();
    say();
    return kDone;
  }

  int enable(bool wanted) {
    const auto& name = options_.value;
    const auto done = wanted ? service_.enable(name, kActor) : service_.disable(name, kActor);
    if (!done) return report(done.error());
    said_ = name + (wanted ? " is in force again\n" : " is not in force any more; what it opened stays\n");
    JsonWriter(said_json_)
        .begin_object()
        .field("name", name)
        .field("state", wanted ? "enabled" : "disabled")
        .end_object();
    say();
    return kDone;
  }

  int undo() {
    if (const auto undone = service_.undo(kActor); !undone) return report(undone.error());
    return list();
  }

  const ModuleOptions& options_;
  ToolSettings settings_;
  ModuleHome home_;
  ModuleService service_;
  std::string said_, said_json_;
};

}  // namespace

int cmd_module(const ModuleOptions& options) {
  log::configure({.level = log::Level::warn});
  auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  return ModuleCommand(options, std::move(*settings)).run();
}

}  // namespace orgo
