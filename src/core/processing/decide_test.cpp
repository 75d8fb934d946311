#include "core/processing/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "core/mail/findings/find_own_loop.h"
#include "tests/support/decide_fixture.h"

namespace orgo {
namespace {

TEST_F(Decide, TheWorkedExampleBecomesATask) {
  settings.trace = TraceDepth::near;
  const auto changes = run();
  ASSERT_NE(changes.find<MessageDecision>(), nullptr);
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.find<MessageDecision>()->message, MessageId{7});
  EXPECT_EQ(changes.find<MessageDecision>()->task, TaskRef::nth_new(0));
  EXPECT_EQ(changes.find<MessageDecision>()->subject, "Water Leak in Room 102");
  EXPECT_EQ(changes.find<MessageDecision>()->from, "secretary@organization.com");
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "rule 'water' routed it to maintenance@organization.com");
  EXPECT_EQ(changes.find<MessageDecision>()->rules_version, "0123456789abcdef");
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  const Task& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.number, TaskNumber{});
  EXPECT_EQ(task.version, 0);
  EXPECT_EQ(task.state, TaskState::fresh);
  EXPECT_EQ(task.priority, Priority::high) << "the keyword 'urgent'";
  EXPECT_EQ(task.title, "Water Leak in Room 102");
  EXPECT_EQ(task.requester.address, "secretary@organization.com");
  EXPECT_EQ(task.team, "maintenance@organization.com");
  EXPECT_EQ(task.origin, MessageId{7});
  EXPECT_EQ(task.due_at, kNow + 2 * kHour);
  EXPECT_THAT(changes.timers, testing::ElementsAre(deadline_set(TaskRef::nth_new(0), kNow + 2 * kHour)));
  EXPECT_EQ(recipients(changes), std::vector<std::string>{"maintenance@organization.com task_opened"});
  EXPECT_EQ(changes.sends[0].message, MessageId{7});
  ASSERT_EQ(changes.events.size(), 2U);
  EXPECT_EQ(changes.events[0].kind, EventKind::task_opened);
  EXPECT_EQ(changes.events[0].data,
            R"({"title":"Water Leak in Room 102","requester":"secretary@organization.com",)"
            R"("team":"maintenance@organization.com","priority":"high","rule":"water","due":"2027-01-15T10:00:00Z"})");
  EXPECT_EQ(changes.events[1].kind, EventKind::message_decided);
  EXPECT_EQ(changes.events[1].data,
            R"({"outcome":"task_opened","reason":"rule 'water' routed it to maintenance@organization.com",)"
            R"("sends":[{"kind":"notification","to":"maintenance@organization.com","template":"task_opened"}]})");
  EXPECT_EQ(rules.hour, 8);
  EXPECT_EQ(rules.weekday, 5);
  const auto trace = parse_json(changes.find<MessageDecision>()->trace);
  ASSERT_TRUE(trace) << changes.find<MessageDecision>()->trace;
  EXPECT_EQ(trace->at("rules").as_array().size(), 2U);
  EXPECT_EQ(trace->at("keywords").as_array().size(), 2U);
}

TEST_F(Decide, SameInputSameChanges) {
  const auto one = run();
  const auto two = run();
  EXPECT_EQ(one.find<MessageDecision>()->trace, two.find<MessageDecision>()->trace);
  EXPECT_EQ(one.events[0].data, two.events[0].data);
}

TEST_F(Decide, HourAndWeekdayAreTheOrganizations) {
  settings.zone = TimeZone::fixed(std::chrono::minutes{16 * 60 + 30});
  run();
  EXPECT_EQ(rules.hour, 0);
  EXPECT_EQ(rules.weekday, 6);
  settings.zone = TimeZone::fixed(-std::chrono::hours{9});
  run();
  EXPECT_EQ(rules.hour, 23);
  EXPECT_EQ(rules.weekday, 4);
}

TEST_F(Decide, ADropIsRecordedWithItsRule) {
  rules.verdict.drop = "newsletters";
  rules.verdict.reply_with = {"received"};
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::dropped);
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "dropped by rule 'newsletters'");
  EXPECT_TRUE(changes.all<TaskChange>().empty() && changes.sends.empty() && timers_set(changes).empty());
  EXPECT_EQ(changes.events.size(), 1U);
}

TEST_F(Decide, AutomaticMailNeverOpensWorkNorIsAnswered) {
  rules.verdict.reply_with = {"received"};
  const auto clean = incoming;
  const auto check = [&](const char* what) {
    const auto changes = run();
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::recorded) << what;
    EXPECT_TRUE(changes.all<TaskChange>().empty() && changes.sends.empty() && timers_set(changes).empty()) << what;
    EXPECT_EQ(changes.events.size(), 1U) << what;
    EXPECT_EQ(changes.events[0].subject.task(), context.thread.task ? TaskNumber{12} : TaskNumber{}) << what;
    EXPECT_EQ(changes.find<MessageDecision>()->task, changes.events[0].subject.task()) << what;
    EXPECT_TRUE(changes.find<MessageDecision>()->reason.starts_with(what)) << changes.find<MessageDecision>()->reason;
    incoming = clean;
  };
  for (const bool threaded : {false, true}) {
    if (threaded) in_thread(TaskState::closed);
    add("Auto-Submitted", "auto-replied");
    check("auto_reply: Auto-Submitted");
    incoming.message.subject = "Automatic reply: Water Leak";
    add("Auto-Submitted", "auto-replied");
    check("out_of_office: subject");
    add("Content-Type", "multipart/report; report-type=delivery-status");
    check("bounce: multipart/report");
    add("X-Orgo-Loop", "orgo.organization.com");
    check("own_loop: X-Orgo-Loop");
    incoming.message.from->address = "orgo@organization.com";
    incoming.message.subject = "Re: [T-12] Water Leak";
    check("own_loop: From");
  }
  EXPECT_EQ(rules.asked, 0);
}

TEST_F(Decide, AKnownIdWithAnotherBodyIsAMessageOfItsOwn) {
  incoming.known_id = true;
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_NE(changes.find<MessageDecision>()->trace.find("another body"), std::string::npos);
}

TEST_F(Decide, NeverFailsOnAnEmptyOrAHostileMail) {
  incoming.message = {};
  incoming.envelope.sender.address.clear();
  auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.title, "(no subject)");
  incoming.message.subject = std::string(100'000, '\xFF');
  incoming.message.text = std::string(100'000, '\0');
  incoming.message.from = Address{std::string(5000, '\n'), std::string(5000, '"')};
  changes = run();
  EXPECT_LE(changes.all<TaskChange>()[0].task.title.size(), 500U);
  for (const auto& event : changes.events) {
    EXPECT_TRUE(parse_json(event.data));
    EXPECT_LE(event.data.size(), 65'536U);
  }
}

}  // namespace
}  // namespace orgo
