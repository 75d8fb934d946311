#include "core/delivery/held_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <queue>
#include <random>
#include <vector>

#include "core/delivery/brake.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'760'000'000'000}};
const LoopDecision kHeld{LoopVerdict::defer, "held", kLoopLimits.front().window, Millis{600}};

TEST(HeldQueue, AFewAreLookedAtAsSoonAsEver) {
  HeldQueue queue;
  for (int i = 0; i < 100; ++i) {
    const auto turn = queue_up(queue, kHeld, kNow, 0.5);
    EXPECT_EQ(turn, after_brake(kNow, kHeld.window, 0.5)) << i;
  }
}

TEST(HeldQueue, TheirTurnsFollowOneAnotherAsTheLimitLetsThem) {
  HeldQueue queue;
  std::vector<TimePoint> turns;
  for (int i = 0; i < 5'000; ++i) turns.push_back(queue_up(queue, kHeld, kNow, 0.0));
  EXPECT_TRUE(std::is_sorted(turns.begin(), turns.end()));
  EXPECT_EQ(turns.back(), kNow + 5'000 * kHeld.each);
  EXPECT_EQ(queue_up(queue, kHeld, kNow + 5'000 * kHeld.each, 0.0),
            after_brake(kNow + 5'000 * kHeld.each, kHeld.window, 0.0))
      << "all have had their turn";
}

TEST(HeldQueue, NoTurnIsLaterThanAnHourWhateverTheClockDoes) {
  HeldQueue queue;
  for (int i = 0; i < 20'000; ++i) {
    const auto random = i % 11 / 10.0;
    const auto turn = queue_up(queue, kHeld, kNow, random);
    ASSERT_LE(turn, kNow + kTurnMost) << i;
    ASSERT_GE(turn, after_brake(kNow, kHeld.window, 0.0)) << i;
    if (i > 6'000) {
      ASSERT_GE(turn, kNow + kTurnMost / 2) << i;
    }
  }
  const auto set_back = kNow - Millis{365 * 86'400'000LL};
  EXPECT_LE(queue_up(queue, kHeld, set_back, 1.0), set_back + kTurnMost);
}

TEST(HeldQueue, WithoutALimitThatOthersWaitForThereIsNone) {
  HeldQueue queue;
  const LoopDecision alone{LoopVerdict::defer, "an answer of a person", kLoopLimits.front().window};
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(queue_up(queue, alone, kNow, 1.0), after_brake(kNow, alone.window, 1.0));
}

/// A flood that waits for one limit, played until the last of it has gone.
struct Played {
  std::int64_t looks = 0;
  std::int64_t most_in_a_minute = 0;
  Millis took{};
};
Played play(int flood, const LoopLimit& limit) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  HeldQueue queue;
  std::priority_queue<TimePoint, std::vector<TimePoint>, std::greater<>> waiting;
  for (int i = 0; i < flood; ++i) waiting.push(kNow);
  std::deque<TimePoint> gone;
  std::vector<std::int64_t> looks;
  Played played;
  const LoopDecision held{LoopVerdict::defer, "held", limit.window, limit.window / limit.mails};
  while (!waiting.empty()) {
    const auto now = waiting.top();
    waiting.pop();
    while (!gone.empty() && gone.front() <= now - limit.window) gone.pop_front();
    const auto minute = static_cast<std::size_t>((now - kNow) / Millis{60'000});
    if (minute >= looks.size()) looks.resize(minute + 1);
    ++looks[minute];
    ++played.looks;
    if (static_cast<std::int64_t>(gone.size()) < limit.mails) {
      gone.push_back(now);
      played.took = now - kNow;
    } else {
      waiting.push(queue_up(queue, held, now, uniform(random)));
    }
  }
  for (std::size_t i = 1; i < looks.size(); ++i) played.most_in_a_minute = std::max(played.most_in_a_minute, looks[i]);
  return played;
}

TEST(HeldQueue, LooksCostWhatMayGoAndNotWhatWaits) {
  const LoopLimit limit{kLoopLimits.front().window, 1'000};
  for (const int flood : {2'000, 20'000, 100'000}) {
    const auto played = play(flood, limit);
    const auto hours = static_cast<double>(flood) / 6'000 + 1;
    EXPECT_LT(static_cast<double>(played.looks), flood * (3 + 1.5 * hours / 2)) << flood;
    EXPECT_LT(played.most_in_a_minute, 1'000 + flood / 20) << flood << ": a look each minute would be " << flood;
    EXPECT_LT(static_cast<double>(played.took.count()), 1.3 * hours * 3'600'000) << flood << ": no room is left unused";
  }
}

}  // namespace
}  // namespace orgo
