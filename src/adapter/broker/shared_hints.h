#pragma once
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/broker/hints_broker.h"
#include "adapter/memory/memory_work_hints.h"
#include "core/work/share.h"
#include "port/clock.h"
#include "port/work_hints.h"

namespace orgo {

struct SharedHintsOptions {
  bool decides = true;                 ///< this process has workers; else all is for others
  std::function<bool()> has_others{};  ///< other nodes work on the database; empty: they do
  std::size_t shared_most = 2'000;     ///< wait at the broker
  int fetched_at_once = 100;           ///< as much as a worker takes
  Millis waits_for_others{250};        ///< how long an idle node listens to the broker at a time
  Millis shared_for{5'000};            ///< then what was given away may be announced again
  MemoryWorkHintsOptions own{};
};

/// Hints within one process, in turns of its tenants, that shares with other nodes by a broker what it has too much of
/// (core/work/share.h) and fetches when it has too little. What waits at the broker is kept short, so that turns stay
/// turns. While the broker is away each node works on by itself, and a sweeper tells it what the others left: nothing
/// is lost by that, nor is it when the broker forgets everything.
///
/// Two loops drive it (service/loop): put_step() and fetch_step(), each a thread of its own, since both talk to the
/// broker; no other method waits for it. What they return is how long they may sleep until there is something for them.
class SharedHints final : public WorkHints {
 public:
  SharedHints(std::unique_ptr<HintsBroker> broker, Clock& clock, SharedHintsOptions options = {});

  void announce(std::span<const WorkKey> keys, TimePoint now) override;
  std::vector<WorkHint> take(WorkKind kind, int limit, TimePoint now) override;
  void ack(std::span<const WorkHint> hints) override;
  /// Here and at the broker.
  std::size_t waiting(WorkKind kind) override;
  void on_announced(std::function<void(WorkKind)> wake) override;
  /// While the broker is there.
  [[nodiscard]] bool reaches_others() const override { return is_there_; }

  Millis put_step();
  Millis fetch_step();
  /// For the two loops, when there may be something to give away, or too little here. Before the first announcement.
  void on_surplus(std::function<void()> wake) { wake_putter_ = std::move(wake); }
  /// Both steps end soon, and do nothing later.
  void stop();
  /// Why the broker is of no use; empty: it is. Any thread.
  [[nodiscard]] std::string trouble() const;

 private:
  enum Line : std::uint8_t { kPut, kFetch };
  struct Shared {
    WorkHint hint;  ///< taken here, so that it is not kept a second time
    TimePoint until{};
  };
  struct Delivery {
    std::string name;  ///< the broker's
    TimePoint until{};
  };

  ShareView view();
  Status put(std::size_t count, TimePoint now);
  Status acknowledge();
  Status fetch(TimePoint now);
  void forget_shared(TimePoint now, bool all);
  void forget_deliveries(TimePoint now);
  Millis after(Line line, const Status& status, Millis pause);

  const std::unique_ptr<HintsBroker> broker_;
  Clock& clock_;
  const SharedHintsOptions options_;
  MemoryWorkHints own_;
  std::function<void()> wake_putter_;
  std::atomic<std::size_t> at_broker_{0};
  std::atomic<bool> is_there_{false};
  std::atomic<bool> is_stopped_{false};
  mutable std::mutex mutex_;
  std::map<WorkKey, Shared> shared_;        ///< given away, and perhaps not taken by anybody yet
  std::map<WorkKey, Delivery> deliveries_;  ///< fetched, and not acknowledged here yet
  std::vector<std::string> acknowledged_;   ///< and not told to the broker yet
  std::array<std::string, 2> trouble_;      ///< of each line to the broker
};

}  // namespace orgo
