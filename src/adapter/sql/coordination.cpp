#include "adapter/sql/coordination.h"

#include "adapter/in_process/in_process_locks.h"
#include "adapter/in_process/in_process_nodes.h"
#include "adapter/in_process/in_process_signals.h"
#include "adapter/sql/postgres/postgres_locks.h"
#include "adapter/sql/postgres/postgres_nodes.h"
#include "adapter/sql/postgres/postgres_signals.h"
#include "adapter/sql/sqlite/schema.h"

namespace orgo {
namespace {

// A stop waits for them too, and is to end within ten seconds; who beats or renews asks again soon.
constexpr Millis kLinePatience{4'000};
constexpr Millis kSignalsPatience{2'000};

sql::PostgresOptions server_of(const SqlStoreOptions& database, Millis patience) {
  return {.url = database.database, .password = database.password, .patience = patience};
}

}  // namespace

struct Coordination::Shared {
  explicit Shared(const SqlStoreOptions& database) : line(server_of(database, kLinePatience)) {}
  sql::PostgresLine line;
};

Coordination::Coordination(const SqlStoreOptions& database, TimePoint now) : started_at_(now) {
  if (!is_on_a_server(database.database)) {
    locks_ = std::make_unique<InProcessLocks>(now);
    signals_ = std::make_unique<InProcessSignals>();
    return;
  }
  shared_ = std::make_unique<Shared>(database);
  locks_ = std::make_unique<sql::PostgresLocks>(shared_->line);
  signals_ = std::make_unique<sql::PostgresSignals>(server_of(database, kSignalsPatience));
}

Coordination::~Coordination() = default;

std::unique_ptr<Nodes> Coordination::open_nodes(SqlStores& stores) {
  if (!is_shared()) return std::make_unique<InProcessNodes>(started_at_, sql::schema_version());
  return std::make_unique<sql::PostgresNodes>(shared_->line, *stores.engine);
}

}  // namespace orgo
