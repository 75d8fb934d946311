#include "adapter/sql/ledger_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "adapter/sql/rows.h"
#include "base/planted.h"
#include "core/intake/raw_message.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

constexpr std::size_t kRefsAtOnce = 10'000;
constexpr std::int64_t kEventsAtOnce = 10'000;
constexpr int kNoChannel = -1;

/// By tenant and channel.
using LineKey = std::pair<TenantId, int>;
using Lines = std::map<LineKey, LedgerLine>;

/// Of the tenant and channel in the first two columns.
LineKey key_of(Query& row) {
  return {TenantId{row.integer(0)}, static_cast<int>(row.integer(1))};
}
LedgerLine& line_of(Lines& lines, const LineKey& key) {
  return lines.try_emplace(key, LedgerLine{.tenant = key.first}).first->second;
}

Status count_decisions(Connection& db, Lines& lines) {
  Query query(db,
              "SELECT m.tenant, m.channel, count(*), count(d.message), count(CASE WHEN d.outcome = 1 THEN 1 END), "
              "count(CASE WHEN d.outcome = 2 THEN 1 END), count(CASE WHEN d.outcome = 3 THEN 1 END), "
              "count(CASE WHEN d.outcome = 4 THEN 1 END) FROM messages m LEFT JOIN decisions d ON d.tenant = m.tenant "
              "AND d.message = m.id GROUP BY m.tenant, m.channel");
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    auto& line = line_of(lines, key_of(query));
    line.channel = to_string(static_cast<Channel>(query.integer(1)));
    line.accepted = query.integer(2);
    line.decided = query.integer(3);
    line.opened = query.integer(4);
    line.joined = query.integer(5);
    line.recorded = query.integer(6);
    line.dropped = query.integer(7);
  }
}

/// Of undecided messages only: one whose work outlived its decision is decided, and the work is about to go.
Status count_work(Connection& db, Lines& lines) {
  Query query(
      db,
      "SELECT m.tenant, m.channel, count(CASE WHEN w.state = 1 THEN 1 END), count(CASE WHEN w.state = 2 THEN 1 "
      "END), count(CASE WHEN w.state = 3 THEN 1 END) FROM work w JOIN messages m ON m.tenant = w.tenant AND m.id "
      "= w.reference LEFT JOIN decisions d ON d.tenant = m.tenant AND d.message = m.id WHERE w.kind = 1 AND "
      "d.message IS NULL GROUP BY m.tenant, m.channel");
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    auto& line = line_of(lines, key_of(query));
    line.waiting = query.integer(2);
    line.dead = query.integer(3);
    line.refused = ORGO_PLANT(refused_are_not_counted) ? 0 : query.integer(4);
  }
}

Status count_stored(Connection& db, MailBytes& bytes, Lines& lines) {
  const auto count = [&](const LineKey& key, std::span<const BlobRef> refs) -> Status {
    ORGO_TRY(held, bytes.count_held(db, key.first, refs));
    line_of(lines, key).stored += held;
    return {};
  };
  Query query(db, "SELECT tenant, channel, blob FROM messages");
  std::map<LineKey, std::vector<BlobRef>> refs;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) break;
    auto& of_line = refs[key_of(query)];
    of_line.push_back({query.string(2)});
    if (of_line.size() < kRefsAtOnce) continue;
    ORGO_CHECK(count(key_of(query), of_line));
    of_line.clear();
  }
  for (const auto& [key, rest] : refs)
    if (!rest.empty()) ORGO_CHECK(count(key, rest));
  return {};
}

/// The last number that was given to a message of the tenant; 0: none.
Result<std::int64_t> last_message(Connection& db, std::int64_t tenant) {
  Query query(db, "SELECT last FROM counters WHERE tenant = ? AND kind = 1");
  query.with(tenant);
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

/// Numbers follow each other without a gap, since a number is given in the transaction that writes its row.
class Gaps {
 public:
  explicit Gaps(LedgerReader::States& states) : states_(states) {}
  /// All between two numbers, both left out, have no row.
  void add(TenantId tenant, std::int64_t before, std::int64_t behind) {
    if (behind <= before + 1 || ORGO_PLANT(missing_not_seen)) return;
    states_.missing_count[tenant] += behind - before - 1;
    for (auto id = before + 1; id < behind && states_.missing.size() < LedgerReader::kMissingNamed; ++id)
      states_.missing.push_back({tenant, MessageId{id}});
  }

 private:
  LedgerReader::States& states_;
};

/// What is left of messages that are gone.
Status count_gone(Connection& db, Lines& lines) {
  std::map<std::int64_t, std::int64_t> there;
  for (const auto& [key, line] : lines) there[key.first.value] += line.accepted;
  Query given(db, "SELECT tenant, last FROM counters WHERE kind = 1");
  for (;;) {
    ORGO_TRY(row, given.next());
    if (!row) break;
    const auto tenant = given.integer(0);
    const auto gone = given.integer(1) - there[tenant];
    if (gone <= 0 || ORGO_PLANT(missing_not_seen)) continue;
    auto& line = line_of(lines, {TenantId{tenant}, kNoChannel});
    line.channel = kGoneChannel;
    line.accepted = gone;
  }
  return {};
}

/// Numbers of events, `end` left out.
struct Stretch {
  std::int64_t begin = 0, end = 0;
};
/// The history from where the message came; all of it when that is not known.
Result<Stretch> history_since(sql::Engine& engine, TenantId tenant, MessageId message) {
  ORGO_TRY(use, engine.reader(tenant));
  Query accepted(*use,
                 "SELECT min(sequence) FROM events WHERE tenant = ? AND message = ? AND subject = 0 AND message <> 0 "
                 "AND kind = ?");
  accepted.with(tenant.value, message.value, static_cast<int>(EventKind::message_accepted));
  ORGO_TRY(came, accepted.next());
  Query newest(*use, "SELECT sequence FROM events WHERE tenant = ? ORDER BY sequence DESC LIMIT ?");
  newest.with(tenant.value, 1);
  ORGO_TRY(any, newest.next());
  if (!any) return Stretch{};
  return Stretch{came && !accepted.is_null(0) ? accepted.integer(0) : 0, newest.integer(0) + 1};
}

/// The last decision of each that is wanted; it is wanted no more then.
Status take_decided(Connection& db, TenantId tenant, Stretch of, std::set<MessageId>& wanted,
                    std::vector<Event>& events) {
  Query query(db,
              "SELECT message, at, subject_kind, subject, actor, data FROM events WHERE tenant = ? AND sequence >= ? "
              "AND sequence < ? AND kind = ? ORDER BY sequence DESC");
  query.with(tenant.value, of.begin, of.end, static_cast<int>(EventKind::message_decided));
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    const MessageId message{query.integer(0)};
    if (wanted.erase(message) == 0) continue;
    events.push_back({.kind = EventKind::message_decided,
                      .subject = sql::subject_from_row(query, 2),
                      .message = message,
                      .at = from_ms(query.integer(1)),
                      .actor = query.string(4),
                      .data = query.string(5)});
  }
}

}  // namespace

Result<std::vector<LedgerLine>> SqlLedgerReader::count_ledger() {
  ORGO_TRY(use, engine_.snapshot(sql::Scope::all()));  // all counts are of the same instant, while the server goes on
  Lines lines;
  ORGO_CHECK(count_decisions(*use, lines));
  ORGO_CHECK(count_gone(*use, lines));
  ORGO_CHECK(count_work(*use, lines));
  ORGO_CHECK(count_stored(*use, bytes_, lines));
  std::vector<LedgerLine> answer;
  answer.reserve(lines.size());
  for (auto& [key, line] : lines) answer.push_back(std::move(line));
  return answer;
}

Result<LedgerReader::States> SqlLedgerReader::look_at_states(const LedgerPlace& after, int limit) {
  ORGO_TRY(use,
           engine_.snapshot(sql::Scope::all()));  // a message and its work come together, so none is seen in between
  States states{.last = after};
  Gaps gaps(states);
  std::vector<TenantBlob> blobs;  // of those that are seen
  for (auto tenant = after.tenant.value; static_cast<int>(states.seen.size()) < limit;) {
    Query query(*use,
                "SELECT m.id, m.blob, d.message, w.state FROM messages m LEFT JOIN decisions d ON d.tenant = m.tenant "
                "AND d.message = m.id LEFT JOIN work w ON w.tenant = m.tenant AND w.kind = 1 AND w.reference = m.id "
                "WHERE m.tenant = ? AND m.id > ? ORDER BY m.id LIMIT ?");
    const auto first = tenant == after.tenant.value ? after.message.value : 0;
    const auto room = limit - static_cast<int>(states.seen.size());
    query.with(tenant, first, room);
    auto before = first;
    int rows = 0;
    for (;; ++rows) {
      ORGO_TRY(row, query.next());
      if (!row) break;
      states.last = {TenantId{tenant}, MessageId{query.integer(0)}};
      gaps.add(TenantId{tenant}, before, query.integer(0));
      before = query.integer(0);
      states.seen.push_back(states.last);
      if (query.is_null(2) && query.is_null(3) && !ORGO_PLANT(stateless_not_seen))
        states.stateless.push_back(states.last);
      blobs.push_back({TenantId{tenant}, {query.string(1)}});
    }
    if (rows == room) break;
    ORGO_TRY(last, last_message(*use, tenant));
    gaps.add(TenantId{tenant}, before, last + 1);
    Query next(*use, "SELECT tenant FROM counters WHERE tenant > ? AND kind = 1 ORDER BY tenant LIMIT 1");
    next.with(tenant);
    ORGO_TRY(more, next.next());
    if (!more) break;
    tenant = next.integer(0);
  }
  ORGO_TRY(held, bytes_.look_for(*use, blobs));
  for (std::size_t i = 0; i < held.size(); ++i)
    if (!held[i]) states.lost.push_back(states.seen[i]);
  return states;
}

Result<std::vector<Event>> SqlLedgerReader::decided_events(TenantId tenant, std::span<const MessageId> messages) {
  std::set<MessageId> wanted(messages.begin(), messages.end());
  std::vector<Event> events;
  if (wanted.empty()) return events;
  ORGO_TRY(history, history_since(engine_, tenant, *wanted.begin()));
  // From the end, since what a database loses is mostly what came last. A reader for each page, lest one that goes
  // through years of events hold up whoever cleans up behind writers.
  for (auto end = history.end; end > history.begin && !wanted.empty(); end -= kEventsAtOnce) {
    ORGO_TRY(use, engine_.reader(tenant));
    ORGO_CHECK(take_decided(*use, tenant, {std::max(history.begin, end - kEventsAtOnce), end}, wanted, events));
  }
  return events;
}

}  // namespace orgo
