#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/work/work.h"

namespace orgo {

/// A server by which nodes hand each other hints (port/work_hints.h): what one has too much of, another fetches. It
/// knows nothing of tenants and of turns; SharedHints, the only caller, sees to both, and keeps what waits here short.
/// It may forget everything at any time, and may give a hint twice: the database is the truth.
///
/// Backends: Redis (adapter/redis), RabbitMQ (adapter/rabbitmq); contract: tests/contract/hints_broker_contract_test.
/// Threads: put() and depth() on one, fetch() and ack() on another one, at the same time; stop() on any. Each connects
/// by itself when it must, and again with the next call after it was cut. None waits much longer than kPatience.
/// Errors of every method: unavailable (it can't be reached, or does not answer; it may have been done nevertheless);
/// invalid_input (it refuses us: a wrong password, no such place; the sentence says what to mend). What it answers is
/// a stranger's: it is bounded, and what can't be read as a hint is acknowledged, counted and forgotten.
class HintsBroker {
 public:
  static constexpr Millis kPatience{5'000};
  static constexpr int kFetchMost = 1'000;

  struct Fetched {
    WorkKey key;
    std::string delivery;  ///< what ack() names; the backend's own words
  };

  virtual ~HintsBroker() = default;
  /// All of one kind. When it returns they are with the broker, in this order, and will be there when it has started
  /// anew, as far as the broker keeps anything. What the broker has no room for is lost without an error.
  virtual Status put(WorkKind kind, std::span<const WorkKey> keys) = 0;
  /// How many were put and are fetched by nobody yet, more or less.
  virtual Result<std::size_t> depth(WorkKind kind) = 0;
  /// Up to `limit` (1 to kFetchMost), oldest first, each to one caller of all nodes; waits up to `wait` for the first
  /// when there is none. What is fetched and not acknowledged comes again, to whomever: soon when the connection was
  /// cut, else when as much time has passed as no worker needs.
  virtual Result<std::vector<Fetched>> fetch(WorkKind kind, int limit, Millis wait) = 0;
  /// They come no more. What is unknown by now is passed over.
  virtual Status ack(WorkKind kind, std::span<const std::string> deliveries) = 0;
  /// Calls that wait return soon, and all later ones at once (unavailable).
  virtual void stop() = 0;
};

}  // namespace orgo
