#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "core/backup/manifest.h"

namespace orgo {

/// What the database of a backup says of itself.
struct CountedBackup {
  std::string damage;                  ///< of the database, by its own check; empty: none
  std::optional<BackupCounts> counts;  ///< nullopt: damaged, or its schema is not that of this program
  std::string imbalance;               ///< of the ledger, in words
};

/// Reads all of the database in a backup, and looks whether each mail that it names has its place among the bytes.
/// Writes nothing. Errors: not_found, unavailable, corrupt.
Result<CountedBackup> count_backup(const std::string& backup, int schema);

}  // namespace orgo
