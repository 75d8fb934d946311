#include "adapter/mail_in/outcome_queue.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace orgo::mail_in {
namespace {

bool is_awake(const OutcomeQueue& queue) {
  pollfd wait{queue.descriptor(), POLLIN, 0};
  return poll(&wait, 1, 0) == 1;
}

TEST(OutcomeQueue, WakesALoopThatSleepsAndNoOther) {
  OutcomeQueue queue;
  std::vector<OutcomeQueue::Outcome> taken;
  queue.post({1, {Status{}}});
  EXPECT_FALSE(is_awake(queue)) << "nobody sleeps yet";
  EXPECT_FALSE(queue.take(taken, true)) << "something came: it does not sleep";
  EXPECT_EQ(taken.size(), 1U);
  queue.post({2, {Status{}}});
  EXPECT_FALSE(is_awake(queue));
  EXPECT_FALSE(queue.take(taken, true));
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(queue.take(taken, true));
    EXPECT_FALSE(is_awake(queue));
    queue.post({3, {Status{}}});
    EXPECT_TRUE(is_awake(queue)) << "else the answer waits for the next look at the times";
    queue.post({4, {Status{}}});
    queue.drain_wakeup();
    EXPECT_FALSE(is_awake(queue)) << "one wake-up for both";
    EXPECT_FALSE(queue.take(taken, true));
    EXPECT_EQ(taken.size(), 2U);
  }
  EXPECT_TRUE(queue.take(taken, false));
  queue.post({5, {Status{}}});
  EXPECT_FALSE(is_awake(queue)) << "it said that it would not sleep";
}

}  // namespace
}  // namespace orgo::mail_in
