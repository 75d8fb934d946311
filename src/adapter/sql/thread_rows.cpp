#include <set>

#include "adapter/sql/rows.h"
#include "adapter/sql/task_store.h"
#include "base/text.h"
#include "core/changes/send.h"
#include "core/channel/channel_traits.h"
#include "core/processing/message_decision.h"
#include "core/threading/thread_alias.h"

namespace orgo {

using sql::Query;

Result<std::vector<std::string>> SqlTaskStore::participants(TenantId tenant, TaskNumber number) {
  ORGO_TRY(use, engine_.reader());
  Query query(
      *use,
      "SELECT sender FROM decisions WHERE tenant = ? AND task = ? AND task <> 0 AND outcome <> ? AND sender <> '' "
      "UNION SELECT recipient FROM outbox WHERE tenant = ? AND subject_kind = ? AND subject = ? AND subject <> 0 "
      "AND channel = ? AND state <> ? LIMIT 1000");
  query.with(tenant.value, number.value, static_cast<int>(Outcome::recorded), tenant.value,
             static_cast<int>(SubjectKind::task), number.value, channel_of(ContactKind::mail).name,
             static_cast<int>(SendState::refused));
  std::set<std::string> found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return std::vector<std::string>(found.begin(), found.end());
    found.insert(ascii_lower(query.text(0)));
  }
}

Result<std::vector<Task>> SqlTaskStore::tasks_of_requester(TenantId tenant, std::string_view requester, TimePoint since,
                                                           int limit) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_TASK_COLUMNS
                    " FROM tasks WHERE tenant = ? AND requester = ? AND requester <> '' AND created_at >= ? ORDER BY "
                    "number DESC LIMIT ?");
  query.with(tenant.value, requester, to_ms(since), limit);
  std::vector<Task> found;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return found;
    found.push_back(sql::task_from_row(query, tenant));
  }
}

Result<std::vector<ThreadAlias>> SqlTaskStore::find_aliases(TenantId tenant, std::span<const std::int64_t> id_hashes) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT task, send FROM thread_aliases WHERE tenant = ? AND id_hash = ?");
  std::vector<ThreadAlias> found;
  for (const auto hash : id_hashes) {
    query.again();
    query.with(tenant.value, hash);
    ORGO_TRY(row, query.next());
    if (row) found.push_back({hash, TaskNumber{query.integer(0)}, {query.integer(1)}});
  }
  return found;
}

}  // namespace orgo
