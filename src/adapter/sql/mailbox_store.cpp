#include "adapter/sql/mailbox_store.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

#define ORGO_MAILBOX_COLUMNS                                                                                \
  "name, source, position, last_success, last_error_at, last_error, failures, taken, duplicates, refused, " \
  "connection, "                                                                                            \
  "updated_at"

Result<MailboxRecord> mailbox_from_row(Query& row, TenantId tenant) {
  MailboxRecord record{.tenant = tenant};
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

}  // namespace

Result<std::optional<MailboxRecord>> SqlMailboxStore::find_mailbox(TenantId tenant, const std::string& name) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_MAILBOX_COLUMNS " FROM mailboxes WHERE tenant = ? AND name = ?");
  query.with(tenant.value, name);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<MailboxRecord>();
  ORGO_TRY(record, mailbox_from_row(query, tenant));
  return std::optional(std::move(record));
}

Result<std::vector<MailboxRecord>> SqlMailboxStore::list_mailboxes(TenantId tenant) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_MAILBOX_COLUMNS " FROM mailboxes WHERE tenant = ? ORDER BY name");
  query.with(tenant.value);
  std::vector<MailboxRecord> records;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return records;
    ORGO_TRY(record, mailbox_from_row(query, tenant));
    records.push_back(std::move(record));
  }
}

}  // namespace orgo
