#include "core/delivery/recall_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/parts/parts.h"
#include "core/task/task_change.h"
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

Event state_event(std::string_view from, std::string_view to, std::int64_t message = 9) {
  Event event{.kind = EventKind::task_state};
  event.message = MessageId{message};
  event.data = R"({"from":")" + std::string(from) + R"(","to":")" + std::string(to) + "\"}";
  return event;
}

Event tried(std::int64_t send, std::string_view data, EventKind kind = EventKind::send_deferred) {
  Event event{.kind = kind};
  event.send = SendId{send};
  event.data = data;
  return event;
}

TEST(RecallAnswer, TakesTheNewestThatWaitsWhole) {
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9), copy(3, 9)}), MessageId{9});
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9, SendState::delivered)}), MessageId{7});
  EXPECT_EQ(*wanted({copy(1, 7), copy(2, 9)}, MessageId{7}), MessageId{7});
  EXPECT_THAT(wanted({copy(2, 9, SendState::recalled)}).error().message, HasSubstr("taken back already"));
  EXPECT_EQ(wanted({}).error().code, Errc::not_found);
  EXPECT_EQ(wanted({copy(1, 7)}, MessageId{8}).error().code, Errc::not_found);
  auto other = copy(1, 7);
  other.send.kind = SendKind::notification;
  EXPECT_EQ(wanted({other}).error().code, Errc::not_found) << "only answers";
}

TEST(RecallAnswer, SaysWhatHasBecomeOfIt) {
  auto unsure = copy(3, 9, SendState::queued, 1);
  unsure.surely_not = false;
  const auto why = [](const AnswerCopy& gone) {
    const auto refused = wanted({copy(2, 9), gone});
    EXPECT_EQ(refused.error().code, Errc::conflict);
    return refused.error().message;
  };
  EXPECT_THAT(why(copy(3, 9, SendState::delivered)), HasSubstr("m9 has left already"));
  EXPECT_THAT(why(copy(3, 9, SendState::bounced)), HasSubstr("m9 has left already"));
  EXPECT_THAT(why(unsure), HasSubstr("m9 is being sent or was tried, and may have arrived"));
  EXPECT_THAT(why(copy(3, 9, SendState::failed)), HasSubstr("m9 did not go out, and is not tried any more"));
  EXPECT_THAT(why(copy(3, 9, SendState::restored)), HasSubstr("held since a backup"));
  EXPECT_EQ(*wanted({copy(2, 9), copy(3, 9, SendState::queued, 2)}), MessageId{9}) << "tried, and surely not taken";
}

TEST(RecallAnswer, WhatAPeerHasSurelyNotTakenHasNotArrived) {
  const auto no = tried(3, R"({"taken":"no"})"), lost = tried(3, R"({"taken":"unknown"})");
  EXPECT_TRUE(surely_not_taken({}, SendId{3}, 0));
  EXPECT_FALSE(surely_not_taken({}, SendId{3}, 1)) << "being sent, or whoever sent it died";
  EXPECT_TRUE(surely_not_taken(std::vector{no, no}, SendId{3}, 2));
  EXPECT_FALSE(surely_not_taken(std::vector{no}, SendId{3}, 2));
  EXPECT_FALSE(surely_not_taken(std::vector{no, lost}, SendId{3}, 2));
  EXPECT_FALSE(surely_not_taken(std::vector{tried(4, R"({"taken":"no"})")}, SendId{3}, 1)) << "another one";
  EXPECT_FALSE(surely_not_taken(std::vector{tried(3, R"({"cause":"held"})")}, SendId{3}, 1)) << "nobody was asked";
  const auto again = tried(3, "{}", EventKind::send_retried);
  EXPECT_FALSE(surely_not_taken(std::vector{no, again}, SendId{3}, 1)) << "counted anew";
  EXPECT_FALSE(surely_not_taken(std::vector{lost, again}, SendId{3}, 0)) << "and what was lost stays lost";
}

TEST(RecallAnswer, FindsTheStateThatTheAnswerFound) {
  using enum TaskState;
  const auto before = [](std::vector<Event> history, TaskState now) {
    const Task task{.tenant = kTenant, .number = TaskNumber{1}, .state = now};
    return state_before_answer(task, history, MessageId{9});
  };
  EXPECT_EQ(before({state_event("acknowledged", "resolved")}, resolved), acknowledged);
  EXPECT_EQ(before({state_event("new", "open"), state_event("open", "resolved")}, resolved), open)
      << "what was new has been seen";
  EXPECT_EQ(before({state_event("new", "open")}, open), std::nullopt);
  EXPECT_EQ(before({state_event("open", "pending", 7), state_event("pending", "resolved")}, resolved), pending);
  auto reply = state_event("x", "y", 11);
  reply.kind = EventKind::task_replied;
  reply.data = R"({"from":"kim@client.example"})";
  EXPECT_EQ(before({state_event("open", "resolved"), reply}, resolved), open) << "a mail that moved nothing";
  // Whoever moved it since means it.
  EXPECT_EQ(before({state_event("open", "resolved"), state_event("resolved", "closed", 0)}, closed), std::nullopt);
  reply.data = R"({"state":"open","was":"resolved"})";
  EXPECT_EQ(before({state_event("open", "resolved"), reply}, open), std::nullopt);
  EXPECT_EQ(before({state_event("open", "resolved")}, closed), std::nullopt) << "the history was cut";
  EXPECT_EQ(before({}, resolved), std::nullopt);
}

TEST(RecallAnswer, EndsEachCopyAndSaysSo) {
  Task task{.tenant = kTenant, .number = TaskNumber{1}, .version = 4};
  const std::vector<AnswerCopy> copies{copy(1, 7), copy(2, 9), copy(3, 9, SendState::queued, 1)};
  const auto changes = recall_answer(task, copies, MessageId{9}, {}, "user:anna", kNow);
  EXPECT_TRUE(check_form(changes));
  const auto recalled = changes.all<SendRecalled>();
  ASSERT_EQ(recalled.size(), 2U);
  EXPECT_EQ(recalled[0].send, SendId{2});
  EXPECT_EQ(recalled[1].send, SendId{3});
  EXPECT_EQ(recalled[1].attempts, 1);
  ASSERT_EQ(changes.events.size(), 1U);
  EXPECT_EQ(changes.events[0].kind, EventKind::task_recalled);
  EXPECT_EQ(changes.events[0].message, MessageId{9});
  EXPECT_EQ(changes.events[0].actor, "user:anna");
  EXPECT_EQ(changes.find<TaskChange>()->task.version, 5);
}

TEST(RecallAnswer, TakesItsChangeOfStateBack) {
  Task task{.tenant = kTenant, .number = TaskNumber{1}, .version = 4, .state = TaskState::resolved};
  task.escalation = {{{Millis{3'600'000}, "boss@organization.com"}}, 0, kNow};
  const std::vector<AnswerCopy> copies{copy(2, 9)};
  const std::vector history{state_event("open", "resolved")};
  const auto changes = recall_answer(task, copies, MessageId{9}, history, "user:anna", kNow);
  EXPECT_TRUE(check_form(changes));
  EXPECT_EQ(changes.find<TaskChange>()->task.state, TaskState::open);
  ASSERT_EQ(changes.events.size(), 2U);
  EXPECT_EQ(changes.events[1].kind, EventKind::task_state);
  EXPECT_EQ(changes.events[1].data, R"({"from":"resolved","to":"open"})");
  EXPECT_EQ(changes.events[1].actor, "user:anna");
  ASSERT_EQ(changes.timers.size(), 1U) << "its chain goes on";
  EXPECT_EQ(changes.timers[0].due_at, kNow + Millis{3'600'000});
  // And the other way round: an answer that had opened it again.
  task.state = TaskState::open;
  const auto closed = recall_answer(task, copies, MessageId{9}, std::vector{state_event("closed", "open")}, "x", kNow);
  EXPECT_EQ(closed.find<TaskChange>()->task.state, TaskState::closed);
  ASSERT_EQ(closed.timers.size(), 1U);
  EXPECT_EQ(closed.timers[0].kind, TimerChange::Kind::cleared);
}

Event dated(EventKind kind, TimePoint to) {
  return {.kind = kind, .actor = "user:anna", .data = R"({"to":")" + to_rfc3339(to) + "\"}"};
}

TEST(RecallAnswer, BringsTheDateOfWhatWaitedBack) {
  const auto friday = kNow + Millis{86'400'000};
  const auto until = [&](const std::vector<Event>& history) {
    Task task{.tenant = kTenant, .number = TaskNumber{1}, .version = 4, .state = TaskState::resolved};
    const auto changes = recall_answer(task, std::vector{copy(2, 9)}, MessageId{9}, history, "user:anna", kNow);
    EXPECT_TRUE(check_form(changes));
    const auto& after = changes.find<TaskChange>()->task;
    EXPECT_EQ(after.state, TaskState::pending);
    EXPECT_EQ(std::ranges::count(changes.timers, kPendingTimer, &TimerChange::name), after.pending_until ? 1 : 0);
    if (after.pending_until) {
      EXPECT_THAT(changes.timers, testing::Contains(pending_set(TaskNumber{1}, *after.pending_until)));
    }
    return after.pending_until;
  };
  const auto pended = state_event("open", "pending", 0), opened = state_event("pending", "open", 0),
             answer = state_event("pending", "resolved");
  const auto date = dated(EventKind::task_pending, friday);
  EXPECT_EQ(until({pended, date, answer}), friday);
  EXPECT_EQ(until({pended, answer}), std::nullopt);
  EXPECT_EQ(until({pended, date, opened, pended, answer}), std::nullopt) << "it waited once more, without a date";
  EXPECT_EQ(until({pended, dated(EventKind::task_pending, kNow), date, answer}), friday) << "another took its place";
  EXPECT_EQ(until({pended, date, Event{.kind = EventKind::task_pending, .data = "{}"}, answer}), std::nullopt);
}

TEST(RecallAnswer, WhatWaitsNoMoreHasNoDate) {
  Task task{.tenant = kTenant, .number = TaskNumber{1}, .version = 4, .state = TaskState::pending};
  task.pending_until = kNow + Millis{1000};
  const std::vector history{state_event("open", "pending"), dated(EventKind::task_pending, *task.pending_until)};
  const auto changes = recall_answer(task, std::vector{copy(2, 9)}, MessageId{9}, history, "user:anna", kNow);
  EXPECT_EQ(changes.find<TaskChange>()->task.state, TaskState::open);
  EXPECT_EQ(changes.find<TaskChange>()->task.pending_until, std::nullopt);
  EXPECT_THAT(changes.timers, testing::Contains(pending_cleared(TaskNumber{1})));
}

TEST(RecallAnswer, ADateThatPassedWhileItWasDoneIsTold) {
  Task task{.tenant = kTenant, .number = TaskNumber{1}, .version = 4, .state = TaskState::resolved};
  task.due_at = kNow - Millis{1000};
  const auto answer = state_event("open", "resolved");
  const auto rings = [&](std::vector<Event> history) {
    history.push_back(answer);
    const auto changes = recall_answer(task, std::vector{copy(2, 9)}, MessageId{9}, history, "user:anna", kNow);
    return std::ranges::count(changes.timers, overdue_set(TaskNumber{1}, *task.due_at)) == 1;
  };
  const auto due = dated(EventKind::task_due, *task.due_at);
  EXPECT_TRUE(rings({due}));
  EXPECT_FALSE(rings({})) << "the chain's, which tells by itself";
  EXPECT_FALSE(rings({due, Event{.kind = EventKind::task_overdue}})) << "it was told";
  auto by_calendar = due;
  by_calendar.data.insert(by_calendar.data.size() - 1, R"(,"by":"calendar")");
  EXPECT_FALSE(rings({by_calendar}));
}

}  // namespace
}  // namespace orgo
