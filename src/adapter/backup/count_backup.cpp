#include "adapter/backup/count_backup.h"

#include "adapter/sql/database_copy.h"
#include "adapter/sql/row_counts.h"
#include "adapter/sql/stores.h"
#include "core/ledger/ledger.h"

namespace orgo {

Result<CountedBackup> count_backup(const std::string& backup, int schema) {
  const auto folder = backup + "/" + std::string(kBackupData.substr(0, kBackupData.size() - 1));
  CountedBackup counted;
  const auto check = sql::check_database(folder);
  if (!check && check.error().code != Errc::corrupt) return tl::unexpected(check.error());
  counted.damage = check ? *check : check.error().message;
  if (!counted.damage.empty() || schema != sql::known_schema()) return counted;
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
