#include "core/workplace/workplace.h"

#include <gtest/gtest.h>

#include "core/clocks/clocks.h"
#include "core/escalation/escalate.h"
#include "core/parts/parts.h"
#include "core/rules/rule_file.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}

constexpr std::string_view kFile = R"(
calendars:
  office: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}}
  night: {time_zone: Europe/Berlin, hours: {daily: "20:00-06:00"}, customers: ["@owl.org"]}
slas:
  standard:
    default: true
    first_response: "2 hours"
    resolution: {within: "16 hours", pause_in: [pending], warn_before: "2 hours"}
  gold:
    customers: ["@gold.com"]
    calendar: night
    first_response: "30 wall minutes"
    keep_informed: {within: "8 hours", pause_in: [], paused_time_counts: yes}
    answered_by: [mail, comment]
    notify: boss@school.org
  silver: {update: "4 hours"}
teams:
  maintenance: {address: m@school.org, members: [anna@school.org, bert@school.org], on_call: plumbers, calendar: night}
  office: {address: office@school.org, sla: silver}
  short: short@school.org
on_call:
  plumbers:
    time_zone: Europe/Berlin
    rotation: weekly
    start: 2026-01-05
    handover: "09:00"
    members: [anna@school.org, bert@school.org]
    overrides: [{from: "2026-01-13 12:00", to: "2026-01-14 12:00", who: carl@school.org}]
quiet_hours: {time_zone: Europe/Berlin, hours: {daily: "22:00-07:00"}}
rules:
  - condition: "subject contains 'leak'"
    action:
      route_to: maintenance
      sla: gold
      escalate_after: "2 business hours"
      escalate_to:
        - {after: "4 business hours", to: plumbers, repeat: {every: "1 hour", times: 2}}
        - {after: "5 business hours", to: boss@school.org, unless_answered: yes}
)";

std::shared_ptr<const rules::RuleSet> load(std::string_view text) {
  auto loaded = rules::load_rules({{"rules.yaml", std::string(text)}});
  for (const auto& error : loaded.errors) ADD_FAILURE() << to_string(error, text);
  return loaded.rules;
}
std::string error_of(std::string text) {
  const auto loaded = rules::load_rules({{"rules.yaml", std::move(text)}});
  return loaded.errors.empty() ? "none" : std::to_string(loaded.errors[0].line) + ": " + loaded.errors[0].message;
}

TEST(Workplace, IsReadFromRuleFiles) {
  const auto rules = load(kFile);
  ASSERT_TRUE(rules);
  const auto& place = rules->workplace();
  EXPECT_EQ(place.calendars.standard().name(), "office");
  EXPECT_EQ(place.slas.at("standard").target(SlaClock::first_response)->within, hours{2});
  EXPECT_FALSE(place.slas.at("standard").target(SlaClock::first_response)->wall_time);
  EXPECT_EQ(place.slas.at("standard").target(SlaClock::resolution)->warn_before, hours{2});
  EXPECT_TRUE(place.slas.at("gold").target(SlaClock::first_response)->wall_time);
  EXPECT_EQ(place.slas.at("gold").target(SlaClock::keep_informed)->pause_in, 0);
  EXPECT_EQ(place.slas.at("gold").answered_by, Sla::mail | Sla::comment);
  EXPECT_EQ(place.team("MAINTENANCE")->address, "m@school.org");
  EXPECT_EQ(place.team("short@school.org")->name, "short");
  EXPECT_TRUE(place.quiet);
  EXPECT_TRUE(place.is_staff("Bert@school.org"));
  EXPECT_FALSE(place.is_staff("parent@school.org"));
}

TEST(Workplace, ChoosesServiceLevelsAndCalendars) {
  const auto rules = load(kFile);
  const auto& place = rules->workplace();
  const auto chosen = [&](std::string_view wanted, std::string_view customer, std::string_view team) {
    const auto sla = place.sla_for(wanted, customer, team);
    return sla ? sla->sla.name + " " + sla->calendar : "none";
  };
  EXPECT_EQ(chosen("", "a@b.org", ""), "standard office");
  EXPECT_EQ(chosen("", "a@mail.gold.com", "office"), "gold night");  // the customer counts more than the team
  EXPECT_EQ(chosen("", "a@b.org", "office"), "silver office");       // the team's more than the default (RT's S10)
  EXPECT_EQ(chosen("standard", "a@gold.com", "office"), "standard office");
  EXPECT_EQ(chosen("", "a@owl.org", ""), "standard night");
  EXPECT_EQ(chosen("", "a@b.org", "maintenance"), "standard night");
  EXPECT_EQ(chosen("gone", "a@b.org", ""), "none");
}

TEST(Workplace, WhoIsOnCall) {
  const auto rules = load(kFile);
  const auto& place = rules->workplace();
  EXPECT_EQ(place.address_of("plumbers", at("2026-01-05T08:00:00Z"), false), "anna@school.org");
  EXPECT_EQ(place.address_of("maintenance", at("2026-01-12T07:59:59Z"), true), "anna@school.org");
  EXPECT_EQ(place.address_of("maintenance", at("2026-01-12T08:00:00Z"), true), "bert@school.org");  // 09:00 in Berlin
  EXPECT_EQ(place.address_of("maintenance", at("2026-07-13T07:00:00Z"), true), "bert@school.org");  // and in summer
  EXPECT_EQ(place.address_of("maintenance", at("2026-07-13T06:59:59Z"), true), "anna@school.org");
  EXPECT_EQ(place.address_of("m@school.org", at("2026-01-13T12:00:00Z"), true), "carl@school.org");
  EXPECT_EQ(place.address_of("maintenance", at("2026-01-12T08:00:00Z"), false), "m@school.org");
  EXPECT_EQ(place.address_of("maintenance", at("2020-01-01T00:00:00Z"), true),
            "m@school.org");  // before the rota began
  EXPECT_EQ(place.address_of("x@y.org", {}, true), "x@y.org");
  EXPECT_EQ(place.address_of("nobody", {}, true), "");
  const auto turns = on_call_turns(place.on_call.at("plumbers"), at("2026-01-05T08:00:00Z"), 4);
  std::string text;
  for (const auto& turn : turns) text += turn.who.substr(0, 4) + " until " + to_rfc3339(turn.to) + "; ";
  EXPECT_EQ(text,
            "anna until 2026-01-12T08:00:00Z; bert until 2026-01-13T11:00:00Z; carl until 2026-01-14T11:00:00Z; bert "
            "until 2026-01-19T08:00:00Z; ");
}

TEST(Workplace, ErrorsWithTheirPlace) {
  EXPECT_EQ(error_of("slas: {a: {first_response: 2}}"),
            "1: '2' is not a duration; write a number and a unit, as in \"2 hours\"");
  EXPECT_EQ(error_of("slas: {a: {}}"), "1: this service level has no clock");
  EXPECT_EQ(error_of("slas:\n  a: {update: 2h, calendar: x}"), "2: unknown calendar 'x'");
  EXPECT_EQ(error_of("slas:\n  a: {update: {within: 2h, warn_before: 3h}}"),
            "2: a warning 3 hours before is none, within 2 hours");
  EXPECT_EQ(error_of("slas:\n  a: {update: {within: 2h, pause_in: [sleeping]}}"), "2: unknown state 'sleeping'");
  EXPECT_EQ(error_of("teams:\n  a: {address: a@b.c, members: [x]}"), "2: 'x' is not an address");
  EXPECT_EQ(error_of("teams:\n  a: {on_call: y}"), "2: unknown rota 'y'");
  EXPECT_EQ(error_of("teams:\n  a: {sla: y, address: a@b.c}"), "2: unknown service level 'y'");
  EXPECT_EQ(error_of("on_call:\n  a: {time_zone: UTC}"), "2: nobody is on this rota");
  EXPECT_EQ(error_of("rules:\n  - action: {route_to: a, sla: y}"), "2: unknown service level 'y'");
  EXPECT_EQ(error_of("rules:\n  - action: {escalate_after: 1h, escalate_calendar: y}"), "2: unknown calendar 'y'");
  EXPECT_EQ(error_of("rules:\n  - action: {escalate_to: [{after: 1h, to: a, repeat: {every: 1h, times: 100}}]}"),
            "2: with its repetitions this chain has more than 100 steps");
  EXPECT_EQ(error_of("rules:\n  - action: {escalate_to: [{after: 1h, to: a, repeat: {every: 1h, times: 99}}]}"),
            "none");
}

TEST(Workplace, NamesInConditionsAreThere) {
  const auto all_of = [](std::string text) {
    const std::vector<SourceFile> files{{"rules.yaml", std::move(text)}};
    return to_string(rules::load_rules(files).errors, files);
  };
  const std::string calendar = "calendars: {school: {time_zone: UTC, hours: always}}\nrules:\n";
  EXPECT_EQ(
      all_of(
          calendar +
          "  - condition: \"subject contains 'a' and outside business hours of 'scool'\"\n    action: {route_to: a}\n"),
      "rules.yaml:3:42: error: unknown calendar 'scool'\n"
      "    3 |   - condition: \"subject contains 'a' and outside business hours of 'scool'\"\n"
      "      |                                          ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ did you mean 'school'? "
      "(known: school)\n");
  EXPECT_EQ(error_of(calendar + "  - condition: business hours of School\n    action: {route_to: a}\n"),
            "3: unknown calendar 'School'");
  EXPECT_EQ(error_of(calendar +
                     "  - condition: business hours of school and outside business hours\n    action: {route_to: a}\n"),
            "none");
  EXPECT_EQ(error_of(calendar + "  - table: {inputs: [subject contains], outputs: [tag], rows: [[a, b]]}\n    "
                                "condition: not business hours of x\n"),
            "3: unknown calendar 'x'");
  EXPECT_EQ(error_of("rules:\n  - condition: business hours of x\n    action: {route_to: a}\n"),
            "2: unknown calendar 'x'");
}

TEST(Workplace, WhoIsToldIsThere) {
  const std::string teams =
      "teams: {maintenance: m@school.org}\non_call: {plumbers: {time_zone: UTC, members: [a@b.org]}}\n";
  const auto chain = [&](const std::string& to) {
    return error_of(teams + "rules:\n  - action: {escalate_to: [{after: 1h, to: " + to + "}]}\n");
  };
  EXPECT_EQ(chain("maintenance"), "none");
  EXPECT_EQ(chain("Maintenance"), "none");
  EXPECT_EQ(chain("plumbers"), "none");
  EXPECT_EQ(chain("boss@school.org"), "none");
  EXPECT_EQ(chain("plumber"), "4: nobody would be told: 'plumber' is no address, no team and no rota");
  EXPECT_EQ(error_of(teams + "rules:\n  - action: {escalate_after: 1h, escalate_to: plumber}\n"),
            "4: nobody would be told: 'plumber' is no address, no team and no rota");
  EXPECT_EQ(error_of(teams + "slas:\n  a: {update: 2h, notify: bos}"),
            "4: nobody would be told: 'bos' is no address, no team and no rota");
  // Without any team, names are free: people who look at the page know whom they mean.
  EXPECT_EQ(error_of("rules:\n  - action: {escalate_to: [{after: 1h, to: plumber}]}\n"), "none");
}

class OneTask : public ::testing::Test {
 protected:
  void SetUp() override {
    task.number = {7};
    task.version = 1;
    task.requester = mail_contact("parent@home.org");
    task.team = "maintenance";
    task.origin = {1};
    task.created_at = task.updated_at = start;
    task.escalation.started_at = start;
    context.workplace = &rules->workplace();
  }
  /// All that happens from now on until nothing is pending or `end`; each step one line.
  std::string run(TimePoint end) {
    std::string out;
    auto wake = next_wake(task, task.updated_at, context);
    for (int i = 0; i < 50 && wake && *wake <= end; ++i) {
      const auto now = *wake;
      const auto changes = escalate(task, {task.number, *wake}, now, context);
      EXPECT_EQ(timers_fired(changes).size(), 1U);
      for (const auto& event : changes.events)
        out += std::string(to_string(event.kind)) + " " + to_rfc3339(now) + " " +
               (changes.sends.empty() ? "nobody" : changes.sends[0].recipient.address) + "; ";
      if (!changes.all<TaskChange>().empty()) task = changes.all<TaskChange>()[0].task;
      wake = timers_set(changes).empty() ? std::nullopt : std::optional(timers_set(changes)[0].due_at);
    }
    return out;
  }
  Event replied_by(std::string data) const {
    Event event{.kind = EventKind::task_replied};
    event.subject = task.number;
    event.at = start + minutes{10};
    event.actor = "rules";
    event.data = std::move(data);
    return event;
  }
  const std::shared_ptr<const rules::RuleSet> rules = load(kFile);
  const TimePoint start = at("2026-01-08T15:00:00Z");  // Thursday 16:00 in Berlin
  Task task{.tenant = kTenant};
  EscalationContext context;
};

TEST_F(OneTask, StepsInOpenTimeWithRepetitions) {
  task.escalation.steps = {
      {hours{2}, "", true}, {hours{4}, "boss@school.org", true}, {hours{5}, "boss@school.org", true}};
  EXPECT_EQ(
      run(at("2026-02-01T00:00:00Z")),
      "escalation.fired 2026-01-09T09:00:00Z anna@school.org; escalation.fired 2026-01-09T11:00:00Z boss@school.org; "
      "escalation.fired 2026-01-09T12:00:00Z boss@school.org; ");
}

TEST_F(OneTask, QuietHoursHoldBackWhatIsNotUrgent) {
  task.escalation.steps = {{hours{8}, "boss@school.org"}, {hours{9}, "boss@school.org"}};
  const auto calm = task;
  EXPECT_EQ(
      run(at("2026-02-01T00:00:00Z")),
      "escalation.fired 2026-01-09T06:00:00Z boss@school.org; escalation.fired 2026-01-09T07:00:00Z boss@school.org; ");
  task = calm;
  task.priority = Priority::urgent;
  EXPECT_EQ(
      run(at("2026-02-01T00:00:00Z")),
      "escalation.fired 2026-01-08T23:00:00Z boss@school.org; escalation.fired 2026-01-09T00:00:00Z boss@school.org; ");
}

TEST_F(OneTask, WarningsAndBreachesEachOnce) {
  task.sla = rules->workplace().sla_for("standard", "x@y.org", "");
  EXPECT_EQ(run(at("2026-02-01T00:00:00Z")),
            "sla.breached 2026-01-09T09:00:00Z anna@school.org; sla.warned 2026-01-12T13:00:00Z bert@school.org; "
            "sla.breached 2026-01-12T15:00:00Z bert@school.org; ");
  EXPECT_EQ(next_wake(task, at("2026-02-01T00:00:00Z"), context), std::nullopt);
}

TEST_F(OneTask, AnswersAndPausesMoveDeadlines) {
  task.sla = rules->workplace().sla_for("standard", "x@y.org", "");
  EXPECT_EQ(next_wake(task, start, context), at("2026-01-09T09:00:00Z"));
  std::vector<Event> history(1);
  history[0] = replied_by(R"({"from":"anna@school.org"})");
  context.history = history;
  EXPECT_EQ(next_wake(task, start + minutes{10}, context), at("2026-01-12T13:00:00Z"));  // the warning of the solution
  const auto changes = commands::set_state(task, TaskState::pending, "user:anna", start + minutes{20});
  ASSERT_TRUE(changes);
  EXPECT_EQ(timers_set(*changes).at(0).due_at, start + minutes{20});  // escalate() looks at once
  task = changes->all<TaskChange>()[0].task;
  history.push_back(changes->events[0]);
  context.history = history;
  EXPECT_EQ(next_wake(task, start + minutes{20}, context), std::nullopt);  // paused
  const auto back = commands::set_state(task, TaskState::open, "user:anna", start + hours{24});
  task = back->all<TaskChange>()[0].task;
  history.push_back(back->events[0]);
  context.history = history;
  // 20 minutes until the pause, 40 minutes of Thursday and 7 hours of Friday in it.
  EXPECT_EQ(next_wake(task, start + hours{24}, context), at("2026-01-13T12:40:00Z"));
  const auto clocks = read_clocks(
      task.sla->sla, rules->workplace().calendar(task.sla->calendar),
      sla_facts(task, history, Sla::mail, [&](auto a) { return rules->workplace().is_staff(a); }), start + hours{24});
  EXPECT_EQ(clocks.at(0).taken, minutes{10});
  EXPECT_EQ(clocks.at(1).left, hours{16} - minutes{20});
}

TEST_F(OneTask, AStepForSilenceIsPassedOverWhenAnswered) {
  task.escalation.steps = {{hours{1}, "boss@school.org", false, true}, {hours{2}, "boss@school.org"}};
  const std::vector<Event> history{replied_by(R"({"from":"m@school.org"})")};
  task.team = "m@school.org";
  auto silent = task;
  context.history = history;
  EXPECT_EQ(run(start + hours{5}), "escalation.fired 2026-01-08T17:00:00Z boss@school.org; ");
  task = silent;
  context.history = {};
  EXPECT_EQ(
      run(start + hours{5}),
      "escalation.fired 2026-01-08T16:00:00Z boss@school.org; escalation.fired 2026-01-08T17:00:00Z boss@school.org; ");
}

TEST_F(OneTask, AChangedCalendarMovesTheTimerAndTellsNobody) {
  task.escalation.steps = {{hours{2}, "", true}};
  EXPECT_EQ(next_wake(task, start, context), at("2026-01-09T09:00:00Z"));
  Workplace later = rules->workplace();
  later.calendars = {};
  auto plan = rules->workplace().calendars.standard().plan();
  plan.days[*parse_local_day("2026-01-09")] = {{}, "closed", true};
  later.calendars.add(Calendar(plan));
  later.calendars.set_default("office");
  context.workplace = &later;
  const auto changes = escalate(task, {task.number, at("2026-01-09T09:00:00Z")}, at("2026-01-09T09:00:00Z"), context);
  EXPECT_TRUE(changes.events.empty());
  EXPECT_EQ(timers_set(changes).at(0).due_at, at("2026-01-12T09:00:00Z"));
}

TEST_F(OneTask, AChangedCalendarMovesWhatPeopleSeeUnlessTheySetIt) {
  task.escalation.steps = {{hours{2}, "", true}};
  EXPECT_EQ(due_by_chain(task, context), at("2026-01-09T09:00:00Z"));
  task.due_at = at("2026-01-08T17:00:00Z");
  const auto changes = correct_due(task, at("2026-01-09T09:00:00Z"), start, context);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.due_at, at("2026-01-09T09:00:00Z"));
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, task.version + 1);
  EXPECT_TRUE(timers_set(changes).empty());
  const std::vector<Event> history{
      {.kind = EventKind::task_due, .subject = task.number, .at = start + minutes{10}, .actor = "user:anna"}};
  context.history = history;
  EXPECT_TRUE(is_empty(correct_due(task, at("2026-01-09T09:00:00Z"), start, context)));
  task.escalation.started_at = start + hours{1};  // reopened since: the chain counts anew
  EXPECT_FALSE(is_empty(correct_due(task, at("2026-01-09T09:00:00Z"), start, context)));
  task.escalation.level = 1;
  EXPECT_EQ(due_by_chain(task, context), std::nullopt);
  task.escalation.level = 0;
  task.state = TaskState::closed;
  EXPECT_EQ(due_by_chain(task, context), std::nullopt);
  task.state = TaskState::open;
  task.escalation.steps = {{hours{2}, "", false}};
  EXPECT_EQ(due_by_chain(task, context), std::nullopt);
}

TEST_F(OneTask, QuietHoursHoldBackWordOfPromises) {
  task.sla = rules->workplace().sla_for("standard", "", "");
  task.sla->sla.targets[0]->wall_time = true;
  task.sla->sla.targets[0]->within = hours{10};  // 1:00 at night, in Berlin
  task.sla->sla.targets[0]->warn_before = hours{1};
  task.sla->sla.targets[3].reset();
  auto workplace = rules->workplace();
  workplace.slas.erase("standard");  // as the task remembers it
  context.workplace = &workplace;
  auto urgent = task;
  // The warning would come with the breach, when quiet hours end: the breach says it all.
  EXPECT_EQ(run(start + hours{40}), "sla.breached 2026-01-09T06:00:00Z anna@school.org; ");
  task = urgent;
  task.priority = Priority::urgent;
  EXPECT_EQ(run(start + hours{40}),
            "sla.warned 2026-01-09T00:00:00Z anna@school.org; sla.breached 2026-01-09T01:00:00Z anna@school.org; ");
}

TEST(Workplace, WhoStandsInIsOneOfUs) {
  const auto rules = load(kFile);
  EXPECT_TRUE(rules->workplace().is_staff("Carl@school.org"));  // only in an override
  EXPECT_FALSE(rules->workplace().is_staff("parent@home.org"));
}

TEST(Workplace, TheOnlyCalendarIsTheDefault) {
  EXPECT_EQ(load("calendars: {office: {time_zone: UTC}}")->workplace().calendars.default_name(), "office");
  EXPECT_EQ(load("calendars: {office: {time_zone: UTC, customers: ['@a.org']}}")->workplace().calendars.default_name(),
            "");
  EXPECT_EQ(
      load("calendars: {office: {time_zone: UTC}, other: {time_zone: UTC}}")->workplace().calendars.default_name(), "");
  EXPECT_EQ(error_of("calendars:\n  a: {time_zone: UTC, customers: ['@a.org']}\n  b: {time_zone: UTC, customers: "
                     "[x@b.org, '@A.org']}"),
            "3: '@A.org' has the calendar 'a' already");
}

TEST(Workplace, HandoverAtMidnight) {
  const auto rules = load(
      "on_call: {a: {time_zone: UTC, start: 2026-01-05, handover: 0:00, members: [a@b.org, c@d.org], rotation: "
      "daily}}");
  const auto& rota = rules->workplace().on_call.at("a");
  EXPECT_EQ(on_call_at(rota, at("2026-01-05T00:00:00Z")), "a@b.org");
  EXPECT_EQ(on_call_at(rota, at("2026-01-06T00:00:00Z")), "c@d.org");
  EXPECT_EQ(error_of("on_call: {a: {time_zone: UTC, handover: '24:00', members: a@b.org}}"),
            "1: '24:00' is not a time of the day");
}

TEST(TaskSla, ComesBackFromItsText) {
  const auto rules = load(kFile);
  auto sla = *rules->workplace().sla_for("gold", "", "");
  sla.tell(SlaClock::keep_informed, true, at("2026-01-08T15:00:00.123Z"));
  sla.tell(SlaClock::keep_informed, true, at("2026-01-08T16:00:00.123Z"));
  EXPECT_EQ(sla.told.size(), 1U);
  EXPECT_EQ(task_sla_from_text(to_text(sla)), sla);
  EXPECT_EQ(task_sla_from_text(""), std::nullopt);
  for (const auto* text : {"{", "[]", "7", "{\"targets\":[{\"clock\":99}]}", "{\"targets\":7,\"told\":[1]}"})
    (void)task_sla_from_text(text);
}

}  // namespace
}  // namespace orgo
