#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/lease_tokens.h"
#include "port/queue.h"

namespace orgo {

class SqlQueue final : public Queue {
 public:
  SqlQueue(sql::Engine& engine, sql::LeaseTokens& tokens) : engine_(engine), tokens_(tokens) {}

  Status publish(std::string_view topic, std::span<const QueueItem> items) override;
  Result<std::vector<QueueLease>> lease(std::string_view topic, TimePoint now, Millis lease_time, int limit) override;
  Result<int> complete(std::span<const QueueLease> leases) override;
  void complete_without_waiting(std::span<const QueueLease> leases) override;
  Status retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) override;
  Status bury(const QueueLease& lease, TimePoint now, std::string_view error) override;
  Result<std::int64_t> depth(std::string_view topic) override;
  Result<std::vector<DeadLetter>> dead(int limit) override;
  Status revive(QueueItemId item, TimePoint now) override;
  Result<DeadLetter> drop(QueueItemId item) override;

  /// As SqlOutbox::release_leases().
  Status release_leases(TimePoint now);

 private:
  sql::Engine& engine_;
  sql::LeaseTokens& tokens_;
};

}  // namespace orgo
