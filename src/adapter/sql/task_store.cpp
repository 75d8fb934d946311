#include "adapter/sql/task_store.h"

#include <algorithm>
#include <iterator>

#include "adapter/sql/rows.h"
#include "base/keep_first.h"
#include "base/planted.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_EVENT_COLUMNS "sequence, at, kind, subject_kind, subject, message, send, actor, data"

Result<std::vector<StoredEvent>> read_events(Query& query) {
  std::vector<StoredEvent> events;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return events;
    StoredEvent stored;
    stored.sequence = query.integer(0);
    stored.event.at = from_ms(query.integer(1));
    stored.event.kind = static_cast<EventKind>(query.integer(2));
    stored.event.subject = sql::subject_from_row(query, 3);
    stored.event.message = {query.integer(5)};
    stored.event.send = SendId{query.integer(6)};
    stored.event.actor = query.string(7);
    stored.event.data = query.string(8);
    events.push_back(std::move(stored));
  }
}

// Each state's newest tasks come from an index in order; the pages of the wanted states are merged. So the cost is that
// of the page, however many tasks there are, which one query with "state IN (...)" would not give. The numbers are
// chosen inside, where the index has all that is asked: asked for whole rows, the planner walks the table instead (0.5
// s of a million tasks).
#define ORGO_LIST(chosen)                                                                  \
  "SELECT " ORGO_TASK_COLUMNS                                                              \
  " FROM tasks WHERE tenant = ? AND number IN (SELECT number FROM tasks WHERE tenant = ? " \
  "AND number < ? AND state = ? " chosen " ORDER BY number DESC LIMIT ?) ORDER BY number DESC"
constexpr const char* kListAll =
    "SELECT " ORGO_TASK_COLUMNS " FROM tasks WHERE tenant = ? AND number < ? ORDER BY number DESC LIMIT ?";
constexpr const char* kListState = ORGO_LIST("");
constexpr const char* kListTeam = ORGO_LIST("AND team = ?");
constexpr const char* kListAssignee = ORGO_LIST("AND assignee = ? AND assignee <> ''");
constexpr const char* kListBoth = ORGO_LIST("AND assignee = ? AND assignee <> '' AND team = ?");

}  // namespace

Result<Task> SqlTaskStore::read(TenantId tenant, TaskNumber number) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_TASK_COLUMNS " FROM tasks WHERE tenant = ? AND number = ?");
  query.with(tenant.value, number.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no task " + to_string(number));
  return sql::task_from_row(query, tenant);
}

Result<std::vector<Task>> SqlTaskStore::list(const TaskListRequest& request) {
  ORGO_TRY(use, engine_.reader(request.tenant));
  const auto before = request.before ? request.before.value : INT64_MAX;
  std::vector<Task> page;
  const auto collect = [&](Query& query) -> Status {
    for (;;) {
      ORGO_TRY(row, query.next());
      if (!row) return {};
      page.push_back(sql::task_from_row(query, request.tenant));
    }
  };
  if (!request.open && !request.state && request.teams.empty() && request.assignees.empty()) {
    Query query(*use, kListAll);
    ORGO_CHECK(collect(query.with(request.tenant.value, before, request.limit)));
    return page;
  }
  static const std::vector<std::string> any{{}};
  for (int i = 1; i <= 6; ++i) {
    const auto state = static_cast<TaskState>(i);
    if ((request.state && *request.state != state) || (request.open && *request.open != is_open(state))) continue;
    for (const auto& team : request.teams.empty() ? any : request.teams)
      for (const auto& assignee : request.assignees.empty() ? any : request.assignees) {
        const bool of_team = !team.empty(), of_person = !assignee.empty();
        Query query(*use, of_team && of_person ? kListBoth
                          : of_person          ? kListAssignee
                          : of_team            ? kListTeam
                                               : kListState);
        query.with(request.tenant.value, request.tenant.value, before, i);
        if (of_person) query.with(assignee);
        if (of_team) query.with(team);
        ORGO_CHECK(collect(query.with(request.limit)));
      }
  }
  std::sort(page.begin(), page.end(), [](const Task& a, const Task& b) { return a.number > b.number; });
  keep_first(page, static_cast<std::size_t>(request.limit));
  return page;
}

Result<std::vector<StoredEvent>> SqlTaskStore::history(TenantId tenant, TaskNumber number, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(
      *use,
      "SELECT " ORGO_EVENT_COLUMNS
      " FROM events WHERE tenant = ? AND subject_kind = ? AND subject = ? AND subject <> 0 ORDER BY sequence LIMIT ?");
  return read_events(query.with(tenant.value, static_cast<int>(SubjectKind::task), number.value, limit));
}

Result<std::vector<StoredEvent>> SqlTaskStore::events_after(TenantId tenant, std::int64_t sequence, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use,
              "SELECT " ORGO_EVENT_COLUMNS " FROM events WHERE tenant = ? AND sequence > ? ORDER BY sequence LIMIT ?");
  return read_events(query.with(ORGO_PLANT(events_of_the_first_tenant) ? 1 : tenant.value, sequence, limit));
}

Result<std::vector<LogEnd>> SqlTaskStore::log_ends(TenantId after, int limit) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use,
              "SELECT tenant, last FROM counters WHERE tenant > ? AND kind = ? AND last > 0 ORDER BY tenant LIMIT ?");
  query.with(after.value, static_cast<int>(sql::Counter::event), limit);
  std::vector<LogEnd> ends;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return ends;
    ends.push_back({TenantId{query.integer(0)}, query.integer(1)});
  }
}

Result<std::vector<StoredEvent>> SqlTaskStore::message_events(TenantId tenant, MessageId id) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query alone(*use, "SELECT " ORGO_EVENT_COLUMNS
                    " FROM events WHERE tenant = ? AND message = ? AND subject = 0 AND message <> 0 ORDER BY sequence");
  ORGO_TRY(events, read_events(alone.with(tenant.value, id.value)));
  Query of_task(*use, "SELECT " ORGO_EVENT_COLUMNS
                      " FROM events WHERE tenant = ? AND subject_kind = ? AND subject = (SELECT task FROM decisions "
                      "WHERE tenant = ? AND message = ?) AND subject <> 0 AND message = ? ORDER BY sequence");
  ORGO_TRY(more, read_events(of_task.with(tenant.value, static_cast<int>(SubjectKind::task), tenant.value, id.value,
                                          id.value)));
  events.insert(events.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  std::sort(events.begin(), events.end(),
            [](const StoredEvent& a, const StoredEvent& b) { return a.sequence < b.sequence; });
  return events;
}

}  // namespace orgo
