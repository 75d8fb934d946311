// The tables of peers (Zammad, Request Tracker) for business hours and holiday feeds.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/icalendar.h"
#include "base/json.h"
#include "core/calendar/calendar_file.h"
#include "core/calendar/calendar_rows.h"
#include "core/calendar/holidays.h"
#include "core/clocks/clocks.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

using testing::read_file;

TEST(BusinessTimeOfPeers, AllRowsOfArithmetic) {
  ORGO_NEED_CORPORA();
  const auto folder = testing::corpora() / "sla-business-time";
  std::vector<Diagnostic> errors;
  const auto calendars = read_calendar_file({"calendars.json", read_file(folder / "calendars.json")}, {}, errors);
  ASSERT_TRUE(errors.empty()) << errors[0].message;
  // The peer's two conventions, which are settings.
  const CalendarConventions theirs{CalendarConventions::EndOfSlot::next_open, CalendarConventions::Round::minute};
  const auto table = answer_table(read_file(folder / "arithmetic.csv"), calendars, theirs);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows, 28U);
  EXPECT_EQ(table->agree, table->rows) << table->csv;
  // Without them two rows differ, and no others.
  const auto ours = answer_table(read_file(folder / "arithmetic.csv"), calendars);
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->differ, 2U) << ours->csv;
}

TEST(BusinessTimeOfPeers, AllHolidaysOfFeeds) {
  ORGO_NEED_CORPORA();
  const auto folder = testing::corpora() / "zammad-calendar";
  const auto expectations = *parse_json(read_file(folder / "expectations.json"));
  const auto year = [](TimePoint now, int years) {
    const auto day = std::chrono::floor<std::chrono::days>(TimeZone().to_local(now));
    return LocalDay{std::chrono::year_month_day{day} + std::chrono::years{years}};
  };
  std::size_t checked = 0;
  for (const auto& value : expectations.as_array()) {
    const auto& wanted = value.as_object();
    const std::string name(wanted.at("ics").as_string());
    const auto feed = read_file(folder / "ics" / name);
    std::vector<Holiday> found;
    const auto sync = [&](std::string_view at) {
      const auto now = *parse_rfc3339(at);
      const auto holidays = holidays_of(feed, year(now, -1), year(now, 3));
      ASSERT_TRUE(holidays) << holidays.error().message;
      found = merge_holidays(std::move(found), *holidays, year(now, -1), year(now, 3));
    };
    if (const auto* before = wanted.if_contains("previous_sync")) sync(before->as_string());
    sync(wanted.at("now").as_string());
    std::vector<Holiday> expected;
    for (const auto& h : wanted.at("holidays").as_array())
      expected.push_back({*parse_local_day(h.as_object().at("date").as_string()),
                          std::string(h.as_object().at("summary").as_string())});
    EXPECT_EQ(found, expected) << name;
    ++checked;
  }
  EXPECT_EQ(checked, 4U);
  EXPECT_TRUE(read_icalendar(read_file(folder / "ics/basic.ics")));
}

// ---- tickets with their service levels ----

std::optional<TimePoint> time_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::optional(*parse_rfc3339(value->as_string())) : std::nullopt;
}

/// The events of a scenario as facts; `now` becomes the time of the last one.
SlaFacts facts_of(const json::array& events, TimePoint& now) {
  SlaFacts facts;
  for (const auto& value : events) {
    const auto& event = value.as_object();
    if (const auto at = time_in(event, "at")) now = *at;
    if (const auto* set = event.if_contains("set")) {
      for (const auto& [key, field] : set->as_object()) {
        const auto at = *parse_rfc3339(field.as_string());
        if (key == "created_at") {
          facts.opened_at = at;
          facts.moves.push_back({at, TaskState::fresh});
        } else if (key == "first_response_at") {
          facts.first_response_at = at;
        } else if (key == "close_at") {
          facts.done_at = at;
        } else {
          EXPECT_TRUE(key == "first_customer_message_at" || key == "last_contact_agent_at" ||
                      key == "last_contact_customer_at")
              << key;
          facts.contacts.push_back({at, key == "last_contact_agent_at"});
        }
      }
    }
    if (event.if_contains("customer_message") != nullptr) facts.contacts.push_back({now, false});
    if (event.if_contains("agent_reply") != nullptr) facts.contacts.push_back({now, true});
    if (const auto* state = event.if_contains("state")) {
      const std::string_view name = state->as_string();
      const auto to = name.starts_with("pending") ? TaskState::pending : *parse_task_state(name);
      facts.moves.push_back({now, to});
    }
  }
  std::stable_sort(facts.contacts.begin(), facts.contacts.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return facts;
}

json::value minutes_of(std::optional<Millis> span) {
  if (!span) return nullptr;
  return std::chrono::duration_cast<std::chrono::minutes>(*span).count();
}
json::value text_of(std::optional<TimePoint> t) {
  if (!t) return nullptr;
  return json::value(to_rfc3339(*t));
}

TEST(BusinessTimeOfPeers, AllScenariosOfServiceLevels) {
  ORGO_NEED_CORPORA();
  const auto folder = testing::corpora() / "sla-business-time";
  std::vector<Diagnostic> errors;
  const auto calendars = read_calendar_file({"calendars.json", read_file(folder / "calendars.json")}, {}, errors);
  const auto scenarios = *parse_json(read_file(folder / "scenarios.json"));
  std::size_t checked = 0, fields = 0;
  for (const auto& value : scenarios.as_array()) {
    const auto& scenario = value.as_object();
    Sla sla;
    const auto target = [&](std::string_view name, SlaClock clock) {
      const auto& minutes = scenario.at("sla").as_object().at(name);
      if (minutes.is_int64())
        sla.targets[static_cast<std::size_t>(clock)] = SlaTarget{std::chrono::minutes{minutes.as_int64()}};
    };
    target("first_response", SlaClock::first_response);
    target("response", SlaClock::update);
    target("solution", SlaClock::resolution);
    auto plan = calendars.find(std::string(scenario.at("calendar").as_string()))->plan();
    plan.conventions = {CalendarConventions::EndOfSlot::next_open, CalendarConventions::Round::minute};
    TimePoint now{};
    const auto facts = facts_of(scenario.at("events").as_array(), now);
    const auto clocks = read_clocks(sla, Calendar(plan), facts, now);
    json::object found{{"escalation_at", text_of(next_due(clocks))}};
    for (const auto& [name, clock] : {std::pair{"first_response", SlaClock::first_response},
                                      {"update", SlaClock::update},
                                      {"close", SlaClock::resolution}}) {
      const auto at =
          std::find_if(clocks.begin(), clocks.end(), [&, wanted = clock](const auto& c) { return c.clock == wanted; });
      const auto reading = at == clocks.end() ? ClockReading{} : *at;
      found[std::string(name) + "_escalation_at"] = text_of(reading.due);
      found[std::string(name) + "_in_min"] = minutes_of(reading.taken);
      found[std::string(name) + "_diff_in_min"] = minutes_of(reading.margin());
    }
    for (const auto& [key, wanted] : scenario.at("expect").as_object()) {
      EXPECT_EQ(json::serialize(found.at(key)), json::serialize(wanted)) << scenario.at("id").as_string() << " " << key;
      ++fields;
    }
    ++checked;
  }
  EXPECT_EQ(checked, 12U);
  EXPECT_GE(fields, 50U);
}

// ---- the rules of Request Tracker, in its words ----

class RulesOfRequestTracker : public ::testing::Test {
 protected:
  static TimePoint at(int minutes) { return *parse_rfc3339("2007-01-01T00:00:00Z") + std::chrono::minutes{minutes}; }
  static SlaTarget within(int minutes) {
    SlaTarget target{std::chrono::minutes{minutes}};
    target.wall_time = true;
    target.pause_in = 0;
    return target;
  }
  SlaTarget& set(SlaClock clock, SlaTarget target) { return *(sla.targets[static_cast<std::size_t>(clock)] = target); }
  void customer(int minute) { facts.contacts.push_back({at(minute), false}); }
  void agent(int minute) { facts.contacts.push_back({at(minute), true}); }
  void move(int minute, TaskState state) { facts.moves.push_back({at(minute), state}); }
  /// Minutes from the opening until due; -1: nothing is due.
  long due(int minute) {
    const auto found = next_due(read_clocks(sla, Calendar(), facts, at(minute)));
    return found ? std::chrono::duration_cast<std::chrono::minutes>(*found - at(0)).count() : -1;
  }
  void SetUp() override {
    facts.opened_at = at(0);
    move(0, TaskState::open);
  }
  Sla sla;
  SlaFacts facts;
};

TEST_F(RulesOfRequestTracker, S1AChangedLevelMovesTheDeadline) {
  set(SlaClock::resolution, within(120));
  EXPECT_EQ(due(10), 120);
  set(SlaClock::resolution, within(240));
  EXPECT_EQ(due(10), 240);
}
TEST_F(RulesOfRequestTracker, S2NobodyWaitsWhenWeOpenedIt) {
  set(SlaClock::first_response, within(120));
  set(SlaClock::update, within(120));
  facts.opened_by_customer = false;
  EXPECT_EQ(due(10), -1);
}
TEST_F(RulesOfRequestTracker, S3AnswersClearAndMessagesSetAgain) {
  set(SlaClock::update, within(120));
  customer(0);
  EXPECT_EQ(due(5), 120);
  agent(10);
  EXPECT_EQ(due(11), -1);
  agent(20);
  EXPECT_EQ(due(21), -1);
  customer(30);
  EXPECT_EQ(due(31), 150);
  customer(40);
  EXPECT_EQ(due(41), 150);
}
TEST_F(RulesOfRequestTracker, S4KeepInLoop) {
  set(SlaClock::update, within(120));
  set(SlaClock::keep_informed, within(240));
  customer(0);
  EXPECT_EQ(due(5), 120);
  agent(10);
  EXPECT_EQ(due(11), 250);
  agent(20);
  EXPECT_EQ(due(21), 260);
  customer(30);
  EXPECT_EQ(due(31), 150);
}
TEST_F(RulesOfRequestTracker, S5RepliesNeverChangeResolution) {
  set(SlaClock::resolution, within(120));
  customer(0);
  agent(10);
  customer(20);
  EXPECT_EQ(due(21), 120);
}
TEST_F(RulesOfRequestTracker, S6S7StallingHidesKeepInLoopButNoResponse) {
  auto informed = within(240);
  informed.pause_in = 1U << static_cast<unsigned>(TaskState::pending);
  set(SlaClock::update, within(120));
  set(SlaClock::keep_informed, informed);
  customer(0);
  move(5, TaskState::pending);
  EXPECT_EQ(due(6), 120);  // S7
  agent(10);
  EXPECT_EQ(due(11), -1);  // S6
  move(20, TaskState::open);
  agent(20);
  EXPECT_EQ(due(21), 260);
}
TEST_F(RulesOfRequestTracker, S8S9TimeSpentStalledCountsOrNot) {
  auto response = within(120);
  response.pause_in = 1U << static_cast<unsigned>(TaskState::pending);
  response.paused_time_counts = true;
  set(SlaClock::update, response);
  customer(0);
  move(10, TaskState::pending);
  EXPECT_EQ(due(11), -1);
  move(40, TaskState::open);
  EXPECT_EQ(due(41), 120);  // S8
  sla.targets[static_cast<std::size_t>(SlaClock::update)]->paused_time_counts = false;
  EXPECT_EQ(due(41), 150);  // S9
}

}  // namespace
}  // namespace orgo
