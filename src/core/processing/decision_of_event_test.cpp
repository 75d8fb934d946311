#include "core/processing/decision_of_event.h"

#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

Event decided(std::string data, TaskNumber task) {
  return {.kind = EventKind::message_decided,
          .subject = task,
          .message = MessageId{7},
          .at = TimePoint{Millis{1'000}},
          .actor = "rules",
          .data = std::move(data)};
}

TEST(DecisionOfEvent, SaysHowItEnded) {
  for (const auto outcome : {Outcome::task_opened, Outcome::task_joined, Outcome::recorded, Outcome::dropped}) {
    const auto data = R"({"outcome":")" + std::string(to_string(outcome)) + R"(","reason":"rule 'x'","sends":[]})";
    const auto changes = decision_of_event(kTenant, decided(data, TaskNumber{3}), "Water", "anna@x.example");
    ASSERT_TRUE(changes) << data;
    EXPECT_EQ(changes->at, TimePoint{Millis{1'000}}) << "as it was";
    EXPECT_TRUE(changes->events.empty()) << "its event is there";
    EXPECT_TRUE(changes->sends.empty()) << "and what it sent";
    const auto& decision = changes->all<MessageDecision>().front();
    EXPECT_EQ(decision.message, MessageId{7});
    EXPECT_EQ(decision.outcome, outcome);
    EXPECT_EQ(decision.task, TaskRef(TaskNumber{3}));
    EXPECT_EQ(decision.subject, "Water");
    EXPECT_EQ(decision.from, "anna@x.example");
    EXPECT_EQ(decision.reason, "rule 'x'");
  }
}

TEST(DecisionOfEvent, WhatDoesNotSayEnoughIsDecidedAnew) {
  const TaskNumber task{3};
  const auto is_none = [](const Event& event) { return !decision_of_event(kTenant, event, "", ""); };
  for (const auto* data : {"", "{", "[]", "{}", R"({"outcome":1})", R"({"outcome":"something"})"})
    EXPECT_TRUE(is_none(decided(data, task))) << data;
  EXPECT_TRUE(is_none(decided(R"({"outcome":"task_opened"})", {}))) << "of no task";
  auto other = decided(R"({"outcome":"recorded"})", task);
  EXPECT_FALSE(is_none(other));
  other.kind = EventKind::message_accepted;
  EXPECT_TRUE(is_none(other));
  other = decided(R"({"outcome":"recorded"})", task);
  other.message = {};
  EXPECT_TRUE(is_none(other));
}

}  // namespace
}  // namespace orgo
