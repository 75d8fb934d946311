#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/sql/engine.h"
#include "core/threading/thread_alias.h"
#include "port/task_store.h"

namespace orgo {

class SqlTaskStore final : public TaskStore {
 public:
  explicit SqlTaskStore(sql::Engine& engine) : engine_(engine) {}

  Result<Task> read(TenantId tenant, TaskNumber number) override;
  Result<std::vector<Task>> list(const TaskListRequest& request) override;
  Result<std::vector<StoredEvent>> history(TenantId tenant, TaskNumber number, int limit) override;
  Result<std::vector<StoredEvent>> events_after(TenantId tenant, std::int64_t sequence, int limit) override;
  Result<std::vector<LogEnd>> log_ends(TenantId after, int limit) override;
  Result<std::vector<StoredEvent>> message_events(TenantId tenant, MessageId id) override;
  Result<std::vector<PendingTimer>> due_timers(std::string_view name, TimePoint now, int limit) override;
  Result<std::vector<PendingTimer>> claim_timers(const LeaseOwner& owner, std::string_view name, TimePoint now,
                                                 Millis lease_time, int limit) override;
  Status release_timers(const LeaseOwner& owner, LeasesOf which) override;
  Result<std::optional<TimePoint>> next_timer(std::string_view name) override;
  Result<std::vector<PendingTimer>> latest_timers(std::string_view name, const std::optional<PendingTimer>& after,
                                                  int limit) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
