#include "adapter/sql/ledger_reader.h"

#include <map>

#include "adapter/sql/rows.h"
#include "core/intake/raw_message.h"

namespace orgo {

using sql::Query;

Result<std::vector<LedgerLine>> SqlLedgerReader::count_ledger() {
  ORGO_TRY(use, engine_.snapshot());  // all counts are of the same instant, while the server goes on
  auto& db = *use;
  std::map<std::pair<TenantId, int>, LedgerLine> lines;
  // The line of the tenant and channel in the first two columns.
  const auto line_of = [&](Query& row) -> LedgerLine& {
    const TenantId tenant{row.integer(0)};
    return lines.try_emplace({tenant, static_cast<int>(row.integer(1))}, LedgerLine{.tenant = tenant}).first->second;
  };
  Query query(db,
              "SELECT m.tenant, m.channel, count(*), count(d.message), "
              "sum(d.outcome = 1), sum(d.outcome = 2), sum(d.outcome = 3), sum(d.outcome = 4) "
              "FROM messages m LEFT JOIN decisions d ON d.message = m.id GROUP BY m.tenant, m.channel");
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) break;
    auto& line = line_of(query);
    line.channel = to_string(static_cast<Channel>(query.integer(1)));
    line.accepted = query.integer(2);
    line.decided = query.integer(3);
    line.opened = query.integer(4);
    line.joined = query.integer(5);
    line.recorded = query.integer(6);
    line.dropped = query.integer(7);
  }
  // Undecided messages only: one whose work item outlived its decision is decided, and the item is about to go.
  Query waiting(db,
                "SELECT m.tenant, m.channel, count(DISTINCT m.id) FROM queue q JOIN messages m ON m.id = q.reference "
                "LEFT JOIN decisions d ON d.message = m.id WHERE q.topic = 'process' AND d.message IS NULL GROUP BY "
                "m.tenant, m.channel");
  for (;;) {
    ORGO_TRY(row, waiting.next());
    if (!row) break;
    line_of(waiting).waiting = waiting.integer(2);
  }
  Query dead(db,
             "SELECT m.tenant, m.channel, sum(q.dropped_at IS NULL), sum(q.dropped_at IS NOT NULL) FROM dead_letters q "
             "JOIN messages m ON m.id = q.reference LEFT JOIN decisions d ON d.message = m.id "
             "WHERE q.topic = 'process' AND d.message IS NULL GROUP BY m.tenant, m.channel");
  for (;;) {
    ORGO_TRY(row, dead.next());
    if (!row) break;
    auto& line = line_of(dead);
    line.dead = dead.integer(2);
    line.refused = dead.integer(3);
  }
  // Bytes are checked by their place: the last blob of a segment tells for all before it, since segments only grow.
  Query places(db,
               "SELECT tenant, channel, segment, max(place), count(*) FROM messages GROUP BY tenant, channel, segment");
  for (;;) {
    ORGO_TRY(row, places.next());
    if (!row) break;
    if (blobs_.holds({places.integer(2), places.integer(3), 0})) line_of(places).stored += places.integer(4);
  }
  std::vector<LedgerLine> answer;
  for (auto& [key, line] : lines) answer.push_back(std::move(line));
  return answer;
}

}  // namespace orgo
