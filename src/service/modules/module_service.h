#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "core/module/in_force.h"
#include "port/module_store.h"

namespace orgo {

/// What people do with the modules of an organization. Each change is whole or not at all, and a running server takes
/// it over by itself. Who did it (`actor`, "user:anna") stands in the log. Errors: as ModuleStore's; others stand at
/// the method. Threads: any.
class ModuleService {
 public:
  /// `own_rules`: the organization's rule files as they are now; names in them may clash with those of modules.
  ModuleService(ModuleStore& store, std::function<std::vector<SourceFile>()> own_rules)
      : store_(store), own_rules_(std::move(own_rules)) {}

  enum class Standing { enabled, disabled, available };

  /// A module as far as it is known; null in `module`: it has errors.
  struct Entry {
    std::string name;
    Standing standing = Standing::available;
    modules::ModulePtr module;
    std::string trouble;                           ///< in words, when there is no module
    std::map<std::string, std::string> addresses;  ///< of teams and roles, as the organization gives them; of show()
  };
  /// All that are there, in the order in which they are asked, and then those that can be added.
  Result<std::vector<Entry>> list() const;
  /// not_found: no such module; conflict: it has errors, told with their places.
  Result<Entry> show(const std::string& name) const;

  /// not_found: it was not added. conflict: another one needs it (disable, remove), or it can't stand beside the others
  /// and our own rules (enable), told with both places.
  Status enable(const std::string& name, const std::string& actor) { return set_enabled(name, true, actor); }
  Status disable(const std::string& name, const std::string& actor) { return set_enabled(name, false, actor); }
  /// Its copies stay for its tasks. Errors as disable().
  Status remove(const std::string& name, const std::string& actor);

  struct TeamEntry {
    std::string name;
    std::string address;               ///< empty: without mail
    std::vector<std::string> used_by;  ///< enabled modules that name it
  };
  /// Teams and roles that enabled modules name, and those that were given an address, by name.
  Result<std::vector<TeamEntry>> teams() const;
  /// Says who a team or role is; an empty address takes it away. invalid_input: it is no address.
  Status set_team(const std::string& team, const std::string& address, const std::string& actor);

  /// Takes the last change back; twice brings it back. not_found: there was none.
  Status undo(const std::string& actor);

  /// Which modules are in force as the store says.
  Result<modules::InForce> in_force() const;
  struct Restored {
    std::vector<modules::Change> changes;  ///< what became of the modules and their teams
    std::vector<std::string>
        missing;  ///< "hr 1.0.0 (1f2e3d4c)": its copy is gone or changed, so this module stays as it is
  };
  /// Puts these modules, and only these, in force again, with their teams as they were, from the copies that are kept.
  /// conflict: they can't stand beside each other and `own`, the rule files that go with them; then nothing changes.
  Result<Restored> restore(const modules::InForce& wanted, const std::vector<SourceFile>& own,
                           const std::string& actor);

 private:
  Status set_enabled(const std::string& name, bool wanted, const std::string& actor);
  /// Nothing that another one needs goes away.
  [[nodiscard]] Status check_not_needed(const ModuleState& state, const std::string& name) const;

  ModuleStore& store_;
  std::function<std::vector<SourceFile>()> own_rules_;
};

std::string_view to_string(ModuleService::Standing standing);
/// The enabled modules of a state; version and fingerprint stand in the names of their copies.
modules::InForce in_force_of(const ModuleState& state);
/// The address of a team or role of a module: the organization's word, else the module's. Empty: it has none.
std::string address_of(const std::string& name, const modules::Contact& contact,
                       const std::map<std::string, std::string>& addresses);

}  // namespace orgo
