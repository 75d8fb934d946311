#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/send_lanes.h"
#include "port/outbox.h"

namespace orgo {

class SqlOutbox final : public Outbox {
 public:
  explicit SqlOutbox(sql::Engine& engine) : engine_(engine) {}

  Result<std::vector<LeasedSend>> lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time, int limit,
                                              std::string_view lane, const LeaseChoice& choice = {}) override;
  Status give_back(std::span<const LeasedSend> leases, TimePoint now) override;
  Result<int> cap_waits(TimePoint now, Millis most, Millis to, std::string_view lane) override;
  Status release_sends(const LeaseOwner& owner, LeasesOf which, TimePoint now) override;
  Result<std::optional<TimePoint>> next_send(std::string_view lane) override;
  Result<std::vector<StoredSend>> sends_of_task(TenantId tenant, TaskNumber task) override;
  Result<std::int64_t> count_sends(TenantId tenant, TaskNumber task, TimePoint since, std::string_view recipient,
                                   SendId upto) override;
  Result<std::int64_t> count_for_brake(const BrakeQuery& query) override;
  Result<StoredSend> read_send(TenantId tenant, SendId id) override;
  Result<std::vector<StoredSend>> restored_sends(TenantId tenant, SendId after, int limit) override;
  Result<std::map<TenantId, std::int64_t>> count_restored() override;
  Result<std::vector<StoredSend>> held_sends(TenantId tenant, SendId after, int limit) override;
  Result<std::vector<StoredSend>> answers_to(TenantId tenant, std::string_view recipient, TimePoint since, SendId upto,
                                             int limit) override;
  Result<std::vector<Suppression>> find_suppressions(TenantId tenant, std::span<const std::string> addresses) override;
  Result<std::vector<Suppression>> list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                     int limit) override;

 private:
  sql::SendLanes turns();

  sql::Engine& engine_;
  std::mutex mutex_;
  sql::SendLanes lanes_;  ///< whose turn it is; under mutex_
};

}  // namespace orgo
