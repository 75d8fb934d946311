#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "core/backup/manifest.h"

namespace orgo {

/// What the database of a backup says of itself.
struct CountedBackup {
  std::optional<BackupCounts> counts;  ///< nullopt: its schema is not that of this program
  std::string imbalance;               ///< of the ledger, in words
};

/// What is wrong with the database in a backup, by its own check, which reads all of it; empty: nothing. Writes
/// nothing. Errors: not_found, unavailable.
Result<std::string> damage_of_database(const std::string& backup);

/// Counts in the database of a backup, which is sound, draws up its ledger, and looks whether each mail that it names
/// has its place among the bytes. Writes nothing. Errors: not_found, unavailable, corrupt.
Result<CountedBackup> count_backup(const std::string& backup, int schema);

}  // namespace orgo
