#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/changes/event.h"
#include "core/changes/subject.h"
#include "core/task/task.h"
#include "core/threading/thread_alias.h"
#include "port/lease_owner.h"

namespace orgo {

struct TaskListRequest {
  TenantId tenant;
  std::optional<bool> open;        ///< only open, only done, or both
  std::optional<TaskState> state;  ///< only this state
  /// Of these only, under the names that the tasks have; empty: all. A few: a team and a person have two names at most.
  std::vector<std::string> teams;
  std::vector<std::string> assignees;
  TaskNumber before;  ///< 0: from the newest
  int limit = 50;     ///< 1 to 1,000
};

struct StoredEvent {
  std::int64_t sequence = 0;  ///< grows within a tenant; may have gaps
  Event event;
};

/// Where a tenant's log ends.
struct LogEnd {
  TenantId tenant;
  std::int64_t sequence = 0;  ///< of its newest event, or a number that no event has yet
  friend bool operator==(const LogEnd&, const LogEnd&) = default;
};

struct PendingTimer {
  TenantId tenant;
  Subject subject;
  TimePoint due_at{};
  TimePoint visible_at{};  ///< when somebody may look: `due_at`, or the end of a claim
};

/// Reads the projections; writing is ChangeStore's. Backends: memory, SQL; contract:
/// tests/contract/change_store_contract_test.cpp. A read sees everything that was committed before it began. Threads:
/// any. Errors of every method: unavailable, corrupt.
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
  /// Of those tenants behind `after` that have events, in order, at most `limit`: who follows many logs asks the others
  /// nothing.
  virtual Result<std::vector<LogEnd>> log_ends(TenantId after, int limit) = 0;
  /// Events that name the message.
  virtual Result<std::vector<StoredEvent>> message_events(TenantId tenant, MessageId id) = 0;
  /// Timers of this name (TimerChange::name) at or before `now`, oldest first, of all tenants, claimed or not.
  virtual Result<std::vector<PendingTimer>> due_timers(std::string_view name, TimePoint now, int limit) = 0;
  /// The same, for who fires them: of active tenants only those that nobody has claimed, and from `now` to `now +
  /// lease_time` nobody else gets them. That two nodes don't fire one in vain is all that a claim gives:
  /// TimerChange::fired decides.
  virtual Result<std::vector<PendingTimer>> claim_timers(const LeaseOwner& owner, std::string_view name, TimePoint now,
                                                         Millis lease_time, int limit) = 0;
  /// Gives back the claims of one owner, and nobody else's.
  virtual Status release_timers(const LeaseOwner& owner, LeasesOf which) = 0;
  /// When the earliest pending timer of this name comes, of all active tenants, or its claim ends.
  virtual Result<std::optional<TimePoint>> next_timer(std::string_view name) = 0;
  /// Timers of this name, of active tenants, that are visible last first; in that order behind `after` (nullopt: from
  /// the last one on). For who looks whether a clock that was ahead has put them off. The cost is that of the page.
  virtual Result<std::vector<PendingTimer>> latest_timers(std::string_view name,
                                                          const std::optional<PendingTimer>& after, int limit) = 0;
};

}  // namespace orgo
