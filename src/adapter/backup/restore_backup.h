#pragma once
#include <string>

#include "adapter/backup/make_backup.h"
#include "base/result.h"
#include "core/backup/manifest.h"

namespace orgo {

struct RestoreRequest {
  std::string backup;    ///< whole, and checked (check_backup)
  std::string data;      ///< the data folder to be; what it lies in must be there
  bool replace = false;  ///< also in place of a folder that holds something, which is kept beside it
};

/// Puts a backup in the place of a data folder in one step: whatever ends it, there is the folder of before or the
/// whole new one. It is made beside that place, on the same file system, each file against its digest, and durable
/// before. Folders and files get the rights that they had; of root they get the owner of the folder that was there, or
/// of the backup. Returns where the folder of before lies now; empty: there was none, or nothing in it. Errors:
/// invalid_input: one of the two lies in the other; conflict: a server owns the folder, another restore is under way,
/// or the folder holds something; corrupt: a file of the backup is damaged, or its database is of a newer Orgo;
/// resource_exhausted: no room; unavailable: this place can't be exchanged in one step, and why. After an error all is
/// as it was.
Result<std::string> restore_backup(const RestoreRequest& request, const Manifest& manifest, TimePoint now,
                                   const BackupWatch& watch = {});

}  // namespace orgo
