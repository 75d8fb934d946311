#include "adapter/sql/ledger_reader.h"

#include <map>
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
    line.refused = query.integer(4);
  }
}

Status count_stored(Connection& db, BlobStore& blobs, Lines& lines) {
  Query query(db, "SELECT tenant, channel, blob FROM messages");
  std::map<LineKey, std::vector<BlobRef>> refs;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) break;
    auto& of_line = refs[key_of(query)];
    of_line.push_back({query.string(2)});
    if (of_line.size() < kRefsAtOnce) continue;
    line_of(lines, key_of(query)).stored += blobs.count_held(of_line);
    of_line.clear();
  }
  for (const auto& [key, rest] : refs)
    if (!rest.empty()) line_of(lines, key).stored += blobs.count_held(rest);
  return {};
}

}  // namespace

Result<std::vector<LedgerLine>> SqlLedgerReader::count_ledger() {
  ORGO_TRY(use, engine_.snapshot());  // all counts are of the same instant, while the server goes on
  Lines lines;
  ORGO_CHECK(count_decisions(*use, lines));
  ORGO_CHECK(count_work(*use, lines));
  ORGO_CHECK(count_stored(*use, blobs_, lines));
  std::vector<LedgerLine> answer;
  answer.reserve(lines.size());
  for (auto& [key, line] : lines) answer.push_back(std::move(line));
  return answer;
}

Result<LedgerReader::States> SqlLedgerReader::look_at_states(const LedgerPlace& after, int limit) {
  ORGO_TRY(use, engine_.snapshot());  // a message and its work come together, so none is seen in between
  States states{.last = after};
  for (auto tenant = after.tenant.value; static_cast<int>(states.seen.size()) < limit;) {
    Query query(*use,
                "SELECT m.id, m.blob, d.message, w.state FROM messages m LEFT JOIN decisions d ON d.tenant = m.tenant "
                "AND d.message = m.id LEFT JOIN work w ON w.tenant = m.tenant AND w.kind = 1 AND w.reference = m.id "
                "WHERE m.tenant = ? AND m.id > ? ORDER BY m.id LIMIT ?");
    query.with(tenant, tenant == after.tenant.value ? after.message.value : 0,
               limit - static_cast<int>(states.seen.size()));
    for (;;) {
      ORGO_TRY(row, query.next());
      if (!row) break;
      states.last = {TenantId{tenant}, MessageId{query.integer(0)}};
      states.seen.push_back(states.last);
      if (query.is_null(2) && query.is_null(3) && !ORGO_PLANT(stateless_not_seen))
        states.stateless.push_back(states.last);
      const BlobRef ref{query.string(1)};
      if (blobs_.count_held(std::span(&ref, 1)) == 0) states.lost.push_back(states.last);
    }
    Query next(*use, "SELECT tenant FROM messages WHERE tenant > ? ORDER BY tenant LIMIT 1");
    next.with(tenant);
    ORGO_TRY(more, next.next());
    if (!more) break;
    tenant = next.integer(0);
  }
  return states;
}

}  // namespace orgo
