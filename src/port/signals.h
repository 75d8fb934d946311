#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orgo {

/// Tells all nodes that something has changed: other rules are in force, a token was revoked. A hint that spares them
/// the wait for their next look, and never the only way to know: signals may be lost, come twice, late or in another
/// order. So who subscribes looks by himself now and then, and what he does at a signal may be done again. A backend
/// that was cut off from the others tells each subscription an empty text when it is back: something may have been
/// missed, whatever it was.
///
/// Backends: in process, the database that nodes share; contract: tests/contract/signals_contract_test.cpp. Threads:
/// any.
class Signals {
 public:
  static constexpr std::size_t kTopicMax = 100;  ///< bytes
  static constexpr std::size_t kTextMax = 1000;  ///< bytes; larger things are in a store, and the text names them

  /// Called on a thread of the backend, one call at a time for each subscription. Quick, and does not throw: what takes
  /// long belongs on a thread of the subscriber, which this one wakes.
  using Listener = std::function<void(std::string_view text)>;

  /// Ends when it is destroyed; no call of the listener runs then or begins later. Not to be destroyed by the listener,
  /// and not after its Signals.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };

  virtual ~Signals() = default;
  /// Never blocks and never fails: what can't be told is lost. Also the publisher's own subscriptions hear it. A topic
  /// or a text beyond its limit is lost.
  virtual void publish(std::string_view topic, std::string_view text) = 0;
  /// Hears what is published from now on.
  [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(std::string topic, Listener listener) = 0;
};

}  // namespace orgo
