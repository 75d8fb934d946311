#include "service/delivery/lane_state.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr Deadline kNow{std::chrono::hours(1)};
constexpr TimePoint kWall{Millis{1'760'000'000'000}};

TEST(ReceiverGate, AtMostHalfOfTheWorkersAreWithOneReceiver) {
  ReceiverGate gate(5);
  EXPECT_FALSE(gate.enter("https://a", kNow));
  EXPECT_FALSE(gate.enter("https://a", kNow));
  EXPECT_EQ(gate.enter("https://a", kNow), kNow + ReceiverGate::kBusyPause);
  EXPECT_FALSE(gate.enter("https://b", kNow)) << "others are free";
  gate.leave("https://a", true, kNow);
  EXPECT_FALSE(gate.enter("https://a", kNow));
}

TEST(ReceiverGate, WhoAnswersFindsAWorkerHoweverManyAreSilent) {
  ReceiverGate gate(4);
  ASSERT_FALSE(gate.enter("https://good", kNow));
  gate.leave("https://good", true, kNow);
  for (const auto* silent : {"https://a", "https://b", "https://c"}) ASSERT_FALSE(gate.enter(silent, kNow)) << silent;
  EXPECT_EQ(gate.enter("https://d", kNow), kNow + ReceiverGate::kBusyPause) << "nobody knows whether it answers";
  EXPECT_FALSE(gate.enter("https://good", kNow));
  // Those who are inside change sides with their receiver.
  gate.leave("https://good", false, kNow);
  EXPECT_EQ(gate.enter("https://good", kNow), kNow + ReceiverGate::kBusyPause);
  gate.leave("https://a", true, kNow);
  EXPECT_FALSE(gate.enter("https://good", kNow)) << "one place is free again";
  EXPECT_FALSE(gate.enter("https://a", kNow)) << "it answered";
  gate.leave("https://good", true, kNow);
  gate.leave("https://b", false, kNow);
  gate.leave("https://c", false, kNow);
  for (const auto* one : {"https://d", "https://e", "https://f"}) EXPECT_FALSE(gate.enter(one, kNow)) << one;
  EXPECT_TRUE(gate.enter("https://g", kNow));
}

TEST(ReceiverGate, ASilentOneIsLeftAloneForLongerAndLonger) {
  ReceiverGate gate(4);
  auto now = kNow;
  for (int i = 0; i < ReceiverGate::kSilentMax; ++i) {
    ASSERT_FALSE(gate.enter("https://a", now)) << i;
    gate.leave("https://a", false, now);
  }
  EXPECT_EQ(gate.closed(now), 1);
  EXPECT_EQ(gate.enter("https://a", now), now + ReceiverGate::kPauseFirst);
  now += ReceiverGate::kPauseFirst;
  EXPECT_FALSE(gate.enter("https://a", now)) << "one try";
  EXPECT_TRUE(gate.enter("https://a", now)) << "and only one";
  gate.leave("https://a", false, now);
  EXPECT_EQ(gate.enter("https://a", now), now + 2 * ReceiverGate::kPauseFirst);
  for (int i = 0; i < 20; ++i) {
    now = *gate.enter("https://a", now);
    ASSERT_FALSE(gate.enter("https://a", now));
    gate.leave("https://a", false, now);
  }
  EXPECT_EQ(gate.enter("https://a", now), now + ReceiverGate::kPauseMost) << "at most";
  now += ReceiverGate::kPauseMost;
  ASSERT_FALSE(gate.enter("https://a", now));
  gate.leave("https://a", true, now);
  EXPECT_FALSE(gate.enter("https://a", now)) << "it is back";
  EXPECT_FALSE(gate.enter("https://a", now));
  EXPECT_EQ(gate.closed(now), 0);
}

TEST(ReceiverGate, AReceiverIsAServer) {
  EXPECT_EQ(receiver_of(webhook_contact("https://Hook.example:8443/a?b#c")), "https://hook.example:8443");
  EXPECT_EQ(receiver_of(webhook_contact("http://hook.example")), "http://hook.example");
  EXPECT_NE(receiver_of(webhook_contact("http://a/x")), receiver_of(webhook_contact("https://a/x")));
}

TEST(LaneHealth, TellsWhatAPersonHasToMendUntilItIsMended) {
  LaneHealth health;
  EXPECT_EQ(health.trouble(), "");
  EXPECT_TRUE(health.refused_us("530 login wanted", kWall));
  EXPECT_FALSE(health.refused_us("530 login wanted\r\nstill", kWall + Millis{1'000})) << "no news";
  EXPECT_TRUE(health.refused_ours(mail_contact("team@school.example"), "550 5.1.1 no such user", kWall));
  EXPECT_NE(health.trouble().find("refuses us since 2025-10-09T08:53:20Z: 530 login wanted still"), std::string::npos)
      << health.trouble();
  EXPECT_NE(health.trouble(TimeZone::fixed(std::chrono::hours(2))).find("since 2025-10-09T10:53:20+02:00"),
            std::string::npos);
  EXPECT_NE(health.trouble().find("team@school.example, one of ours, refuses our mail"), std::string::npos);
  EXPECT_TRUE(health.delivered(mail_contact("anna@example.org"))) << "it takes mail of ours again";
  EXPECT_EQ(health.trouble().find("refuses us"), std::string::npos);
  EXPECT_NE(health.trouble().find("team@school.example"), std::string::npos) << "that one does not";
  EXPECT_FALSE(health.delivered(mail_contact("team@school.example")));
  EXPECT_EQ(health.trouble(), "");
}

TEST(SendsUnderWay, WhatIsLeasedIsUnderWayUntilItIsRemoved) {
  SendsUnderWay under_way;
  const TenantId tenant{1};
  const auto lease = [&](std::vector<SendId> ids) {
    return under_way.lease([&](const auto& now) -> Result<std::vector<LeasedSend>> {
      std::vector<LeasedSend> leased;
      for (const auto id : ids)
        if (!now.contains({tenant, id})) leased.push_back({.id = id, .tenant = tenant});
      return leased;
    });
  };
  EXPECT_EQ(lease({SendId{1}, SendId{2}})->size(), 2U);
  EXPECT_EQ(lease({SendId{1}, SendId{2}, SendId{3}})->size(), 1U);
  under_way.remove(tenant, SendId{2});
  EXPECT_EQ(lease({SendId{1}, SendId{2}, SendId{3}})->size(), 1U);
}

}  // namespace
}  // namespace orgo
