#include "adapter/sql/engine.h"

#include "base/planted.h"

namespace orgo::sql {

Result<std::int64_t> Transaction::next(TenantId tenant, Counter counter) {
  for (auto& one : counted_)
    if (one.tenant == tenant && one.counter == counter) return ++one.last;
  Query read(connection_, "SELECT last FROM counters WHERE tenant = ? AND kind = ?");
  read.with(tenant.value, static_cast<int>(counter));
  ORGO_TRY(row, read.next());
  counted_.push_back({tenant, counter, (row ? read.integer(0) : 0) + 1});
  return counted_.back().last;
}

Status Transaction::finish() {
  ORGO_CHECK(late_.settle());
  if (counted_.empty() || ORGO_PLANT(ids_are_used_again)) return {};
  Query write(
      connection_,
      "INSERT INTO counters (tenant, kind, last) VALUES (?, ?, ?) ON CONFLICT (tenant, kind) DO UPDATE SET last "
      "= excluded.last");
  for (const auto& one : counted_) {
    write.again();
    ORGO_CHECK(write.with(one.tenant.value, static_cast<int>(one.counter), one.last).run());
  }
  return {};
}

Result<Engine::Reader> Engine::reader(Deadline deadline) {
  ORGO_TRY(connection, take_reader(deadline));
  return Reader(*this, std::move(connection));
}

Result<Engine::Reader> Engine::snapshot(Deadline deadline) {
  ORGO_TRY(connection, take_reader(deadline));
  Reader reading(*this, std::move(connection));
  ORGO_CHECK((*reading).begin_reading());
  return reading;
}

}  // namespace orgo::sql
