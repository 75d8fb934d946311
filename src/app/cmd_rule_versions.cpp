#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "adapter/data_folder/data_folder.h"
#include "adapter/data_folder/write_file.h"
#include "adapter/module_folder/module_folder.h"
#include "app/api.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/rules/people_names.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "base/text_diff.h"
#include "core/calendar/calendar_file.h"
#include "core/rules/rule_set.h"
#include "service/modules/module_service.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr auto kTakeOver =
    std::chrono::seconds(5);  ///< how long a rollback waits to see the server take the rules over

/// The files as they are now, by the same paths as in a version, with feeds; what is not there is left out.
std::vector<SourceFile> files_now(const ToolSettings& settings) {
  std::vector<SourceFile> now;
  if (settings.rules.empty()) return now;
  if (auto read = RuleFiles(settings.rules, settings.data).read()) now = absolute_paths(std::move(*read));
  return now;
}

/// Feeds by URL are as others publish them today: a rollback neither writes nor asks for them.
std::vector<SourceFile> without_feeds_by_url(std::vector<SourceFile> files) {
  std::erase_if(files, [](const SourceFile& file) { return is_feed_url(file.path); });
  return files;
}

const SourceFile* find_file(const std::vector<SourceFile>& files, const std::string& path) {
  const auto found =
      std::find_if(files.begin(), files.end(), [&](const SourceFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

struct FileDiff {
  std::string path;
  std::string text;  ///< unified
};
std::vector<FileDiff> differences(const std::vector<SourceFile>& before, const std::vector<SourceFile>& after) {
  std::vector<FileDiff> found;
  const auto add = [&](const std::string& path, std::string_view old_text, std::string_view new_text) {
    auto text = unified_diff(old_text, new_text, path, path);
    if (!text.empty()) found.push_back({path, std::move(text)});
  };
  for (const auto& file : before) {
    const auto* same = find_file(after, file.path);
    add(file.path, file.text, same == nullptr ? std::string_view() : std::string_view(same->text));
  }
  for (const auto& file : after)
    if (find_file(before, file.path) == nullptr) add(file.path, {}, file.text);
  return found;
}

void write_changes(JsonWriter& json, const std::vector<modules::Change>& changes) {
  json.key("modules").begin_array();
  for (const auto& one : changes)
    json.begin_object()
        .field("change", to_string(one.kind))
        .field("name", one.name)
        .field("before", one.before)
        .field("after", one.after)
        .end_object();
  json.end_array();
}

void write_in_force(JsonWriter& json, const std::optional<modules::InForce>& in_force) {
  json.key("modules");
  if (!in_force) {
    json.null();
    return;
  }
  json.begin_array();
  for (const auto& one : in_force->modules)
    json.begin_object()
        .field("name", one.name)
        .field("version", one.version)
        .field("fingerprint", one.fingerprint)
        .end_object();
  json.end_array();
}

/// "3; module hr 1.0.0 -> 1.1.0": how many there were, and what became of them then. `before`: the version before;
/// nullptr: none.
std::string modules_in_words(const RuleVersion& one, const RuleVersion* before) {
  if (!one.modules) return "not noted";
  auto text = std::to_string(one.modules->modules.size());
  if (before == nullptr || !before->modules) return text;
  const auto changes = modules::changes(*before->modules, *one.modules);
  for (std::size_t i = 0; i < changes.size() && i < 3; ++i) text += (i == 0 ? ": " : "; ") + to_text(changes[i]);
  if (changes.size() > 3) text += "; " + std::to_string(changes.size() - 3) + " more";
  return text;
}

int history(const RuleVersionOptions& options, RuleStore& store, TenantId tenant) {
  // One more than is shown: what the oldest shown one changed.
  auto list = store.list_rule_versions(tenant, std::min(options.limit + 1, 1'000));
  if (!list) return report(list.error());
  const auto shown = std::min(list->size(), static_cast<std::size_t>(options.limit));
  if (options.common.json) {
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& one = list->at(i);
      std::string out;
      JsonWriter json(out);
      json.begin_object()
          .field("version", one.version)
          .field("rules", one.rules)
          .field("accepted_at", to_rfc3339(one.accepted_at));
      write_in_force(json, one.modules);
      json.end_object();
      std::cout << out << '\n';
    }
    return kDone;
  }
  if (list->empty())
    std::cout << "no rules were taken over yet: that happens when `orgo serve` starts and when a rule file changes\n";
  const auto zone = zone_of(options.common);
  Table table({"VERSION", time_heading("TAKEN OVER", zone), "RULES", "MODULES"});
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& one = list->at(i);
    table.add({one.version, to_wall_text(one.accepted_at, zone).substr(0, 16),
               std::to_string(one.rules) + (i == 0 ? " (in force)" : ""),
               modules_in_words(one, i + 1 < list->size() ? &list->at(i + 1) : nullptr)});
  }
  if (!table.empty()) std::cout << table.text();
  if (list->size() > shown) tell_of_more(options.limit);
  return kDone;
}

int diff(const RuleVersionOptions& options, RuleStore& store, TenantId tenant, const ToolSettings& settings) {
  std::string before_name = options.version, after_name = options.other;
  if (before_name.empty()) {  // what the last change was
    const auto list = store.list_rule_versions(tenant, 2);
    if (!list) return report(list.error());
    if (list->size() < 2) {
      notice(std::string("there is ") + (list->empty() ? "no version" : "only one version") +
             " of the rules so far; nothing to compare");
      return kDone;
    }
    before_name = list->at(1).version;
    after_name = list->at(0).version;
  }
  const auto before = store.read_rule_version(tenant, before_name);
  if (!before) return report(before.error());
  std::vector<SourceFile> after;
  std::optional<modules::InForce> modules_after;
  if (after_name.empty()) {
    after = files_now(settings);
    after_name = "the files as they are";
    ModuleHome home(settings.home);
    const auto state = home.read();
    if (!state) return report(state.error());
    modules_after = in_force_of(*state);
  } else {
    auto read = store.read_rule_version(tenant, after_name);
    if (!read) return report(read.error());
    after = std::move(read->files);
    modules_after = std::move(read->modules);
  }
  const auto found = differences(before->files, after);
  const bool noted = before->modules && modules_after;
  const auto changes = noted ? modules::changes(*before->modules, *modules_after) : std::vector<modules::Change>{};
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().field("before", before->version).field("after", after_name).key("files").begin_array();
    for (const auto& one : found) json.begin_object().field("path", one.path).field("diff", one.text).end_object();
    json.end_array();
    write_changes(json, changes);
    json.field("modules_noted", noted).end_object();
    std::cout << out << '\n';
    return kDone;
  }
  for (const auto& one : changes) std::cout << to_text(one) << "\n";
  std::cout << std::flush;
  whole_lines();
  for (const auto& one : found) std::cout << one.text;
  if (!noted)
    notice("which modules were in force was not noted yet with " + (before->modules ? after_name : before->version));
  if (found.empty() && changes.empty()) notice(before->version + " and " + after_name + " are the same");
  return kDone;
}

/// As the file was that it replaces, for whoever could read that.
mode_t mode_of(const std::string& path) {
  std::error_code code;
  const auto old = fs::status(path, code);
  return !code && fs::exists(old) ? static_cast<mode_t>(old.permissions() & fs::perms::mask) : mode_t{0644};
}

/// Are these files in force, and these modules, where that matters? The version's name may be another.
bool taken_over(RuleStore& store, TenantId tenant, const std::vector<SourceFile>& files,
                const std::optional<modules::InForce>& modules) {
  const auto same = [&](const RuleVersion& version) {
    if (modules && version.modules != modules) return false;
    const auto theirs = without_feeds_by_url(version.files);
    return theirs.size() == files.size() &&
           std::equal(files.begin(), files.end(), theirs.begin(),
                      [](const SourceFile& a, const SourceFile& b) { return a.path == b.path && a.text == b.text; });
  };
  const auto until = std::chrono::steady_clock::now() + kTakeOver;
  do {
    if (const auto list = store.list_rule_versions(tenant, 1); list && !list->empty())
      if (const auto newest = store.read_rule_version(tenant, list->front().version); newest && same(*newest))
        return true;
    ::poll(nullptr, 0, 100);  // another process commits it: nothing here would wake us
  } while (std::chrono::steady_clock::now() < until);
  return false;
}

/// What a rollback did.
struct RolledBack {
  std::string version;
  std::vector<std::string> changed;  ///< files that were written
  std::vector<std::string> stays;    ///< files that were no part of the version, and are in force
  ModuleService::Restored modules;
  bool modules_noted = false;
  bool keep_modules = false;
  bool running = false;   ///< a server owns the data folder
  bool in_force = false;  ///< and has taken the rules over
};

void print_json(const RolledBack& done) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("version", done.version).field("in_force", done.in_force).key("written").begin_array();
  for (const auto& path : done.changed) json.string(path);
  json.end_array().key("not_of_that_version").begin_array();
  for (const auto& path : done.stays) json.string(path);
  json.end_array();
  write_changes(json, done.modules.changes);
  json.key("modules_not_kept").begin_array();
  for (const auto& name : done.modules.missing) json.string(name);
  json.end_array().field("modules_noted", done.modules_noted).end_object();
  std::cout << out << '\n';
}

void print_text(const RolledBack& done, const std::string& data) {
  for (const auto& one : done.modules.changes) std::cout << to_text(one) << "\n";
  for (const auto& name : done.modules.missing)
    std::cout << "module " << name << " was in force then, but its files are not kept any more: it stays as it is\n";
  if (!done.modules.changes.empty())
    std::cout << "the modules are as they were then; `orgo module undo` takes that back\n";
  if (!done.modules_noted) std::cout << "which modules were in force then was not noted; they stay as they are\n";
  else if (done.keep_modules) std::cout << "the modules stay as they are\n";
  for (const auto& path : done.changed) std::cout << path << " is again as it was in " << done.version << "\n";
  if (done.changed.empty()) std::cout << "the files are as they were in " << done.version << " already\n";
  for (const auto& path : done.stays) std::cout << path << " was no part of that version and stays in force\n";
  if (done.in_force) std::cout << "the server has taken the rules over\n";
  else if (!done.running) std::cout << "no server runs on " << data << "; the next one starts with these rules\n";
}

int rollback(const RuleVersionOptions& options, RuleStore& store, TenantId tenant, const ToolSettings& settings) {
  const auto wanted = store.read_rule_version(tenant, options.version);
  if (!wanted) return report(wanted.error());
  // This Orgo may read rules in another way than the one that took them over.
  if (const auto loaded = rules::load_rules(wanted->files, {.people = people_in(settings.stores, settings.tenant)});
      !loaded.rules) {
    (void)report(loaded.errors, wanted->files);
    return report({Errc::conflict, "version " + wanted->version + " has errors for this Orgo; nothing was changed"});
  }
  const auto now = without_feeds_by_url(files_now(settings));
  const auto files = without_feeds_by_url(wanted->files);
  std::vector<std::string> changed;
  for (const auto& file : files) {
    const auto* same = find_file(now, file.path);
    if (same != nullptr && same->text == file.text) continue;
    const auto folder = fs::path(file.path).parent_path();
    if (::access(folder.c_str(), W_OK) != 0)
      return report({Errc::not_permitted, "the folder " + folder.string() + " can't be written; nothing was changed"});
    changed.push_back(file.path);
  }
  std::vector<std::string> stays;
  for (const auto& file : now)
    if (find_file(files, file.path) == nullptr) stays.push_back(file.path);
  // The modules first: they are checked together with these rules, and one command takes them back.
  ModuleHome home(settings.home);
  ModuleService service(home, [] { return std::vector<SourceFile>{}; });
  ModuleService::Restored restored;
  if (wanted->modules && !options.keep_modules) {
    auto done = service.restore(*wanted->modules, wanted->files, "user:cli");
    if (!done) {
      return report({Errc::conflict, done.error().message + "\nthe modules of version " + wanted->version +
                                         " can't come back, and nothing was changed; --keep-modules leaves them as "
                                         "they are"});
    }
    restored = std::move(*done);
  }
  for (const auto& path : changed)
    if (const auto written = write_file(path, find_file(files, path)->text, mode_of(path)); !written)
      return report(restored.changes.empty()
                        ? written.error()
                        : Error{written.error().code,
                                written.error().message +
                                    "; the modules were put back already: `orgo module undo` takes that back"});

  const auto server = DataFolder::running(settings.data);
  const bool running = server && server->has_value();
  const bool in_force = running && stays.empty() &&
                        taken_over(store, tenant, files,
                                   restored.missing.empty() && !options.keep_modules ? wanted->modules : std::nullopt);
  const RolledBack done{wanted->version,      changed, stays,   restored, wanted->modules.has_value(),
                        options.keep_modules, running, in_force};
  if (options.common.json) print_json(done);
  else print_text(done, settings.data);
  if (running && stays.empty() && !in_force)
    return report(
        {Errc::deadline_exceeded, "the server has not taken the rules over within 5 seconds; its log says why"});
  return kDone;
}

}  // namespace

int cmd_rule_versions(const RuleVersionOptions& options) {
  log::configure({.level = log::Level::warn});
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto store = open_store_to_read(options.common);
  if (!store) return report(store.error());
  const auto tenant = tenant_of(options.common, (*store)->tenants);
  if (!tenant) return report(tenant.error());
  if (options.action == "history") return history(options, (*store)->rules, *tenant);
  if (options.action == "diff") return diff(options, (*store)->rules, *tenant, *settings);
  return rollback(options, (*store)->rules, *tenant, *settings);
}

}  // namespace orgo
