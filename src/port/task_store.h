#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

namespace orgo {

struct TaskListRequest {
  TenantId tenant = kDefaultTenant;
  std::optional<bool> open;          ///< only open, only done, or both
  std::optional<TaskState> state;    ///< only this state
  std::string team;                  ///< empty: all
  std::string assignee;              ///< empty: all
  TaskNumber before;                 ///< 0: from the newest
  int limit = 50;                    ///< 1 to 1,000
};

struct StoredEvent {
  std::int64_t sequence = 0;  ///< grows within a tenant; may have gaps
  Event event;
};

struct PendingTimer {
  TenantId tenant;
  TaskNumber task;
  TimePoint due_at{};
};

/// Reads the projections; writing is ChangeStore's. Backends: memory, sqlite; contract: tests/contract/change_store_contract_test.cpp.
/// A read sees everything that was committed before it began. Threads: any.
/// Errors of every method: unavailable, corrupt.
class TaskStore {
 public:
  virtual ~TaskStore() = default;
  /// not_found also for another tenant's task.
  virtual Result<Task> read(TenantId tenant, TaskNumber number) = 0;
  /// Newest first. The cost depends on the page, not on how many tasks there are.
  virtual Result<std::vector<Task>> list(const TaskListRequest& request) = 0;
  /// Of one task, oldest first, at most `limit`.
  virtual Result<std::vector<StoredEvent>> history(TenantId tenant, TaskNumber number, int limit = 1000) = 0;
  /// The tenant's log after `sequence`, at most `limit`: live pages, outgoing webhooks and audit read this.
  virtual Result<std::vector<StoredEvent>> events_after(TenantId tenant, std::int64_t sequence, int limit) = 0;
  /// Events that name the message.
  virtual Result<std::vector<StoredEvent>> message_events(TenantId tenant, MessageId id) = 0;
  /// Deadlines at or before `now`, oldest first, of all tenants.
  virtual Result<std::vector<PendingTimer>> due_timers(TimePoint now, int limit) = 0;
  /// The earliest pending deadline of all tenants.
  virtual Result<std::optional<TimePoint>> next_timer() = 0;
};

}  // namespace orgo
