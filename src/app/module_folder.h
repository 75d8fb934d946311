#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/module/module_set.h"

namespace orgo {

/// Reads all files of the folder of a module, but for hidden ones. not_found: there is no such folder; invalid_input: more
/// than 1,000 files, 16 MiB in one or 64 MiB in all.
Result<modules::ModuleSource> read_module_folder(const std::string& folder);

/// Where the modules that come with Orgo are: `modules.dir` when it is set, else beside the program (in its build tree, or
/// ../share/orgo/modules). Empty: there are none.
std::string shipped_modules(const std::string& configured);
/// Names of the folders in it that have a module.yaml, sorted.
std::vector<std::string> modules_in(const std::string& folder);

/// One line of modules.yaml.
struct InstalledModule {
  std::string name;
  std::string version;
  std::string folder;  ///< within the home: "maintenance/1.2.0-1f2e3d4c"
  bool enabled = true;
};

/// The modules of one data folder: which are there, which are in force, who their teams are. All of it stands in
/// DATA/modules: a copy of each version that was ever in force, and modules.yaml, which is replaced as a whole. So a
/// server that reads it sees one state or the next, and what was before comes back by one rename.
class ModuleHome {
 public:
  explicit ModuleHome(const std::string& data_folder) : folder_(data_folder + "/modules") {}

  struct State {
    std::vector<InstalledModule> installed;         ///< in the order in which they are asked
    std::vector<InstalledModule> removed;           ///< were taken out by a person; their copies stay
    std::map<std::string, std::string> addresses;   ///< team or role -> address
    [[nodiscard]] InstalledModule* find(const std::string& name);
  };

  /// An empty state when there is no file yet. invalid_input: it has errors.
  [[nodiscard]] Result<State> read() const;
  /// Replaces the state, keeping the one before for undo(). The caller holds a Lock since before it read.
  Status write(const State& state) const;
  /// Brings back what was before the last write(). not_found: nothing was.
  Status undo() const;
  /// Copies the files of a module into this home, unless it has them; its folder within the home.
  Result<std::string> keep(const modules::Module& module, const modules::ModuleSource& source) const;

  /// The enabled modules, as they lie here. A folder that can't be read gives a source without files, which is refused with
  /// its name, so that one lost folder takes no other module down.
  [[nodiscard]] std::vector<modules::ModuleSource> enabled(const State& state) const;
  /// All other copies, the newest version of each module first, at most 20 of one: removed and disabled modules, and older
  /// versions. Their tasks still have answers to send and promises to keep.
  [[nodiscard]] std::vector<modules::ModuleSource> retired(const State& state) const;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string state_file() const { return folder_ + "/modules.yaml"; }

  /// One writer at a time, among all processes; the kernel's lock, gone with its process.
  class Lock {
   public:
    static Result<Lock> take(const ModuleHome& home);
    Lock(Lock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
    Lock& operator=(Lock&&) = delete;
    ~Lock();

   private:
    explicit Lock(int file) : file_(file) {}
    int file_;
  };

 private:
  std::string folder_;
};

}  // namespace orgo
