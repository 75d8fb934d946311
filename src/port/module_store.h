#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/module/module_set.h"

namespace orgo {

/// One module of an organization.
struct InstalledModule {
  std::string name;
  std::string version;
  std::string
      folder;  ///< of its copy within the store: "maintenance/1.2.0-1f2e3d4c", with the fingerprint of its files
  bool enabled = true;
  friend bool operator==(const InstalledModule&, const InstalledModule&) = default;
};

/// Which modules there are, which are in force, and who their teams are.
struct ModuleState {
  std::vector<InstalledModule> installed;        ///< in the order in which they are asked
  std::vector<InstalledModule> removed;          ///< were taken out by a person; their copies stay
  std::map<std::string, std::string> addresses;  ///< team or role -> address
  [[nodiscard]] InstalledModule* find(const std::string& name) {
    for (auto& one : installed)
      if (one.name == name) return &one;
    return nullptr;
  }
};

/// The modules of one organization, with a copy of each version that was ever in force. Readers see one state or the
/// next, never a half. Errors of every method: unavailable; others stand at the method. Threads: any; writers of all
/// processes take turns.
class ModuleStore {
 public:
  virtual ~ModuleStore() = default;
  /// Empty when there are none yet. invalid_input: what stands there has errors, told with their places.
  [[nodiscard]] virtual Result<ModuleState> read() const = 0;
  /// Reads, lets `change` change it, and replaces it; what `change` refuses changes nothing. conflict: another process
  /// is at it.
  virtual Status change(const std::function<Status(ModuleState& state)>& change) = 0;
  /// Brings back what was before the last change; twice brings that change back. not_found: nothing was.
  virtual Status undo() = 0;
  /// Copies the files of a module, unless they are there; the copy's `folder`.
  virtual Result<std::string> keep(const modules::Module& module, const modules::ModuleSource& source) = 0;
  /// The files of a copy. not_found: it is gone.
  [[nodiscard]] virtual Result<modules::ModuleSource> source(const InstalledModule& module) const = 0;
  /// The enabled modules. One whose copy can't be read is a source without files, which is refused with its name, so
  /// that one lost folder takes no other module down.
  [[nodiscard]] virtual std::vector<modules::ModuleSource> enabled(const ModuleState& state) const = 0;
  /// All other copies, the newest version of each module first, at most 20 of one: removed and disabled modules, and
  /// older versions. Their tasks still have answers to send and promises to keep.
  [[nodiscard]] virtual std::vector<modules::ModuleSource> retired(const ModuleState& state) const = 0;
  /// Those that come with Orgo and can be added.
  [[nodiscard]] virtual std::vector<modules::ModuleSource> available() const = 0;
};

}  // namespace orgo
