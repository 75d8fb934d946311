#include "adapter/sql/named_mails.h"

#include "adapter/sql/sqlite/sqlite_connection.h"

namespace orgo::sql {

Status each_named_mail(const std::string& folder, const std::function<Status(const NamedMail& mail)>& each) {
  constexpr std::int64_t kCacheBytes = 4 << 20;
  ORGO_TRY(connection,
           open_sqlite_connection({.path = folder + "/orgo.db", .read_only = true, .cache_bytes = kCacheBytes}));
  Query query(*connection,
              "SELECT coalesce(t.name, ''), m.id, m.blob FROM messages m LEFT JOIN tenants t ON t.id = m.tenant "
              "ORDER BY m.tenant, m.id");
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    ORGO_CHECK(each({.tenant = query.text(0), .message = query.integer(1), .blob = query.text(2)}));
  }
}

}  // namespace orgo::sql
