#include "adapter/backup/count_backup.h"

#include "adapter/sql/database_copy.h"
#include "adapter/sql/row_counts.h"
#include "adapter/sql/stores.h"
#include "core/ledger/ledger.h"

namespace orgo {

namespace {

std::string data_of(const std::string& backup) {
  return backup + "/" + std::string(kBackupData.substr(0, kBackupData.size() - 1));
}

}  // namespace

Result<std::string> damage_of_database(const std::string& backup) {
  auto check = sql::check_database(data_of(backup));
  if (!check && check.error().code == Errc::corrupt) return check.error().message;
  return check;
}

Result<CountedBackup> count_backup(const std::string& backup, int schema) {
  const auto folder = data_of(backup);
  CountedBackup counted;
  if (schema != sql::known_schema()) return counted;
  ORGO_TRY(stores, SqlStores::open({.folder = folder, .read_only = true}));
  ORGO_TRY(counts, sql::count_rows(*stores->engine));
  ORGO_TRY(ledger, stores->ledger.count_ledger());
  for (const auto& line : ledger)
    for (const auto& sentence : imbalances(line))
      counted.imbalance += (counted.imbalance.empty() ? "" : "; ") + line.channel + ": " + sentence;
  counts.balanced = counted.imbalance.empty();
  counted.counts = counts;
  return counted;
}

}  // namespace orgo
