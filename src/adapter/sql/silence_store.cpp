#include "adapter/sql/silence_store.h"

#include <charconv>

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

constexpr const char* kUpto = "";  ///< row of `rhythms` that says how far arrivals were counted

}  // namespace

Result<std::vector<Arrival>> SqlSilenceStore::arrivals_after(TenantId tenant, MessageId after, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use,
              "SELECT id, channel, peer, received_at, archived_state FROM messages WHERE tenant = ? AND id > ? ORDER "
              "BY id LIMIT ?");
  query.with(tenant.value, after.value, limit);
  std::vector<Arrival> arrivals;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return arrivals;
    arrivals.push_back({MessageId{query.integer(0)}, static_cast<Channel>(query.integer(1)), query.string(2),
                        from_ms(query.integer(3)), query.integer(4) != 0});
  }
}

Result<SilenceStore::Learned> SqlSilenceStore::read_rhythms(TenantId tenant) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT source, state FROM rhythms WHERE tenant = ? ORDER BY source");
  query.with(tenant.value);
  Learned learned;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return learned;
    if (query.text(0) != kUpto) {
      learned.rhythms.push_back({query.string(0), query.string(1)});
      continue;
    }
    const auto digits = query.text(1);
    std::from_chars(digits.data(), digits.data() + digits.size(), learned.upto.value);
  }
}

Result<std::vector<OpenAlarm>> SqlSilenceStore::open_alarms(TenantId tenant) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT source, task, opened_at FROM alarms WHERE tenant = ? ORDER BY source");
  query.with(tenant.value);
  std::vector<OpenAlarm> alarms;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return alarms;
    alarms.push_back({query.string(0), TaskNumber{query.integer(1)}, from_ms(query.integer(2))});
  }
}

}  // namespace orgo
