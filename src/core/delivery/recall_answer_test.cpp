#include "core/delivery/recall_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::HasSubstr;

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

AnswerCopy copy(std::int64_t id, std::int64_t message, SendState state = SendState::queued, int attempts = 0) {
  AnswerCopy made{.id = SendId{id}, .send = {}, .state = state, .attempts = attempts};
  made.send.kind = SendKind::answer;
  made.send.content = MessageId{message};
  return made;
}

Result<MessageId> wanted(const std::vector<AnswerCopy>& copies, MessageId message = {}) {
  return answer_to_recall(TaskNumber{1}, copies, message);
}

TEST(RecallAnswer, TakesTheNewestThatWaitsWhole) {
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9), copy(3, 9)}), MessageId{9});
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9, SendState::delivered)}), MessageId{7});
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9)}, MessageId{7}), MessageId{7});
  // One copy that has left, or was tried, and it has left.
  for (const auto& gone : {copy(3, 9, SendState::delivered), copy(3, 9, SendState::queued, 1),
                           copy(3, 9, SendState::failed), copy(3, 9, SendState::bounced)})
    EXPECT_THAT(wanted({copy(2, 9), gone}).error().message, HasSubstr("has left already"));
  EXPECT_THAT(wanted({copy(2, 9, SendState::recalled)}).error().message, HasSubstr("taken back already"));
  EXPECT_EQ(wanted({}).error().code, Errc::not_found);
  EXPECT_EQ(wanted({copy(1, 7)}, MessageId{8}).error().code, Errc::not_found);
  auto other = copy(1, 7);
  other.send.kind = SendKind::notification;
  EXPECT_EQ(wanted({other}).error().code, Errc::not_found) << "only answers";
}

TEST(RecallAnswer, EndsEachCopyAndSaysSo) {
  Task task{.tenant = kTenant, .number = TaskNumber{1}};
  const std::vector<AnswerCopy> copies{copy(1, 7), copy(2, 9), copy(3, 9)};
  const auto changes = recall_answer(task, copies, MessageId{9}, "user:anna", kNow);
  EXPECT_TRUE(check_form(changes));
  const auto recalled = changes.all<SendRecalled>();
  ASSERT_EQ(recalled.size(), 2U);
  EXPECT_EQ(recalled[0].send, SendId{2});
  EXPECT_EQ(recalled[1].send, SendId{3});
  ASSERT_EQ(changes.events.size(), 1U);
  EXPECT_EQ(changes.events[0].kind, EventKind::task_recalled);
  EXPECT_EQ(changes.events[0].message, MessageId{9});
  EXPECT_EQ(changes.events[0].actor, "user:anna");
}

}  // namespace
}  // namespace orgo
