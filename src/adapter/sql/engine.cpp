#include "adapter/sql/engine.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo::sql {

Transaction::Transaction(Connection& connection, std::span<const TenantId> tenants)
    : connection_(connection), late_(connection) {
  if (tenants.empty() || connection.batching() == nullptr) return;
  asked_.assign(tenants.begin(), tenants.end());
  counters_.emplace(connection, "SELECT kind, last FROM counters WHERE tenant = ?");
  for (const auto tenant : asked_) counters_->ask(tenant.value);
  counters_->send();
}

Result<std::int64_t> Transaction::last_of(TenantId tenant, Counter counter) {
  if (const auto asked = std::ranges::find(asked_, tenant); asked != asked_.end()) {
    ORGO_TRY(rows, counters_->rows(static_cast<std::size_t>(asked - asked_.begin())));
    for (;;) {
      ORGO_TRY(row, rows->next());
      if (!row) return 0;
      if (rows->integer(0) == static_cast<int>(counter)) return rows->integer(1);
    }
  }
  Query read(connection_, "SELECT last FROM counters WHERE tenant = ? AND kind = ?");
  read.with(tenant.value, static_cast<int>(counter));
  ORGO_TRY(row, read.next());
  return row ? read.integer(0) : 0;
}

Result<std::int64_t> Transaction::next(TenantId tenant, Counter counter) {
  for (auto& one : counted_)
    if (one.tenant == tenant && one.counter == counter) return ++one.last;
  ORGO_TRY(last, last_of(tenant, counter));
  counted_.push_back({tenant, counter, last + 1});
  return counted_.back().last;
}

Status Transaction::finish() {
  ORGO_CHECK(late_.settle());
  if (counted_.empty() || ORGO_PLANT(ids_are_used_again)) return {};
  constexpr const char* kWrite =
      "INSERT INTO counters (tenant, kind, last) VALUES (?, ?, ?) ON CONFLICT (tenant, kind) DO UPDATE SET last "
      "= excluded.last";
  if (auto* const batching = connection_.batching()) {
    ParameterSets sets;
    for (const auto& one : counted_) sets.add(one.tenant.value, static_cast<int>(one.counter), one.last);
    return batching->insert(kWrite, sets);
  }
  Query write(connection_, kWrite);
  for (const auto& one : counted_) {
    write.again();
    ORGO_CHECK(write.with(one.tenant.value, static_cast<int>(one.counter), one.last).run());
  }
  return {};
}

Result<Engine::Reader> Engine::reader(const Scope& scope, Deadline deadline) {
  ORGO_TRY(connection, take_reader(deadline));
  connection->see(scope);
  return Reader(*this, std::move(connection));
}

Result<Engine::Reader> Engine::snapshot(const Scope& scope, Deadline deadline) {
  ORGO_TRY(connection, take_reader(deadline));
  connection->see(scope);
  Reader reading(*this, std::move(connection));
  ORGO_CHECK((*reading).begin_reading());
  return reading;
}

}  // namespace orgo::sql
