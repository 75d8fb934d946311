#include "adapter/sql/store_check.h"

namespace orgo::sql {
namespace {

#define ORGO_AND(table) " UNION ALL SELECT 1 FROM " table " WHERE 1 = 0"
constexpr const char* kAllTables =
    "SELECT 1 FROM tenants WHERE 1 = 0" ORGO_AND("tenant_recipients") ORGO_AND("counters") ORGO_AND("messages")
        ORGO_AND("decisions") ORGO_AND("thread_aliases") ORGO_AND("work") ORGO_AND("tasks") ORGO_AND("events")
            ORGO_AND("timers") ORGO_AND("outbox") ORGO_AND("suppressions") ORGO_AND("mailboxes") ORGO_AND("rhythms")
                ORGO_AND("alarms") ORGO_AND("rule_texts") ORGO_AND("rule_versions") ORGO_AND("people")
                    ORGO_AND("login_attempts") ORGO_AND("tokens") ORGO_AND("lineage");
#undef ORGO_AND

}  // namespace

Status check_tables(Engine& engine) {
  ORGO_TRY(use, engine.reader(Scope::all()));
  Query all(*use, kAllTables);
  ORGO_TRY(row, all.next());
  return row ? failure(Errc::corrupt, "a table has rows that it can't have") : engine.check_own_tables();
}

}  // namespace orgo::sql
