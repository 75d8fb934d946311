#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "base/yaml.h"
#include "core/module/module_set.h"

namespace orgo::modules {
namespace {

/// Reads modules so that what is needed comes first.
class Loader {
 public:
  Loader(const std::vector<ModuleSource>& sources, const std::vector<SourceFile>& own,
         const std::vector<ModulePtr>& before)
      : sources_(sources), before_(before) {
    for (const auto& file : own) note_own_names(file);
    for (const auto& source : sources_)
      for (const auto& file : source.files)
        if (file.path == source.folder + "/module.yaml") {
          std::vector<Diagnostic> ignored;  // load_module() tells them
          manifests_.emplace(source.name, read_manifest(file, ignored));
        }
  }

  Shelf load() {
    for (const auto& source : sources_) visit(source);
    Shelf shelf;
    for (const auto& source : sources_) {
      const auto& outcome = outcomes_.at(source.name);
      if (outcome.module && !is_there(shelf, outcome.module)) shelf.modules.push_back(outcome.module);
    }
    for (const auto& source : sources_) {
      auto& outcome = outcomes_.at(source.name);
      if (!outcome.errors.empty())
        shelf.refused.push_back({source.name, outcome.module != nullptr, std::move(outcome.errors)});
    }
    for (const auto& one : overrides_) check_override(one, shelf);
    return shelf;
  }

 private:
  struct Outcome {
    bool finished = false;
    bool fresh = false;  ///< `module` is what the source says, not the version before
    ModulePtr module;
    std::vector<Diagnostic> errors;
  };

  static bool is_there(const Shelf& shelf, const ModulePtr& module) {
    return std::any_of(shelf.modules.begin(), shelf.modules.end(),
                       [&](const auto& one) { return one->manifest.name == module->manifest.name; });
  }

  /// "it_helpdesk/office" under `calendars` of the organization's files.
  struct Override {
    std::string_view section, what;
    std::string name, path;
    int line;
  };
  static constexpr auto kOverridden = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"calendars", "calendar"}, {"on_call", "rota"}, {"slas", "service level"}, {"teams", "team"}});

  /// What is there to replace something of a module, and replaces nothing, is a slip.
  static void check_override(const Override& one, Shelf& shelf) {
    const auto slash = one.name.find('/');
    for (const auto& module : shelf.modules) {
      if (module->manifest.name != one.name.substr(0, slash)) continue;
      const auto& place = module->rules->workplace();
      std::vector<std::string_view> names;
      const auto add = [&](const auto& declared) {
        for (const auto& [name, unused] : declared) names.push_back(name);
      };
      if (one.section == "calendars") add(place.calendars.all());
      else if (one.section == "slas") add(place.slas);
      else if (one.section == "on_call") add(place.on_call);
      else add(place.teams);
      const auto name = one.name.substr(slash + 1);
      if (std::find(names.begin(), names.end(), name) != names.end()) return;
      shelf.warnings.push_back({one.path, one.line, 1, static_cast<int>(one.name.size()),
                                "module '" + module->manifest.name + "' has no " + std::string(one.what) + " '" + name +
                                    "', so this overrides nothing",
                                names.empty() ? "it declares none" : name_hint(name, names), true});
    }
  }

  /// "hr/absence" in the organization's own files.
  void note_own_names(const SourceFile& file) {
    std::vector<Diagnostic> ignored;
    const auto root = read_yaml(file, ignored);
    if (!root) return;
    const auto note = [&](std::string_view what, const YamlNode& node) {
      if (node.text.find('/') != std::string::npos)
        own_names_.try_emplace(std::string(what) + " " + node.text, file.path + ":" + std::to_string(node.line));
    };
    for (const auto& [section, what] : kOverridden)
      if (const auto* node = root->find(section); node != nullptr && node->kind == YamlNode::Kind::mapping)
        for (const auto& entry : node->entries)
          if (entry.key.text.find('/') != std::string::npos)
            overrides_.push_back({section, what, entry.key.text, file.path, entry.key.line});
    if (const auto* rules = root->find("rules"))
      for (const auto& rule : rules->items)
        if (const auto* name = rule.find("name")) note("rule", *name);
    for (const auto& [section, what] : {std::pair{"templates", "template"}, std::pair{"keywords", "keyword"}})
      if (const auto* node = root->find(section))
        for (const auto& entry : node->entries) note(what, entry.key);
  }

  void visit(const ModuleSource& source) {
    auto& outcome = outcomes_[source.name];
    if (outcome.finished || in_progress_.contains(source.name)) return;
    in_progress_.insert(source.name);
    const auto known = manifests_.find(source.name);
    std::vector<ModulePtr> needed;
    if (known != manifests_.end())
      for (const auto& need : known->second.needs) meet(known->second, need, outcome, needed);
    const auto old = std::find_if(before_.begin(), before_.end(),
                                  [&](const auto& one) { return one->manifest.name == source.name; });
    if (outcome.errors.empty()) {
      if (old != before_.end() && (*old)->fingerprint == fingerprint(source)) outcome.module = *old;
      else outcome.module = load_module(source, needed, outcome.errors);
      if (outcome.module) check_names(*outcome.module, outcome);
      if (outcome.module) outcome.fresh = outcome.errors.empty();
    }
    if (!outcome.fresh) outcome.module = old == before_.end() ? nullptr : *old;
    if (outcome.module) taken_.push_back(outcome.module);
    outcome.finished = true;
    in_progress_.erase(source.name);
  }

  void meet(const Manifest& manifest, const Need& need, Outcome& outcome, std::vector<ModulePtr>& needed) {
    const auto refuse = [&](std::string message, std::string hint) {
      outcome.errors.push_back({manifest.path, need.line, 1, 1, std::move(message), std::move(hint), false});
    };
    const auto source =
        std::find_if(sources_.begin(), sources_.end(), [&](const auto& one) { return one.name == need.module; });
    if (source == sources_.end())
      return refuse("module '" + manifest.name + "' needs '" + need.module + "', which is not there",
                    "orgo module add " + need.module);
    if (in_progress_.contains(need.module)) {
      const auto& other = manifests_.at(need.module);
      std::string back;
      for (const auto& one : other.needs) back += back.empty() ? other.path + ":" + std::to_string(one.line) : "";
      return refuse("module '" + manifest.name + "' needs '" + need.module + "', which needs it in turn (" + back + ")",
                    "modules can't need each other in a circle");
    }
    visit(*source);
    const auto& other = outcomes_.at(need.module);
    if (!other.module)
      return refuse("module '" + manifest.name + "' needs '" + need.module + "', which is refused", "");
    if (const auto& there = other.module->manifest; there.version < need.least)
      return refuse("module '" + manifest.name + "' needs '" + need.module + "' " + to_string(need.least) +
                        " or later, and " + to_string(there.version) + " is there (" + there.path + ")",
                    "orgo module add " + need.module);
    needed.push_back(other.module);
  }

  void check_names(const Module& module, Outcome& outcome) {
    const auto& manifest = module.manifest;
    const auto clash = [&](std::string_view what, const std::string& name, const std::string& place) {
      const auto own = own_names_.find(std::string(what) + " " + manifest.name + "/" + name);
      if (own == own_names_.end()) return;
      const auto colon = place.rfind(':');
      outcome.errors.push_back({place.substr(0, colon), std::atoi(place.c_str() + colon + 1), 1, 1,
                                std::string(what) + " '" + manifest.name + "/" + name + "' of module '" +
                                    manifest.name + "' is also in " + own->second,
                                "give one of them another name", false});
    };
    for (const auto& [name, place] : module.rule_places) clash("rule", name, place);
    for (const auto& [name, place] : module.template_places) clash("template", name, place);
    for (const auto& [name, place] : module.words.places) clash("keyword", name, place);
    for (const auto& other : taken_)
      for (const auto& [name, contact] : manifest.contacts) {
        const auto there = other->manifest.contacts.find(name);
        if (other->manifest.name == manifest.name || there == other->manifest.contacts.end()) continue;
        if (contact.own || there->second.own) continue;  // "module/name": two teams
        if (contact.address.empty() || there->second.address.empty() || contact.address == there->second.address)
          continue;
        outcome.errors.push_back({manifest.path, contact.line, 1, 1,
                                  "team '" + name + "' has the address " + contact.address + " here and " +
                                      there->second.address + " in " + other->manifest.path + ":" +
                                      std::to_string(there->second.line),
                                  "a team has one address in all modules", false});
      }
  }

  const std::vector<ModuleSource>& sources_;
  const std::vector<ModulePtr>& before_;
  std::map<std::string, Manifest> manifests_;
  std::map<std::string, std::string> own_names_;  ///< "rule hr/absence" -> place
  std::vector<Override> overrides_;
  std::map<std::string, Outcome> outcomes_;
  std::set<std::string> in_progress_;
  std::vector<ModulePtr> taken_;
};

}  // namespace

Shelf load_modules(const std::vector<ModuleSource>& sources, const std::vector<SourceFile>& own,
                   const std::vector<ModulePtr>& before) {
  return Loader(sources, own, before).load();
}

}  // namespace orgo::modules
