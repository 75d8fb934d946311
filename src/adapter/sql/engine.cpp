#include "adapter/sql/engine.h"

namespace orgo::sql {

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
