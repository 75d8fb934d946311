#pragma once
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "adapter/in_process/in_process_signals.h"
#include "adapter/sql/postgres/postgres_connection.h"
#include "adapter/sql/postgres/pq_session.h"
#include "port/signals.h"

namespace orgo::sql {

/// Signals between the nodes of one schema by LISTEN and NOTIFY, over a connection of its own, with a thread for it. It
/// must lead to the server itself: a pool that gives each transaction another session (PgBouncer) forgets what a client
/// listens to. So it tells itself a word from time to time, and takes a connection over which that does not come back
/// for one that is cut. What this node tells itself does not go by the server, and is heard while that is away.
class PostgresSignals final : public Signals {
 public:
  static constexpr std::size_t kWaitingMax = 10'000;  ///< signals that did not go out yet; past it the new one is lost

  /// Connects with the first subscription, or the first signal. `options.patience`: for one answer of the server, and
  /// for the word to itself; the end of this object may wait for it.
  explicit PostgresSignals(PostgresOptions options);
  /// What did not go out yet is lost. All subscriptions have ended before.
  ~PostgresSignals() override;
  PostgresSignals(const PostgresSignals&) = delete;
  PostgresSignals& operator=(const PostgresSignals&) = delete;

  void publish(std::string_view topic, std::string_view text) override;
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(std::string topic, Listener listener) override;
  /// What others tell now is heard.
  [[nodiscard]] bool is_listening() const { return is_listening_; }

 private:
  void begin();
  void run();
  /// Until the connection is cut, or the end.
  Status serve();
  /// Hears what comes within `time`, or until there is something to tell.
  Status hear(Millis time);
  Status tell_all_that_waits();
  /// A word to itself has come back.
  Status prove_to_hear();
  void take(std::string_view told);
  void wake() const;
  void pause(Millis time);

  const PostgresOptions options_;
  const std::string self_;  ///< of this object, in all that it tells
  PqSession session_;
  InProcessSignals local_;
  int wake_ = -1;  ///< eventfd
  std::atomic<bool> is_listening_{false};
  std::atomic<bool> stopping_{false};
  bool has_heard_itself_ = false;
  std::mutex mutex_;
  std::deque<std::string> waiting_;
  std::thread thread_;
};

}  // namespace orgo::sql
