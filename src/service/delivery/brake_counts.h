#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/delivery/brake.h"
#include "core/delivery/held_queue.h"
#include "port/outbox.h"
#include "service/delivery/sources.h"

namespace orgo {

/// Counts what the brake against loops judges, for one lane: of each tenant by itself. All workers of a lane share one,
/// so that none of them lets go what another has let go already. Any thread.
class BrakeCounts {
 public:
  BrakeCounts(Outbox& outbox, std::string lane, std::int64_t total_factor)
      : outbox_(outbox), lane_(std::move(lane)), total_factor_(total_factor) {}

  /// All that brake() wants to know of this send.
  Result<BrakeFacts> facts(const LeasedSend& leased, Sources& sources, TimePoint now);
  /// What brake() said: what goes counts from now on, what waits does not.
  void note(const LeasedSend& leased, LoopVerdict verdict);
  /// When one that waits for `decision` is looked at again: behind those that wait for the same limit already.
  TimePoint queue_up(const LeasedSend& leased, const LoopDecision& decision, TimePoint now, double random);

 private:
  using Counts = std::array<std::int64_t, kLoopLimits.size()>;
  struct Key {
    TenantId tenant;
    CountedBy by = CountedBy::lane;
    std::string name;  ///< BrakeQuery::name
    bool urgent = false;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  /// Counted at most every few seconds, since the limits are far away; what happens meanwhile is added.
  struct Known {
    TimePoint at{};
    SendId upto{};  ///< sends up to it are in `counts`, unless they were held then
    Counts counts{};
  };
  static constexpr std::size_t kKnownMax = 20'000;

  /// All that counts a send: its lane, and its cause and its rule when it has them.
  [[nodiscard]] std::vector<Key> keys_of(const LeasedSend& leased, bool urgent) const;
  /// What stands in each window, this send included.
  Result<Counts> counts_of(const Key& key, const LeasedSend& leased, TimePoint now);
  /// Asks the store, while other workers go on; what they have noted meanwhile is added.
  Result<Known> count_anew(const Key& key, const Known& before, SendId upto, TimePoint now);
  static bool is_counted(const Known& known, const LeasedSend& leased) {
    return leased.id <= known.upto && !leased.held;
  }
  Result<std::int64_t> count_alike(const LeasedSend& leased, TimePoint since);
  Result<AnswerCount> count_answers(const LeasedSend& leased, Sources& sources, TimePoint now);
  /// An answer by the same template about the same subject, in words; empty: none.
  Result<std::string> find_earlier(const LeasedSend& leased, std::span<const StoredSend> answers, Sources& sources,
                                   TimePoint now);

  Outbox& outbox_;
  const std::string lane_;
  const std::int64_t total_factor_;
  std::mutex mutex_;
  std::map<Key, Known> known_;                        ///< forgotten as a whole when there are more than kKnownMax
  std::map<std::pair<Key, Millis>, HeldQueue> held_;  ///< by the window of the limit; likewise
};

}  // namespace orgo
