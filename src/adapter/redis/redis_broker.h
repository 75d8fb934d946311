#pragma once
#include <string>
#include <vector>

#include "adapter/broker/hints_broker.h"
#include "adapter/net/stop_signal.h"
#include "adapter/redis/redis_session.h"

namespace orgo {

struct RedisBrokerOptions {
  std::string installation = "main";  ///< whose hints these are: others may use the same Redis
  Millis claimed_after{600'000};      ///< what a node fetched and did not acknowledge for so long is given to others
  Millis claims_every{30'000};        ///< how often it is looked for
};

/// Hints in a stream of Redis (6 or newer, single or a cluster) for each kind, with one group of consumers, of which
/// each node is one: an entry is given to one of them, and taken away when it is acknowledged, so that what is left are
/// those that wait and those in somebody's hands. A stream has at most some ten thousand, the newest.
class RedisBroker final : public HintsBroker {
 public:
  RedisBroker(const BrokerUrl& url, const std::string& password, RedisBrokerOptions options = {});

  Status put(WorkKind kind, std::span<const WorkKey> keys) override;
  Result<std::size_t> depth(WorkKind kind) override;
  Result<std::vector<Fetched>> fetch(WorkKind kind, int limit, Millis wait) override;
  Status ack(WorkKind kind, std::span<const std::string> deliveries) override;
  void stop() override { stop_.stop(); }

 private:
  [[nodiscard]] std::string stream(WorkKind kind) const;
  /// Again when the group is not there yet, or was wiped.
  Result<std::vector<RedisReply>> ask(RedisSession& session, WorkKind kind, const std::vector<RedisCommand>& commands,
                                      Deadline until);
  /// One more question, and its entries.
  Status take(WorkKind kind, const RedisCommand& command, Deadline until, std::vector<Fetched>& fetched);
  Status take_entries(WorkKind kind, const RedisReply& entries, std::vector<Fetched>& fetched);
  /// What this process had before its connection was cut, and may never have heard of; what others left.
  Status take_left(WorkKind kind, int limit, std::vector<Fetched>& fetched);

  const RedisBrokerOptions options_;
  const std::string consumer_;
  net::StopSignal stop_;
  RedisSession putting_, fetching_;
  int known_generation_ = 0;
  Deadline claimed_at_{};
};

}  // namespace orgo
