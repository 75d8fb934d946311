#include "tests/world/support/watch.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/id.h"
#include "core/changes/event.h"
#include "core/task/lifecycle.h"

namespace orgo::world {
namespace {

using sql::Query;

constexpr std::size_t kBreachesMax = 20;

enum What { kTask = 1, kEvent, kWork, kWorkEnded, kSend };

/// One trigger for each table. The columns of `watched`: what, tenant, id, then before and after of up to four numbers,
/// then a text.
constexpr const char* kTriggers = R"sql(
CREATE TEMP TABLE watched (
  row INTEGER PRIMARY KEY, what INT, tenant BIGINT, id BIGINT,
  a BIGINT, a2 BIGINT, b BIGINT, b2 BIGINT, c BIGINT, c2 BIGINT, d BIGINT, d2 BIGINT, text TEXT);

CREATE TEMP TRIGGER watched_tasks AFTER UPDATE ON main.tasks BEGIN
  INSERT INTO watched (what, tenant, id, a, a2, b, b2, text) VALUES (
    1, NEW.tenant, NEW.number, OLD.version, NEW.version, OLD.state, NEW.state,
    CASE WHEN OLD.priority <> NEW.priority THEN 'priority ' ELSE '' END ||
    CASE WHEN OLD.team <> NEW.team THEN 'team ' ELSE '' END ||
    CASE WHEN OLD.assignee <> NEW.assignee THEN 'assignee ' ELSE '' END ||
    CASE WHEN OLD.tags <> NEW.tags THEN 'tags ' ELSE '' END ||
    CASE WHEN OLD.fields <> NEW.fields THEN 'fields ' ELSE '' END ||
    CASE WHEN OLD.due_at IS NOT NEW.due_at THEN 'due ' ELSE '' END);
END;
CREATE TEMP TRIGGER watched_work AFTER UPDATE ON main.work BEGIN
  INSERT INTO watched (what, tenant, id, a, a2, b, b2, c, c2, d, d2) VALUES (
    3, NEW.tenant, NEW.reference, OLD.token, NEW.token, OLD.attempts, NEW.attempts, OLD.visible_at, NEW.visible_at,
    OLD.state, NEW.state);
END;
CREATE TEMP TRIGGER watched_work_end AFTER DELETE ON main.work BEGIN
  INSERT INTO watched (what, tenant, id, a, a2, b, b2) VALUES (
    4, OLD.tenant, OLD.reference, OLD.token, OLD.token, OLD.attempts, OLD.attempts);
END;
CREATE TEMP TRIGGER watched_outbox AFTER UPDATE ON main.outbox BEGIN
  INSERT INTO watched (what, tenant, id, a, a2, b, b2, c, c2, d, d2) VALUES (
    5, NEW.tenant, NEW.id, OLD.lease, NEW.lease, OLD.attempts, NEW.attempts, OLD.visible_at, NEW.visible_at,
    OLD.state, NEW.state);
END;
)sql";

/// Table and columns of the events depend on the schema in one place only.
constexpr const char* kEventTrigger = R"sql(
CREATE TEMP TRIGGER watched_events AFTER INSERT ON main.events WHEN NEW.subject_kind = 1 BEGIN
  INSERT INTO watched (what, tenant, id, a) VALUES (2, NEW.tenant, NEW.subject, NEW.kind);
END;
)sql";

/// What people see, and the events that tell of it.
struct Told {
  std::string_view field;
  std::array<EventKind, 3> by;
};
constexpr auto kTold = std::to_array<Told>({
    {"state", {EventKind::task_state, EventKind::task_reopened, EventKind::task_replied}},
    {"priority", {EventKind::task_priority, EventKind::task_priority, EventKind::task_priority}},
    {"team", {EventKind::task_routed, EventKind::task_routed, EventKind::task_routed}},
    {"assignee", {EventKind::task_assigned, EventKind::task_assigned, EventKind::task_assigned}},
    {"tags", {EventKind::task_tagged, EventKind::task_tagged, EventKind::task_tagged}},
    {"fields", {EventKind::task_field, EventKind::task_field, EventKind::task_field}},
    {"due", {EventKind::task_due, EventKind::task_reopened, EventKind::task_reopened}},
});

std::string number(std::int64_t value) {
  return std::to_string(value);
}

}  // namespace

struct Watch::Row {
  int what = 0;
  std::int64_t tenant = 0, id = 0;
  std::int64_t a = 0, a2 = 0, b = 0, b2 = 0, c = 0, c2 = 0, d = 0, d2 = 0;
  std::string text;
};

Watch::Watch(sql::Connection& connection, std::function<bool(const Actor&)> is_alive)
    : connection_(connection), is_alive_(std::move(is_alive)) {
  for (const auto* triggers : {kTriggers, kEventTrigger})
    if (const auto made = connection_.execute(triggers); !made)
      breach("the tables are others than the watch knows: " + made.error().message);
}

void Watch::breach(std::string what) {
  if (breaches_.size() < kBreachesMax) breaches_.push_back(std::move(what));
}

std::vector<SendId> Watch::waiting_sends() {
  std::vector<SendId> sends;
  Query query(connection_, "SELECT id FROM outbox WHERE state = 1");
  for (;;) {
    const auto row = query.next();
    if (!row || !*row) return sends;
    sends.push_back({query.integer(0)});
  }
}

void Watch::after_commit(const Actor& actor, TimePoint now) {
  std::vector<Row> rows;
  {
    Query query(connection_, "SELECT what, tenant, id, a, a2, b, b2, c, c2, d, d2, text FROM watched ORDER BY row");
    for (;;) {
      const auto there = query.next();
      if (!there || !*there) break;
      Row row;
      row.what = static_cast<int>(query.integer(0));
      row.tenant = query.integer(1);
      row.id = query.integer(2);
      row.a = query.integer(3), row.a2 = query.integer(4);
      row.b = query.integer(5), row.b2 = query.integer(6);
      row.c = query.integer(7), row.c2 = query.integer(8);
      row.d = query.integer(9), row.d2 = query.integer(10);
      row.text = query.string(11);
      rows.push_back(std::move(row));
    }
  }
  if (rows.empty()) return;
  Query clear(connection_, "DELETE FROM watched");
  (void)clear.run();
  for (const auto& row : rows) {
    const auto id = number(row.id);
    if (row.what == kTask) judge_task(row, rows);
    if (row.what == kWork) judge_lease(row, work_, actor, now, "work " + id);
    if (row.what == kSend) judge_lease(row, sends_, actor, now, "send " + id);
    if (row.what != kWorkEnded) continue;
    const auto holder = work_.holders.find({row.tenant, row.id});
    if (holder == work_.holders.end() || holder->second.actor != actor)
      breach("a lease that somebody else took over completed work " + id);
    if (holder != work_.holders.end()) work_.holders.erase(holder);
  }
}

/// `a` is the token, `b` the attempts, `c` from when on it is visible, `d` the state (1: it waits).
void Watch::judge_lease(const Row& row, Leases& leases, const Actor& actor, TimePoint now, const std::string& name) {
  if (row.d != 1) return;  // no longer anybody's
  const Key key{row.tenant, row.id};
  auto& [holders, tokens] = leases;
  const auto holder = holders.find(key);
  const bool held = holder != holders.end();
  const bool by_another = held && holder->second.actor != actor;
  if (row.b2 > row.b) {  // a lease
    auto& last = tokens[key];
    if (row.a2 <= last) breach("the tokens of " + name + " do not grow");
    last = row.a2;
    if (by_another && holder->second.until > now && is_alive_(holder->second.actor))
      breach("the lease of " + name + " was taken from somebody who is alive");
    holders[key] = {actor, from_ms(row.c2)};
    return;
  }
  if (row.d2 == 5) return;  // a report that it bounced comes from anybody
  if (!held) {
    if (row.d2 != row.d) breach(name + " ended, and nobody had leased it");
    return;
  }
  if (by_another && (is_alive_(holder->second.actor) || row.d2 != row.d))
    breach("a lease of " + name + " that somebody else took over ended an attempt, or was taken from somebody alive");
  holders.erase(holder);
}

void Watch::judge_task(const Row& row, const std::vector<Row>& rows) {
  const auto name = to_string(TaskNumber{row.id}) + " of tenant " + number(row.tenant);
  if (row.a2 != row.a + 1) breach(name + " went from version " + number(row.a) + " to " + number(row.a2));
  std::set<EventKind> told;
  for (const auto& other : rows)
    if (other.what == kEvent && other.tenant == row.tenant && other.id == row.id)
      told.insert(static_cast<EventKind>(other.a));
  const auto from = static_cast<TaskState>(row.b), to = static_cast<TaskState>(row.b2);
  if (from != to && !move_allowed(from, to) && (to != TaskState::open || !told.contains(EventKind::task_reopened)))
    breach(name + " went from " + std::string(to_string(from)) + " to " + std::string(to_string(to)) +
           " without being reopened");
  for (const auto& one : kTold) {
    const bool changed = one.field == "state" ? from != to : row.text.find(one.field) != std::string::npos;
    if (changed && std::ranges::none_of(one.by, [&](EventKind kind) { return told.contains(kind); }))
      breach("the " + std::string(one.field) + " of " + name + " changed, and no event tells of it");
  }
}

}  // namespace orgo::world
