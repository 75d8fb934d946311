#include <charconv>

#include "adapter/sql/rows.h"
#include "adapter/sql/store.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

constexpr const char* kUpto = "";  ///< row of `rhythms` that says how far arrivals were counted

#define ORGO_MAILBOX_COLUMNS                                                                                \
  "name, source, position, last_success, last_error_at, last_error, failures, taken, duplicates, refused, " \
  "connection, "                                                                                            \
  "updated_at"

Result<MailboxRecord> mailbox_from_row(Query& row, TenantId tenant) {
  MailboxRecord record;
  record.tenant = tenant;
  record.name = row.string(0);
  record.source = row.string(1);
  auto position = parse_mailbox_position(row.text(2));
  if (!position)
    return failure(Errc::corrupt,
                   "the position of mailbox " + record.name + " can't be read: " + position.error().message);
  record.position = std::move(*position);
  if (!row.is_null(3)) record.last_success = from_ms(row.integer(3));
  if (!row.is_null(4)) record.last_error_at = from_ms(row.integer(4));
  record.last_error = row.string(5);
  record.failures = row.integer(6);
  record.taken = row.integer(7);
  record.duplicates = row.integer(8);
  record.refused = row.integer(9);
  record.connection = row.string(10);
  record.updated_at = from_ms(row.integer(11));
  return record;
}

void put_time(Query& query, const std::optional<TimePoint>& time) {
  if (time) {
    query.with(to_ms(*time));
  } else {
    query.with(nullptr);
  }
}

Status put_rhythm(Connection& db, TenantId tenant, std::string_view source, std::string_view state) {
  Query query(db,
              "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, ?) ON CONFLICT (tenant, source) DO UPDATE SET "
              "state = excluded.state");
  return query.with(tenant.value, source, state).run();
}

}  // namespace

Status SqlStore::save_mailbox(const MailboxRecord& record) {
  const auto position = to_text(record.position);
  return write([&](Connection& db) -> Status {
    Query query(db, "INSERT INTO mailboxes (tenant, " ORGO_MAILBOX_COLUMNS
                    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (tenant, name) DO UPDATE SET source = excluded.source, position = excluded.position, "
                    "last_success = excluded.last_success, last_error_at = excluded.last_error_at, last_error = "
                    "excluded.last_error, "
                    "failures = excluded.failures, taken = excluded.taken, duplicates = excluded.duplicates, refused = "
                    "excluded.refused, "
                    "connection = excluded.connection, updated_at = excluded.updated_at");
    query.with(record.tenant.value, record.name, record.source, position);
    put_time(query, record.last_success);
    put_time(query, record.last_error_at);
    query.with(record.last_error, record.failures, record.taken, record.duplicates, record.refused, record.connection,
               to_ms(record.updated_at));
    return query.run();
  });
}

Result<std::optional<MailboxRecord>> SqlStore::find_mailbox(TenantId tenant, const std::string& name) {
  ORGO_TRY(use, reader());
  Query query(**use, "SELECT " ORGO_MAILBOX_COLUMNS " FROM mailboxes WHERE tenant = ? AND name = ?");
  query.with(tenant.value, name);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<MailboxRecord>();
  ORGO_TRY(record, mailbox_from_row(query, tenant));
  return std::optional(std::move(record));
}

Result<std::vector<MailboxRecord>> SqlStore::list_mailboxes(TenantId tenant) {
  ORGO_TRY(use, reader());
  Query query(**use, "SELECT " ORGO_MAILBOX_COLUMNS " FROM mailboxes WHERE tenant = ? ORDER BY name");
  query.with(tenant.value);
  std::vector<MailboxRecord> records;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return records;
    ORGO_TRY(record, mailbox_from_row(query, tenant));
    records.push_back(std::move(record));
  }
}

Result<std::vector<Arrival>> SqlStore::arrivals_after(TenantId tenant, MessageId after, int limit) {
  ORGO_TRY(use, reader());
  Query query(**use,
              "SELECT id, channel, peer, received_at, archived_state FROM messages WHERE id > ? AND tenant = ? ORDER "
              "BY id LIMIT ?");
  query.with(after.value, tenant.value, limit);
  std::vector<Arrival> arrivals;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return arrivals;
    arrivals.push_back({MessageId{query.integer(0)}, static_cast<Channel>(query.integer(1)), query.string(2),
                        from_ms(query.integer(3)), query.integer(4) != 0});
  }
}

Result<SilenceStore::Learned> SqlStore::read_rhythms(TenantId tenant) {
  ORGO_TRY(use, reader());
  Query query(**use, "SELECT source, state FROM rhythms WHERE tenant = ? ORDER BY source");
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

Status SqlStore::save_rhythms(TenantId tenant, MessageId upto, std::span<const StoredRhythm> rhythms) {
  const auto last = std::to_string(upto.value);
  return write([&](Connection& db) -> Status {
    ORGO_CHECK(put_rhythm(db, tenant, kUpto, last));
    for (const auto& rhythm : rhythms) ORGO_CHECK(put_rhythm(db, tenant, rhythm.source, rhythm.state));
    return {};
  });
}

Result<std::vector<OpenAlarm>> SqlStore::open_alarms(TenantId tenant) {
  ORGO_TRY(use, reader());
  Query query(**use, "SELECT source, task, opened_at FROM alarms WHERE tenant = ? ORDER BY source");
  query.with(tenant.value);
  std::vector<OpenAlarm> alarms;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return alarms;
    alarms.push_back({query.string(0), TaskNumber{query.integer(1)}, from_ms(query.integer(2))});
  }
}

}  // namespace orgo
