#include "adapter/sql/workload_reader.h"

#include "core/contact/contact.h"

namespace orgo {

using sql::Query;

Result<Workload> SqlWorkloadReader::read_workload(TimePoint now) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Workload made;
  // Over an index of what is open alone.
  Query tasks(*use,
              "SELECT state, count(*), count(CASE WHEN due_at < ? THEN 1 END) FROM tasks WHERE state < 5 "
              "GROUP BY state");
  tasks.with(to_ms(now));
  for (;;) {
    ORGO_TRY(row, tasks.next());
    if (!row) break;
    made.open[static_cast<TaskState>(tasks.integer(0))] = tasks.integer(1);
    made.overdue += tasks.integer(2);
  }
  Query sends(*use, "SELECT count(*), min(created_at) FROM outbox WHERE state = 1");
  ORGO_TRY(row, sends.next());
  if (!row) return made;
  made.sends = sends.integer(0);
  if (made.sends > 0) made.oldest_send = from_ms(sends.integer(1));
  return made;
}

Result<std::optional<WaitingSend>> SqlWorkloadReader::oldest_send() {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use,
              "SELECT tenant, id, recipient, attempts, detail, created_at FROM outbox WHERE state = 1 "
              "ORDER BY created_at, tenant, id LIMIT 1");
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<WaitingSend>();
  return std::optional(WaitingSend{.tenant = TenantId{query.integer(0)},
                                   .id = SendId{query.integer(1)},
                                   .recipient = to_string(parse_contact(query.string(2))),
                                   .attempts = static_cast<int>(query.integer(3)),
                                   .detail = query.string(4),
                                   .created_at = from_ms(query.integer(5))});
}

}  // namespace orgo
