#pragma once
#include <string>
#include <vector>

#include "adapter/backup/make_backup.h"
#include "base/result.h"
#include "core/backup/manifest.h"

namespace orgo {

struct BackupCheck {
  Manifest manifest;
  std::vector<std::string> wrong;  ///< each keeps it from being put back; at most some dozen are told
  std::string damage;  ///< of mails that were so when it was made, in words; the rest can be put back. Empty: none
  std::string open;    ///< that others may read it, in words; empty: nobody else may
  std::string note;    ///< what could not be looked at, or was so when it was made; empty: nothing
};

/// Reads all of a backup: each file against its digest, nothing missing and nothing beside, the database by its own
/// check, each mail against its checksum, its rows counted and its ledger drawn up again. Writes nothing. Errors:
/// not_found: no backup is there; corrupt: its manifest is damaged; conflict: a newer Orgo has made it; unavailable.
Result<BackupCheck> check_backup(const std::string& backup, const BackupWatch& watch = {});

/// The backup that is meant by a path: that folder itself, or the newest whole one in it. `passed_over`: newer names
/// there that are no whole ones. not_found: there is none; others as newest().
struct FoundBackup {
  std::string path;
  std::vector<std::string> passed_over;
};
Result<FoundBackup> find_backup(const std::string& path);

}  // namespace orgo
