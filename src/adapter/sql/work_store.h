#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "adapter/sql/engine.h"
#include "port/work_store.h"

namespace orgo {

class SqlWorkStore final : public WorkStore {
 public:
  explicit SqlWorkStore(sql::Engine& engine) : engine_(engine) {}

  Status add(std::span<const WorkKey> keys, TimePoint visible_at) override;
  Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                       Millis lease_time, int attempts_below = kAnyAttempts) override;
  Result<std::vector<WorkKey>> often_failed(std::span<const WorkKey> keys, TimePoint now, int attempts_from) override;
  Result<int> complete(std::span<const WorkLease> leases) override;
  void complete_without_waiting(std::span<const WorkLease> leases) override;
  Status retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) override;
  Status postpone(const WorkLease& lease, TimePoint visible_at, std::string_view error) override;
  Status give_back(std::span<const WorkLease> leases, TimePoint now) override;
  Status bury(const WorkLease& lease, TimePoint now, std::string_view error) override;
  Status release(const LeaseOwner& owner, LeasesOf which, TimePoint now) override;
  Result<std::int64_t> depth(WorkKind kind) override;
  Result<std::vector<WorkKey>> unclaimed(WorkKind kind, TimePoint now, int limit) override;
  Result<int> cap_waits(WorkKind kind, TimePoint now, Millis most) override;
  Result<std::optional<TimePoint>> next_visible(WorkKind kind, TimePoint after) override;
  Result<std::vector<DeadLetter>> dead(std::optional<TenantId> tenant, int limit) override;
  Result<std::optional<DeadLetter>> find_dead(const WorkKey& key) override;

 private:
  Status give_back(const WorkLease& lease, TimePoint visible_at, std::string_view error, int uncounted);

  sql::Engine& engine_;
};

}  // namespace orgo
