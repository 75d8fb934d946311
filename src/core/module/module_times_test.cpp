#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clocks/clocks.h"
#include "core/escalation/escalate.h"
#include "core/module/joined_workplace.h"
#include "core/module/module_set.h"
#include "core/processing/decide.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"

// What modules say of times and people: calendars, service levels, teams, rotas and quiet hours, under names of their
// own.

namespace orgo::modules {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}
const TimePoint kMonday = at("2026-11-23T10:00:00Z");

using Files = std::vector<std::pair<std::string, std::string>>;
ModuleSource source(const std::string& name, const Files& files) {
  ModuleSource made{name, "modules/" + name, {}};
  for (const auto& [path, text] : files) made.files.push_back({made.folder + "/" + path, text});
  return made;
}

constexpr const char* kManifest = "version: 1.0.0\nteams: {desk: first line}\nroles: {head: }\n";

ModuleSource helpdesk(const std::string& version = "1.0.0") {
  return source(
      "help", {{"module.yaml", "name: help\nversion: " + version + "\nteams: {desk: first line}\nroles: {head: }\n"},
               {"calendars.yaml",
                "calendars:\n  office: {default: true, hours: {weekdays: '09:00-17:00'}}\n  never: {time_zone: "
                "Asia/Kolkata, hours: always}\n"},
               {"slas.yaml",
                "slas:\n  usual: {default: true, first_response: 4 hours}\n  urgent: {calendar: never, first_response: "
                "15 minutes, notify: crew}\n"},
               {"teams.yaml",
                "teams:\n  crew: {address: crew@help.example, on_call: night, sla: usual}\n  desk: {calendar: office}\n"
                "on_call:\n  night: {time_zone: Europe/Berlin, rotation: daily, start: 2026-01-05, members: "
                "[n1@help.example]}\n"
                "quiet_hours: {hours: {daily: '22:00-07:00'}}\n"},
               {"rules.yaml",
                "match: first\nrules:\n"
                "  - {name: fire, condition: subject contains fire, action: {route_to: crew, sla: urgent, "
                "escalate_after: 1 business hour, escalate_to: night}}\n"
                "  - {name: late, condition: subject contains late and outside business hours of office, action: {tag: "
                "late, route_to: desk}}\n"
                "  - {name: any, condition: subject contains help, action: {route_to: desk, escalate_after: 2 hours, "
                "escalate_to: head}}\n"}});
}

std::shared_ptr<const rules::RuleSet> own_rules(const std::string& text) {
  auto loaded = rules::load_rules({{"rules.yaml", text}});
  EXPECT_THAT(loaded.errors, IsEmpty()) << (loaded.errors.empty() ? "" : loaded.errors.front().message);
  return loaded.rules;
}

std::string errors_of(const Shelf& shelf) {
  std::string text;
  for (const auto& refused : shelf.refused)
    for (const auto& error : refused.errors)
      text += error.path + ":" + std::to_string(error.line) + ": " + error.message + "\n";
  return text;
}

Task opened(const rules::RuleSet& rules, const std::string& subject, TimePoint now = kMonday) {
  Incoming incoming{.envelope = {.tenant = kTenant}};
  incoming.id = MessageId{1};
  incoming.message.subject = subject;
  incoming.message.from = Address{"", "anna@example.org"};
  incoming.envelope.sender = mail_contact("anna@example.org");
  incoming.envelope.recipient = mail_contact("office@school.org");
  incoming.envelope.received_at = now;
  auto changes = decide(incoming, {}, rules, {}, now);
  EXPECT_THAT(changes.all<TaskChange>(), SizeIs(1));
  auto task = changes.all<TaskChange>().empty() ? Task{.tenant = kTenant} : changes.all<TaskChange>()[0].task;
  task.number = TaskNumber{1};
  return task;
}

/// "help/usual by help/office, due 2026-..."
std::string promise(const rules::RuleSet& rules, const Task& task, TimePoint now = kMonday) {
  if (!task.sla) return "none";
  const auto& place = rules.workplace();
  const auto& sla = place.current(*task.sla);
  const auto due =
      next_due(read_clocks(sla, place.calendar(task.sla->calendar), sla_facts(task, {}, sla.answered_by), now));
  return task.sla->sla.name + " by " + task.sla->calendar + ", due " + (due ? to_rfc3339(*due) : "never");
}

TEST(ModuleTimes, HoldUnderFullNames) {
  const auto shelf = load_modules({helpdesk()});
  ASSERT_EQ(errors_of(shelf), "");
  const auto rules =
      combine(own_rules("rules: []"), shelf.modules, {}, {{"desk", "it@school.org"}, {"head", "head@school.org"}});
  const auto fire = opened(*rules, "fire");
  EXPECT_EQ(fire.team, "help/crew");
  EXPECT_EQ(promise(*rules, fire), "help/urgent by help/never, due 2026-11-23T10:15:00Z");
  EXPECT_EQ(fire.sla->sla.notify, "help/crew");
  EXPECT_EQ(fire.escalation.steps.at(0).to, "help/night");
  EXPECT_EQ(rules->workplace().address_of(fire.team, kMonday, false), "crew@help.example");
  EXPECT_EQ(rules->workplace().address_of(fire.team, kMonday, true), "n1@help.example");
  const auto any = opened(*rules, "help");
  EXPECT_EQ(any.team, "help/desk") << "it declares more of the team than its name";
  EXPECT_EQ(rules->workplace().address_of(any.team, kMonday, false), "it@school.org")
      << "the organization says who they are";
  EXPECT_EQ(promise(*rules, any), "help/usual by help/office, due 2026-11-23T14:00:00Z");
  EXPECT_EQ(any.escalation.steps.at(0).to, "head@school.org");
}

TEST(ModuleTimes, TheOrganizationsDefaultCalendarCountsMoreThanTheModules) {
  const auto modules = load_modules({helpdesk()}).modules;
  // It opens at 11 in Delhi: 10:00 UTC is 15:30 there.
  const std::string house =
      "calendars: {house: {default: true, time_zone: Asia/Kolkata, hours: {weekdays: '11:00-19:30'}}}\n";
  auto task = opened(*combine(own_rules(house), modules), "help me with this");
  EXPECT_EQ(task.sla->calendar, "help/office") << "the team of the module has it by name";
  EXPECT_EQ(promise(*combine(own_rules(house), modules), task), "help/usual by help/office, due 2026-11-24T06:00:00Z")
      << "half past three in Delhi, until five, then from nine on: a calendar without a zone is in the organization's";
  task.sla = combine(own_rules(house), modules)->workplace().sla_for("", "x@y.z", "", "help/fault");
  EXPECT_EQ(task.sla->calendar, "house");
  EXPECT_EQ(task.sla->sla.name, "help/usual");
  const auto other = combine(own_rules(house), modules)->workplace().sla_for("", "x@y.z", "", "hr/leave");
  EXPECT_FALSE(other) << "what a module promises holds for its own tasks";
}

TEST(ModuleTimes, WithoutAnyDefaultTheZoneIsTheConfiguredOne) {
  const auto rules =
      combine(own_rules("rules: []"), load_modules({helpdesk()}).modules, {}, {}, *TimeZone::find("Asia/Kolkata"));
  EXPECT_EQ(promise(*rules, opened(*rules, "help")), "help/usual by help/office, due 2026-11-24T06:00:00Z");
  EXPECT_EQ(rules->workplace().calendars.find("help/never")->zone().name(), "Asia/Kolkata");
}

TEST(ModuleTimes, TheOrganizationOverridesByTheFullName) {
  const auto modules = load_modules({helpdesk()}).modules;
  const auto rules = combine(
      own_rules("calendars: {help/office: {time_zone: UTC, hours: {weekdays: '09:00-17:00'}, holidays: [2026-11-23]}}\n"
                "slas: {help/urgent: {first_response: 1 wall hour}}\n"
                "teams: {help/crew: fire@school.org}\n"),
      modules);
  EXPECT_EQ(promise(*rules, opened(*rules, "help")), "help/usual by help/office, due 2026-11-24T13:00:00Z")
      << "Monday is a local holiday";
  const auto fire = opened(*rules, "fire");
  EXPECT_EQ(promise(*rules, fire), "help/urgent by help/office, due 2026-11-23T11:00:00Z");
  EXPECT_EQ(rules->workplace().address_of(fire.team, kMonday, true), "fire@school.org");
}

TEST(ModuleTimes, ASlipInAnOverrideIsAWarning) {
  const auto shelf = load_modules(
      {helpdesk()},
      {{"rules.yaml",
        "calendars:\n  help/offce: {time_zone: UTC, hours: always}\nteams: {other/desk: a@b.c, help/crew: a@b.c}\n"}});
  ASSERT_THAT(shelf.warnings, SizeIs(1));
  EXPECT_EQ(shelf.warnings[0].line, 2);
  EXPECT_EQ(shelf.warnings[0].message, "module 'help' has no calendar 'offce', so this overrides nothing");
  EXPECT_THAT(shelf.warnings[0].hint, HasSubstr("office"));
  EXPECT_THAT(shelf.refused, IsEmpty());
}

TEST(ModuleTimes, TwoModulesHaveTheSameNamesApart) {
  auto other = helpdesk();
  other.name = "aid";
  for (auto& file : other.files) {
    file.path.replace(file.path.find("help"), 4, "aid");
    for (const auto& [from, to] :
         {std::pair{"name: help", "name: aid"}, std::pair{"first_response: 4 hours", "first_response: 1 hour"}})
      if (const auto place = file.text.find(from); place != std::string::npos)
        file.text.replace(place, std::string_view(from).size(), to);
  }
  other.folder = "modules/aid";
  const auto shelf = load_modules({helpdesk(), other});
  ASSERT_EQ(errors_of(shelf), "");
  const auto rules = combine(own_rules("rules: []"), shelf.modules);
  EXPECT_EQ(rules->workplace().slas.at("help/usual").target(SlaClock::first_response)->within, std::chrono::hours(4));
  EXPECT_EQ(rules->workplace().slas.at("aid/usual").target(SlaClock::first_response)->within, std::chrono::hours(1));
}

TEST(ModuleTimes, TasksOfARemovedModuleKeepTheirClocksAndChains) {
  const auto before =
      combine(own_rules("rules: []"), load_modules({helpdesk()}).modules, {}, {{"desk", "it@school.org"}});
  const auto task = opened(*before, "fire");
  const auto due = promise(*before, task);
  const auto after = combine(own_rules("rules: []"), {}, {read_remains(helpdesk())}, {{"desk", "it@school.org"}});
  EXPECT_EQ(promise(*after, task), due);
  EXPECT_EQ(after->workplace().address_of("help/crew", kMonday, true), "n1@help.example");
  EXPECT_EQ(after->workplace().address_of("help/desk", kMonday, true), "it@school.org");

  EscalationContext context;
  context.workplace = &after->workplace();
  const auto wake = next_wake(task, kMonday, context);
  ASSERT_TRUE(wake);
  EXPECT_EQ(to_rfc3339(*wake), "2026-11-23T10:15:00Z");
  const auto fired = escalate(task, {task.number, *wake}, *wake, context);
  ASSERT_THAT(fired.sends, SizeIs(1));
  EXPECT_EQ(fired.sends[0].recipient.address, "n1@help.example");
  EXPECT_THAT(fired.sends[0].note, HasSubstr("service level help/urgent"));
}

TEST(ModuleTimes, WhatANewVersionLacksTheOldOneStillGives) {
  auto newer = helpdesk("2.0.0");
  newer.files[2].text = "slas: {usual: {default: true, first_response: 1 hour}}\n";
  newer.files[3].text = "teams: {desk: {calendar: office}}\n";
  newer.files[4].text = "rules: [{name: any, action: {route_to: desk}}]\n";
  const auto shelf = load_modules({newer});
  ASSERT_EQ(errors_of(shelf), "");
  const auto rules = combine(own_rules("rules: []"), shelf.modules, {read_remains(helpdesk())});
  EXPECT_EQ(rules->workplace().slas.at("help/usual").target(SlaClock::first_response)->within, std::chrono::hours(1));
  EXPECT_TRUE(rules->workplace().slas.contains("help/urgent"));
  EXPECT_EQ(rules->workplace().address_of("help/night", kMonday, true), "n1@help.example");
}

TEST(ModuleTimes, RemainsNeedNoOtherModuleAndForgiveErrors) {
  auto old = helpdesk();
  old.files[0].text += "needs: {gone: 1}\n";
  old.files[4].text += "  - {name: odd, condition: keywords contains 'gone/word', action: {route_too: crew}}\n";
  const auto remains = read_remains(old);
  EXPECT_TRUE(remains.workplace.slas.contains("urgent"));
  EXPECT_EQ(remains.workplace.teams.at("crew").address, "crew@help.example");
}

TEST(ModuleTimes, QuietHoursAreForTheModulesTasks) {
  const auto modules = load_modules({helpdesk()}).modules;
  const auto place = combine(own_rules("rules: []"), modules);
  ASSERT_NE(place->workplace().quiet_for("help"), nullptr);
  EXPECT_EQ(place->workplace().quiet_for("hr/leave"), nullptr);
  const auto night = at("2026-11-23T21:00:00Z");
  const auto task = opened(*place, "help", night);
  EscalationContext context;
  context.workplace = &place->workplace();
  auto later = task;
  later.sla.reset();
  EXPECT_EQ(to_rfc3339(*next_wake(later, night, context)), "2026-11-24T07:00:00Z")
      << "two hours on it is eleven at night";
  const auto loud = combine(own_rules("quiet_hours: {time_zone: UTC, hours: {daily: '02:00-03:00'}}\n"), modules);
  context.workplace = &loud->workplace();
  EXPECT_EQ(to_rfc3339(*next_wake(later, night, context)), "2026-11-23T23:00:00Z")
      << "the organization's count instead";
}

TEST(ModuleTimes, ConditionsKnowTheModulesCalendars) {
  const auto rules = combine(own_rules("rules: []"), load_modules({helpdesk()}).modules);
  EXPECT_THAT(opened(*rules, "late", at("2026-11-23T18:00:00Z")).tags, testing::ElementsAre("late"));
  EXPECT_THAT(opened(*rules, "late", kMonday).tags, IsEmpty());
}

TEST(ModuleTimes, AModulesTeamIsMeantByItsNameAlone) {
  const auto rules = combine(own_rules("rules: []"), load_modules({helpdesk()}).modules);
  EXPECT_EQ(rules->workplace().address_of("crew@help.example", kMonday, true), "crew@help.example")
      << "who writes the address means no rota of a module";
  EXPECT_EQ(rules->workplace().team("crew@help.example"), nullptr);
  EXPECT_TRUE(rules->workplace().is_staff("crew@help.example")) << "but an answer from there is one of ours";
}

TEST(ModuleTimes, ATeamWithNobodyIsTheOrganizationsOfThatName) {
  const auto rules = combine(own_rules("teams: {desk: {address: ours@school.org, members: [ann@school.org]}}\n"),
                             load_modules({helpdesk()}).modules);
  EXPECT_EQ(rules->workplace().address_of("help/desk", kMonday, false), "ours@school.org");
  EXPECT_EQ(rules->workplace().teams.at("help/desk").calendar, "help/office");
}

TEST(ModuleTimes, ANameBecomesSomebodyWhenItIsSaidWhoThatIs) {
  const auto modules = load_modules({helpdesk()}).modules;
  const auto task = opened(*combine(own_rules("rules: []"), modules), "help");
  EXPECT_EQ(task.escalation.steps.at(0).to, "head");
  EXPECT_EQ(combine(own_rules("rules: []"), modules)->workplace().address_of("head", kMonday, true), "");
  EXPECT_EQ(combine(own_rules("rules: []"), modules, {}, {{"head", "h@school.org"}})
                ->workplace()
                .address_of("head", kMonday, true),
            "h@school.org");
  const auto ours = combine(own_rules("teams: {head: boss@school.org}"), modules, {}, {{"head", "h@school.org"}});
  EXPECT_EQ(ours->workplace().address_of("head", kMonday, true), "boss@school.org")
      << "the organization's own files count more";
}

TEST(ModuleTimes, MistakesAreToldWithBothSides) {
  const auto errors = [](const Files& more) {
    Files files{{"module.yaml", "name: m\n" + std::string(kManifest)}};
    files.insert(files.end(), more.begin(), more.end());
    return errors_of(load_modules({source("m", files)}));
  };
  EXPECT_EQ(errors({{"slas.yaml", "slas: {a: {calendar: nope, first_response: 1 hour}}"}}),
            "modules/m/slas.yaml:1: unknown calendar 'nope'\n");
  EXPECT_EQ(errors({{"slas.yaml", "slas: {a/b: {first_response: 1 hour}}"}}),
            "modules/m/slas.yaml:1: names of a module have no /\n");
  EXPECT_EQ(errors({{"slas.yaml", "slas: {a: {first_response: 1 hour, customers: ['@x.org']}}"}}),
            "modules/m/slas.yaml:1: a module doesn't know the customers of an organization\n");
  EXPECT_EQ(errors({{"rules.yaml", "rules:\n  - {name: r, action: {sla: gold, route_to: desk}}"}}),
            "modules/m/rules.yaml:2: unknown service level 'gold'\n");
  EXPECT_EQ(errors({{"teams.yaml", "\nteams: {crew: a@b.c}"},
                    {"rules/a.yaml", "rules: [{name: r, action: {route_to: crow}}]"}}),
            "modules/m/rules/a.yaml:1: 'crow' is neither a team nor a role of this module\n");
  auto two = source("m", {{"module.yaml", "name: m\nversion: 1\nteams:\n  crew: {address: a@b.c}\n"},
                          {"teams.yaml", "teams:\n  crew: d@e.f\n"}});
  EXPECT_EQ(errors_of(load_modules({two})),
            "modules/m/teams.yaml:2: team 'crew' has the address d@e.f here and a@b.c in modules/m/module.yaml:4\n");
  const auto twice = load_modules({source("m", {{"module.yaml", "name: m\n" + std::string(kManifest)},
                                                {"slas.yaml", "slas: {a: {first_response: 1 hour}}"},
                                                {"rules.yaml", "slas: {a: {first_response: 2 hours}}"}})});
  ASSERT_THAT(twice.refused, SizeIs(1));
  EXPECT_EQ(twice.refused[0].errors.at(0).message, "service level 'a' is here a second time");
  EXPECT_THAT(twice.refused[0].errors.at(0).hint, HasSubstr("first in modules/m/"));
}

TEST(ModuleTimes, FeedsLieInTheFolder) {
  const std::string feed =
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261123\r\nSUMMARY:Fair\r\nEND:VEVENT\r\nEND:"
      "VCALENDAR\r\n";
  const auto shelf = load_modules(
      {source("m", {{"module.yaml", "name: m\n" + std::string(kManifest)},
                    {"fairs.ics", feed},
                    {"calendars.yaml", "calendars: {c: {hours: always, holidays: [{file: fairs.ics}]}}"}})});
  ASSERT_EQ(errors_of(shelf), "");
  EXPECT_FALSE(open_at(*combine(own_rules("rules: []"), shelf.modules)->workplace().calendars.find("m/c"), kMonday));
}

TEST(ModuleTimes, ACalendarWithoutAZoneIsInThatOfTheHouse) {
  const auto modules = load_modules({helpdesk()}).modules;
  const auto zone_of = [&](const std::string& own, const TimeZone& configured) {
    return combine(own_rules(own), modules, {}, {}, configured)
        ->workplace()
        .calendars.find("help/office")
        ->zone()
        .name();
  };
  const auto kolkata = *TimeZone::find("Asia/Kolkata");
  EXPECT_EQ(zone_of("rules: []", {}), "UTC");
  EXPECT_EQ(zone_of("rules: []", kolkata), "Asia/Kolkata");
  EXPECT_EQ(zone_of("calendars: {house: {time_zone: Europe/Berlin}}\n", kolkata), "Europe/Berlin");
  EXPECT_NE(combine(own_rules("rules: []"), modules)->version(),
            combine(own_rules("rules: []"), modules, {}, {}, kolkata)->version());
}

}  // namespace
}  // namespace orgo::modules
