// What starts, stops and ends the clocks of a service level.
#include "core/clocks/clocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kOpened{Millis{1'800'000'000'000}};
constexpr Millis kMinute{60'000};

TimePoint after(int minutes) {
  return kOpened + minutes * kMinute;
}

/// Asked by anna, who works here; her matter is maintenance's, and ben has it.
Task task_of_anna() {
  Task task{.tenant = kTenant};
  task.requester = mail_contact("anna@school.example");
  task.team = "maintenance@school.example";
  task.assignee = "ben@school.example";
  task.origin = MessageId{1};
  task.created_at = task.updated_at = kOpened;
  return task;
}
bool is_staff(std::string_view address) {
  return address.ends_with("@school.example");
}
Event replied(int minutes, const std::string& from, const std::string& state = "") {
  Event event{.kind = EventKind::task_replied, .at = after(minutes), .actor = "rules"};
  event.data = R"({"from":")" + from + "\"" + (state.empty() ? "" : R"(,"state":")" + state + "\"") + "}";
  return event;
}
Event moved(int minutes, const std::string& to, const std::string& actor = "user:ben") {
  return {.kind = EventKind::task_state, .at = after(minutes), .actor = actor, .data = R"({"to":")" + to + "\"}"};
}
Event commented(int minutes, const std::string& actor = "user:ben") {
  return {.kind = EventKind::task_commented, .at = after(minutes), .actor = actor, .data = R"({"text":"x"})"};
}

/// Each clock has an hour, on the wall.
Sla an_hour_each(std::uint8_t answered_by = Sla::mail) {
  Sla sla;
  sla.name = "gold";
  sla.answered_by = answered_by;
  for (auto& target : sla.targets) target = SlaTarget{.within = 60 * kMinute, .wall_time = true};
  return sla;
}
struct Clocks {
  explicit Clocks(std::vector<ClockReading> read) : all(std::move(read)) {}
  [[nodiscard]] const ClockReading& of(SlaClock clock) const { return all.at(static_cast<std::size_t>(clock)); }
  std::vector<ClockReading> all;
};
Clocks read(const Task& task, const std::vector<Event>& history, int now, const Sla& sla = an_hour_each()) {
  const auto facts = sla_facts(task, history, sla.answered_by, is_staff);
  return Clocks(read_clocks(sla, Calendar(), facts, after(now)));
}

TEST(Clocks, EachWayToAnswerEndsTheFirstResponse) {
  for (const auto* who :
       {"ben@school.example", "maintenance@school.example", "head@school.example", "BEN@school.example"}) {
    const auto clock = read(task_of_anna(), {replied(20, who)}, 30).of(SlaClock::first_response);
    EXPECT_FALSE(clock.running) << who;
    EXPECT_EQ(clock.taken, 20 * kMinute) << who;
  }
  for (const auto& [answered_by, event] : std::vector<std::pair<std::uint8_t, Event>>{
           {Sla::comment, commented(20)}, {Sla::acknowledge, moved(20, "acknowledged")}}) {
    EXPECT_FALSE(read(task_of_anna(), {event}, 30, an_hour_each(answered_by)).of(SlaClock::first_response).running);
    EXPECT_TRUE(read(task_of_anna(), {event}, 30).of(SlaClock::first_response).running) << "only where it is agreed";
    auto by_rule = event;
    by_rule.actor = "rules";
    EXPECT_TRUE(read(task_of_anna(), {by_rule}, 30, an_hour_each(answered_by)).of(SlaClock::first_response).running);
  }
}

TEST(Clocks, WhoAskedIsTheCustomerAlsoWhenHeWorksHere) {
  for (const auto* anna : {"anna@school.example", "Anna@School.Example"}) {
    const auto clocks = read(task_of_anna(), {replied(20, anna)}, 30);
    EXPECT_TRUE(clocks.of(SlaClock::first_response).running) << "she has not answered herself";
    EXPECT_EQ(clocks.of(SlaClock::first_response).due, after(60));
    EXPECT_FALSE(clocks.of(SlaClock::update).running) << "before the first answer it is that which was promised";
    auto no_first_response = an_hour_each();
    no_first_response.targets[0].reset();
    EXPECT_EQ(read_clocks(no_first_response, Calendar(),
                          sla_facts(task_of_anna(), std::vector{replied(20, anna)}, Sla::mail, is_staff), after(30))
                  .front()
                  .due,
              after(60))
        << "of her first message";
    EXPECT_FALSE(clocks.of(SlaClock::keep_informed).running);
  }
  auto by_the_team = task_of_anna();
  by_the_team.requester = mail_contact(by_the_team.team);
  EXPECT_FALSE(read(by_the_team, {}, 30).of(SlaClock::first_response).running) << "nobody waits for a first answer";
  EXPECT_EQ(read(by_the_team, {}, 30).of(SlaClock::resolution).due, after(60));
}

TEST(Clocks, EachMessageOfTheCustomerWaitsForAnAnswer) {
  const std::vector<Event> history{replied(10, "ben@school.example"), replied(30, "anna@school.example"),
                                   replied(40, "anna@school.example")};
  const auto waiting = read(task_of_anna(), history, 50).of(SlaClock::update);
  EXPECT_TRUE(waiting.running);
  EXPECT_EQ(waiting.since, after(30)) << "the older of the two that wait";
  EXPECT_EQ(waiting.due, after(90));
  auto answered = history;
  answered.push_back(replied(85, "ben@school.example"));
  const auto clocks = read(task_of_anna(), answered, 90);
  EXPECT_FALSE(clocks.of(SlaClock::update).running);
  EXPECT_EQ(clocks.of(SlaClock::update).taken, 55 * kMinute) << "the longest";
  EXPECT_EQ(clocks.of(SlaClock::keep_informed).due, after(145)) << "then the next word is ours";
}

TEST(Clocks, TheLongestOfAllWaitsIsToldWhicheverItWas) {
  // How long the customer waited for each of three answers, and we with each word to him.
  std::vector<int> waits{10, 20, 45};
  do {
    std::vector<Event> history;
    int now = 100, longest_silence = 0;
    for (const auto wait : waits) {
      history.push_back(replied(now, "anna@school.example"));
      history.push_back(replied(now + wait, "ben@school.example"));
      now += wait + 5 + wait;
      if (history.size() < 6) longest_silence = std::max(longest_silence, 5 + wait);
    }
    const auto clocks = read(task_of_anna(), history, now);
    // The first answer is the first response, and no update.
    EXPECT_EQ(clocks.of(SlaClock::first_response).taken, (100 + waits[0]) * kMinute);
    EXPECT_EQ(clocks.of(SlaClock::update).taken, std::max(waits[1], waits[2]) * kMinute) << waits[1] << waits[2];
    EXPECT_EQ(clocks.of(SlaClock::keep_informed).taken, longest_silence * kMinute) << waits[0] << " " << waits[1];
  } while (std::next_permutation(waits.begin(), waits.end()));
}

TEST(Clocks, WhatIsPendingStandsStill) {
  auto task = task_of_anna();
  task.state = TaskState::pending;
  const std::vector<Event> history{moved(20, "pending")};
  for (const auto clock : {SlaClock::first_response, SlaClock::resolution}) {
    const auto reading = read(task, history, 500).of(clock);
    EXPECT_TRUE(reading.running && reading.paused) << to_string(clock);
    EXPECT_EQ(reading.due, std::nullopt) << to_string(clock);
    EXPECT_EQ(reading.left, 40 * kMinute) << to_string(clock);
    EXPECT_EQ(reading.breached_by(), std::nullopt) << to_string(clock);
  }
  auto goes_on = an_hour_each();
  for (auto& target : goes_on.targets) target->pause_in = 0;
  EXPECT_EQ(read(task, history, 500, goes_on).of(SlaClock::resolution).due, after(60)) << "nothing was said of a pause";
  auto only_hides = an_hour_each();
  for (auto& target : only_hides.targets) target->paused_time_counts = true;
  EXPECT_EQ(read(task, history, 30, only_hides).of(SlaClock::resolution).left, 30 * kMinute);

  task.state = TaskState::open;
  for (const auto& back : {moved(140, "open"), replied(140, "anna@school.example", "open")}) {
    const std::vector<Event> reopened{moved(20, "pending"), back};
    EXPECT_EQ(read(task, reopened, 150).of(SlaClock::resolution).due, after(180)) << "two hours did not count";
    EXPECT_EQ(read(task, reopened, 150, only_hides).of(SlaClock::resolution).due, after(60));
  }
}

TEST(Clocks, WhatIsDoneHasNoClockAndWhatIsReopenedGoesOn) {
  auto task = task_of_anna();
  task.state = TaskState::resolved;
  const std::vector<Event> done{replied(20, "ben@school.example"), moved(30, "resolved")};
  for (const auto& reading : read(task, done, 500).all) EXPECT_FALSE(reading.running) << to_string(reading.clock);
  EXPECT_EQ(read(task, done, 500).of(SlaClock::resolution).taken, 30 * kMinute);
  task.state = TaskState::open;
  auto again = done;
  again.push_back(replied(330, "anna@school.example", "open"));
  const auto clocks = read(task, again, 340);
  EXPECT_EQ(clocks.of(SlaClock::resolution).due, after(360)) << "five hours of it were done";
  EXPECT_EQ(clocks.of(SlaClock::update).due, after(390));
  EXPECT_EQ(next_due(clocks.all), after(360));
}

TEST(Clocks, AWarningComesBeforeAndABreachIsMeasured) {
  auto sla = an_hour_each();
  for (auto& target : sla.targets) target->warn_before = 15 * kMinute;
  const auto clock = read(task_of_anna(), {}, 10, sla).of(SlaClock::first_response);
  EXPECT_EQ(clock.warn_at, after(45));
  EXPECT_EQ(read(task_of_anna(), {}, 75, sla).of(SlaClock::first_response).breached_by(), 15 * kMinute);
  EXPECT_EQ(read(task_of_anna(), {replied(75, "ben@school.example")}, 200, sla).of(SlaClock::first_response).margin(),
            -15 * kMinute);
}

Event answered(int minutes, std::int64_t message, EventKind kind = EventKind::task_answered) {
  return {.kind = kind, .message = MessageId{message}, .at = after(minutes), .actor = "user:ben", .data = "{}"};
}

TEST(SlaFacts, OnlyWhatTheCustomerGotIsAnAnswer) {
  const auto contacts = [](const std::vector<Event>& history) {
    std::vector<std::pair<int, bool>> all;
    for (const auto& contact : sla_facts(task_of_anna(), history, Sla::mail, is_staff).contacts)
      if (contact.at > kOpened) all.emplace_back(static_cast<int>((contact.at - kOpened) / kMinute), contact.by_us);
    return all;
  };
  auto among_us = replied(5, "ben@school.example");
  among_us.data.insert(among_us.data.size() - 1, R"(,"to_customer":false)");
  EXPECT_THAT(contacts({among_us}), testing::IsEmpty());
  auto with_a_part = replied(5, "anna@school.example");
  with_a_part.data.insert(with_a_part.data.size() - 1, R"(,"to_customer":true)");
  EXPECT_THAT(contacts({with_a_part}), testing::ElementsAre(std::pair(5, true))) << "whatever else they asked for";
  EXPECT_THAT(contacts({replied(5, "ben@school.example")}), testing::ElementsAre(std::pair(5, true)))
      << "of before there was such a field";
  EXPECT_THAT(contacts({answered(3, 7), answered(8, 9)}), testing::ElementsAre(std::pair(3, true), std::pair(8, true)));
  EXPECT_THAT(contacts({answered(3, 7), replied(4, "anna@school.example"), answered(5, 9),
                        answered(6, 7, EventKind::task_recalled)}),
              testing::ElementsAre(std::pair(4, false), std::pair(5, true)));
  // What was refused, failed or came back was not got; a copy for somebody else is another matter.
  for (const auto kind : {EventKind::send_failed, EventKind::send_refused, EventKind::send_bounced}) {
    const auto lost = [&](const std::string& to) {
      return Event{.kind = kind, .at = after(6), .data = R"({"content":"m7","to":")" + to + "\"}"};
    };
    EXPECT_THAT(contacts({answered(3, 7), lost("anna@school.example"), lost("anna@school.example")}),
                testing::IsEmpty());
    EXPECT_THAT(contacts({answered(3, 7), lost("pat@client.example")}), testing::ElementsAre(std::pair(3, true)));
  }
  EXPECT_THAT(contacts({answered(3, 7), answered(4, 9), answered(5, 9, EventKind::task_recalled),
                        answered(6, 7, EventKind::task_recalled)}),
              testing::IsEmpty());
}

}  // namespace
}  // namespace orgo
