#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/task/task.h"

namespace orgo {

/// What is left to do at a moment, of all tenants together: for gauges and for people, never for decisions.
struct Workload {
  std::map<TaskState, std::int64_t> open;  ///< tasks with work left; a state without any is missing
  std::int64_t overdue = 0;                ///< those whose deadline is over
  std::int64_t sends = 0;  ///< that wait to go out, those under lease and those held by the brake included
  std::optional<TimePoint> oldest_send;  ///< when the oldest of them was made
};

/// A send that waits to go out.
struct WaitingSend {
  TenantId tenant;
  SendId id;
  std::string recipient;
  int attempts = 0;
  std::string
      detail;  ///< why it waits, as far as somebody has tried: the last answer of the peer, or the brake's words
  TimePoint created_at{};
};

/// Counts it from the tables. The cost is that of what is open and waits, however much is done with. Backends: memory,
/// SQL; contract: tests/contract/workload_reader_contract_test.cpp. Threads: any. Errors of every method: unavailable,
/// corrupt.
class WorkloadReader {
 public:
  virtual ~WorkloadReader() = default;
  virtual Result<Workload> read_workload(TimePoint now) = 0;
  /// The one that waits longest; nullopt: none.
  virtual Result<std::optional<WaitingSend>> oldest_send() = 0;
};

}  // namespace orgo
