#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "port/module_store.h"

namespace orgo::contract {

/// Modules in memory, for what is above the port.
class MemoryModules final : public ModuleStore {
 public:
  [[nodiscard]] Result<ModuleState> read() const override { return state; }
  Status change(const std::function<Status(ModuleState& state)>& change) override {
    auto next = state;
    ORGO_CHECK(change(next));
    before = std::exchange(state, std::move(next));
    return {};
  }
  Status undo() override {
    if (!before) return failure(Errc::not_found, "there is no change of the modules to take back");
    std::swap(*before, state);
    return {};
  }
  Result<std::string> keep(const modules::Module& module, const modules::ModuleSource& source) override {
    auto folder = module.manifest.name + "/" + to_string(module.manifest.version) + "-" + module.fingerprint;
    copies[folder] = source;
    return folder;
  }
  [[nodiscard]] Result<modules::ModuleSource> source(const InstalledModule& module) const override {
    const auto found = copies.find(module.folder);
    if (found == copies.end()) return failure(Errc::not_found, module.folder + " is gone");
    return found->second;
  }
  [[nodiscard]] std::vector<modules::ModuleSource> enabled(const ModuleState& of) const override {
    std::vector<modules::ModuleSource> sources;
    for (const auto& one : of.installed)
      if (one.enabled) sources.push_back(source(one).value_or(modules::ModuleSource{one.name, one.folder, {}}));
    return sources;
  }
  [[nodiscard]] std::vector<modules::ModuleSource> retired(const ModuleState&) const override { return {}; }
  [[nodiscard]] std::vector<modules::ModuleSource> available() const override { return shipped; }

  /// A module with one rule; `more` stands behind its module.yaml.
  static modules::ModuleSource made(const std::string& name, const std::string& version = "1.0.0",
                                    const std::string& more = {}) {
    const auto folder = "modules/" + name;
    return {name,
            folder,
            {{folder + "/module.yaml", "name: " + name + "\nversion: " + version + "\nteams: {desk: }\n" + more},
             {folder + "/slas.yaml", "slas: {usual: {default: true, first_response: 4 hours}}\n"},
             {folder + "/rules.yaml",
              "rules:\n  - {name: any, condition: \"subject contains '" + name + "'\", action: {route_to: desk}}\n"}}};
  }
  /// Puts one in force, as `orgo module add` does.
  InstalledModule add(const modules::ModuleSource& source) {
    auto others = enabled(state);
    std::erase_if(others, [&](const auto& one) { return one.name == source.name; });
    others.insert(others.begin(), source);
    for (const auto& module : modules::load_modules(others).modules)
      if (module->manifest.name == source.name) {
        const InstalledModule line{source.name, to_string(module->manifest.version), *keep(*module, source), true};
        if (auto* there = state.find(source.name)) *there = line;
        else state.installed.push_back(line);
        return line;
      }
    return {};
  }

  ModuleState state;
  std::optional<ModuleState> before;
  std::map<std::string, modules::ModuleSource> copies;  ///< by folder
  std::vector<modules::ModuleSource> shipped;
};

}  // namespace orgo::contract
