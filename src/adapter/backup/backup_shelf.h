#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapter/data_folder/file_lock.h"
#include "base/result.h"
#include "core/backup/backup_choice.h"
#include "core/backup/manifest.h"

namespace orgo {

/// The manifest of a whole backup. not_found: the folder has none; others as parse_manifest(). At most 256 MiB are
/// read.
Result<Manifest> read_manifest(const std::string& backup);

/// What stands under the name of a backup in one place.
struct ShelvedBackup {
  std::string name;
  std::optional<Manifest> manifest;
  std::string trouble;  ///< why there is no manifest
};
/// All of them, by name; whatever else lies there is passed over. unavailable: the place can't be read.
Result<std::vector<ShelvedBackup>> list_backups(const std::string& place);
/// Those that are whole, for core/backup/backup_choice.h.
std::vector<KnownBackup> known_backups(const std::vector<ShelvedBackup>& all);

/// A folder in which backups lie, each in a folder of its own, for whoever writes there: one process at a time. A
/// backup is there under its name when it is whole, and never before: it grows as NAME.partial, and goes as
/// NAME.removing. What a process that died has left of either is removed when the next one comes.
class BackupShelf {
 public:
  /// Makes the place when it is missing (rights 0700). conflict: another process is writing there, with its number;
  /// unavailable.
  static Result<BackupShelf> open(const std::string& place);

  /// An empty folder for a new one, of rights 0700.
  Result<std::string> begin(const std::string& name);
  /// Its manifest, and then its name; durable when it returns. Never in place of another.
  Status complete(const std::string& name, const Manifest& manifest);
  /// What was begun and will not be completed.
  void give_up(const std::string& name);
  Status remove(const std::string& name);

 private:
  BackupShelf(std::string place, FileLock lock) : place_(std::move(place)), lock_(std::move(lock)) {}
  [[nodiscard]] std::string path_of(const std::string& name, const char* ending = "") const;
  void remove_leftovers();

  std::string place_;
  FileLock lock_;
};

}  // namespace orgo
