#pragma once
#include <string>
#include <utility>
#include <vector>

#include "adapter/data_folder/file_lock.h"
#include "base/result.h"
#include "core/module/module_set.h"
#include "port/module_store.h"

namespace orgo {

/// Reads all files of the folder of a module, but for hidden ones. not_found: there is no such folder; invalid_input:
/// more than 1,000 files, 16 MiB in one or 64 MiB in all.
Result<modules::ModuleSource> read_module_folder(const std::string& folder);

/// Where the modules that come with Orgo are: `modules.dir` when it is set, else beside the program (in its build tree,
/// or
/// ../share/orgo/modules). Empty: there are none.
std::string shipped_modules(const std::string& configured);
/// Names of the folders in it that have a module.yaml, sorted.
std::vector<std::string> modules_in(const std::string& folder);

/// The modules of one data folder: all of it stands in DATA/modules, a folder for each copy, and modules.yaml, which is
/// replaced as a whole. So a server that reads it sees one state or the next, and what was before comes back by one
/// rename.
class ModuleHome final : public ModuleStore {
 public:
  /// `shipped`: where the modules that come with Orgo are; empty: nowhere.
  explicit ModuleHome(const std::string& data_folder, std::string shipped = {})
      : folder_(data_folder + "/modules"), shipped_(std::move(shipped)) {}

  using State = ModuleState;

  [[nodiscard]] Result<ModuleState> read() const override;
  Status change(const std::function<Status(ModuleState& state)>& change) override;
  Status undo() override;
  Result<std::string> keep(const modules::Module& module, const modules::ModuleSource& source) override;
  [[nodiscard]] Result<modules::ModuleSource> source(const InstalledModule& module) const override;
  [[nodiscard]] std::vector<modules::ModuleSource> enabled(const ModuleState& state) const override;
  [[nodiscard]] std::vector<modules::ModuleSource> retired(const ModuleState& state) const override;
  [[nodiscard]] std::vector<modules::ModuleSource> available() const override;

  /// Replaces the state, keeping the one before for undo(). The caller holds a Lock since before it read.
  Status write(const ModuleState& state) const;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string state_file() const { return folder_ + "/modules.yaml"; }

  /// One writer at a time, among all processes; the kernel's lock, gone with its process.
  class Lock {
   public:
    static Result<Lock> take(const ModuleHome& home);

   private:
    explicit Lock(FileLock file) : file_(std::move(file)) {}
    FileLock file_;
  };

 private:
  std::string folder_, shipped_;
};

}  // namespace orgo
