#pragma once
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapter/broker/hints_broker.h"
#include "adapter/rabbitmq/rabbit_session.h"

namespace orgo {

struct RabbitBrokerOptions {
  std::string installation = "main";  ///< whose hints these are: others may use the same broker
};

/// Hints in a durable quorum queue of RabbitMQ (3.10 or newer) for each kind, so that they survive a node of it. What
/// is put is confirmed; what is fetched and not acknowledged is given to others as soon as the connection is cut. A
/// queue has at most some ten thousand, the newest, and gives up what came back twenty times.
///
/// A fetch consumes for as long as it waits and no longer: a node that has enough holds nothing that others could do.
class RabbitBroker final : public HintsBroker {
 public:
  RabbitBroker(const BrokerUrl& url, const std::string& password, RabbitBrokerOptions options = {});

  Status put(WorkKind kind, std::span<const WorkKey> keys) override;
  Result<std::size_t> depth(WorkKind kind) override;
  Result<std::vector<Fetched>> fetch(WorkKind kind, int limit, Millis wait) override;
  Status ack(WorkKind kind, std::span<const std::string> deliveries) override;
  void stop() override { is_stopped_ = true; }

 private:
  /// What a fetch has taken so far.
  struct Taken {
    std::vector<Fetched> hints;
    std::vector<std::string> unreadable;  ///< deliveries that were no hints
  };
  /// A connection, and what is known by it.
  struct Side {
    RabbitSession session;
    std::map<WorkKind, int> seen{};  ///< queues: the generation of the session that has seen them
    int futile = 0;                  ///< in a row, questions about a queue that a broker which was there did not answer
  };
  [[nodiscard]] std::string queue(WorkKind kind) const;
  Status begin(Side& side, WorkKind kind);
  /// Makes the queue when it is not there.
  Status declare(RabbitSession& session, WorkKind kind);
  Status replace(Side& side, WorkKind kind);
  Status put_window(WorkKind kind, std::span<const WorkKey> keys);
  Status publish(WorkKind kind, std::span<const WorkKey> keys);
  /// Of what was published last. False: some went nowhere, since the queue is gone.
  Result<bool> confirm(std::size_t count);
  Status consume(WorkKind kind, int limit, Millis wait, Taken& taken);
  /// One delivery; false: none came in `time`.
  Result<bool> take_one(WorkKind kind, Millis time, Taken& taken);
  /// Something else than a delivery came.
  Status hear(WorkKind kind);

  const RabbitBrokerOptions options_;
  std::atomic<bool> is_stopped_{false};
  Side putting_, fetching_;
  std::uint64_t published_ = 0;  ///< number of the last publishing on the channel
  int published_in_ = 0;         ///< its generation
  std::uint64_t consumers_ = 0;
  std::set<std::uint64_t> held_;  ///< tags that were fetched and not acknowledged
  int held_in_ = 0;               ///< their generation
};

}  // namespace orgo
