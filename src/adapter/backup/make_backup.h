#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/backup/manifest.h"

namespace orgo {

/// How far a backup, or the check of one, has come.
struct BackupProgress {
  std::string_view doing;         ///< "the database", "files"
  std::int64_t done = 0, of = 0;  ///< bytes
};
using BackupWatch = std::function<void(const BackupProgress&)>;

struct BackupRequest {
  std::string data;                 ///< the data folder, of a running server or of none
  std::string place;                ///< where backups lie; made when it is missing
  std::vector<std::string> config;  ///< absolute paths of files outside of the data folder that are copied, too
  std::string_view program;         ///< version of this program
  std::optional<std::size_t> keep;  ///< how many of this installation stay, the new one included; nullopt: all
  bool anew = false;                ///< copy also what the last backup has
};

struct BackupReport {
  Manifest manifest;
  std::string path;                   ///< of the backup
  std::int64_t copied = 0;            ///< bytes
  std::int64_t shared = 0;            ///< bytes that lie in the backup before, too
  std::vector<std::string> left_out;  ///< what can't be copied, and why
  std::vector<std::string> removed;   ///< names of older backups
  std::string not_removed;            ///< why older ones that should go are still there; empty: they went
  std::vector<std::string> anew;      ///< files that the backup before has damaged, so that they were copied again
  std::string imbalance;              ///< of the ledger, in words. Empty: it balances, or nobody knows
  std::string damage;                 ///< of mails, in words. Empty: none, or nobody knows

  /// All that it should hold is in it. Of one that is not no older one is removed: they may have what it misses.
  [[nodiscard]] bool is_sound() const { return imbalance.empty() && damage.empty(); }
};

/// Copies all of a data folder while others write there. The database comes first, as it is at one instant; behind it
/// the mails, of which each that the database names was durable before its row, and which are never changed nor
/// deleted: so none is missing. A file of mails that is full and that the backup before has is shared with that one
/// (a hard link), where the file system knows it by the same identity, and once that one was read and has its digest
/// still; else it is copied anew. Each mail is looked at against its checksum while its file is read. The copy is
/// counted, made durable, and has its name last. Errors: not_found: there is no database; conflict: another backup is
/// being made there; invalid_input: the place lies in the data folder; resource_exhausted: no room; corrupt: the
/// database is damaged; unavailable. After an error nothing is left.
Result<BackupReport> make_backup(const BackupRequest& request, TimePoint now, const BackupWatch& watch = {});

}  // namespace orgo
