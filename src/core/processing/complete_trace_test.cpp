// A trace that is made when somebody reads it has the words of one that is made with the decision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"
#include "core/module/module_set.h"
#include "core/processing/decide.h"
#include "core/processing/trace.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

const auto kMonday = from_ms(1'800'266'400'000);  // 2027-01-18T10:00:00Z

constexpr const char* kRules = R"(
match: all
keywords: {wet: [leak, fuite]}
calendars:
  school: {time_zone: Europe/Berlin, default: true, hours: {mon-fri: '08:00-16:00'}}
teams:
  desk: {members: [ann@example.org]}
rules:
  - name: leak
    condition: "subject contains 'leak' and body matches /room [0-9]+/i"
    action: {route_to: water@school.example, set_priority: high}
  - condition: "keywords contains 'wet' and from staff"
    action: {tag: wet}
  - name: at night
    condition: "outside business hours and subject contains 'leak'"
    action: {notify: night@school.example}
  - name: morning
    condition: "within business hours and hour < 12 and subject contains ['leak', 'fire']"
    action: {tag: morning}
  - name: again
    condition: "earlier messages > 2 and open tasks > 0"
    action: {tag: again}
  - name: list
    condition: "finding is mailing_list"
    action: {tag: list}
  - name: thread
    condition: "thread is open and thread team is 'water@school.example' and body contains 'still'"
    action: {set_priority: urgent, tag: still}
  - name: zebra
    condition: "body contains 'zebra'"
    action: {drop: true}
)";

std::shared_ptr<const rules::RuleSet> loaded(const std::string& text) {
  const std::vector<SourceFile> files{{"rules.yaml", text}};
  auto made = rules::load_rules(files);
  EXPECT_TRUE(made.rules) << to_string(made.errors, files);
  return made.rules;
}

struct Mail {
  std::string bytes;
  TimePoint at = kMonday;
  std::optional<Task> thread{};
  rules::SenderHistory sender{};
};

std::string mail(const std::string& subject, const std::string& text, const std::string& more = {}) {
  return "From: Ann <ann@example.org>\r\nTo: office@school.example\r\nSubject: " + subject + "\r\n" + more +
         "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n";
}

Task task_of_water() {
  Task task{.tenant = kTenant, .number = TaskNumber{12}};
  task.state = TaskState::open;
  task.version = 3;
  task.team = "water@school.example";
  task.tags = {"wet", "old"};
  task.priority = Priority::high;
  return task;
}

std::vector<Mail> mails() {
  return {{mail("Water leak", "in room 102, fuite d'eau")},
          {mail("Water leak", "in the hall"), kMonday + std::chrono::hours(13)},
          {mail("a LEAK", "Room 7", "List-Id: <all.example.org>\r\n"), kMonday, std::nullopt, {5, 2}},
          {mail("fire", "the zebra")},
          {mail("nothing", "of interest"), kMonday, std::nullopt, {1, 0}},
          {mail("Re: Water leak", "still wet"), kMonday, task_of_water()},
          {mail("Re: Water leak", "dry now"), kMonday - std::chrono::hours(48), task_of_water(), {9, 1}}};
}

class CompleteTrace : public testing::Test {
 protected:
  Incoming incoming(const Mail& one) const {
    Incoming made{.id = MessageId{7}, .envelope = {.tenant = kTenant}};
    made.envelope.sender = mail_contact("ann@example.org");
    made.envelope.recipient = mail_contact("office@school.example");
    made.envelope.received_at = one.at;
    made.message = read_message(one.bytes);
    made.raw = one.bytes;
    return made;
  }
  Trace traced(const Mail& one, const rules::RuleSet& rules, TraceDepth depth, const TimeZone& zone = {}) const {
    Context context;
    context.thread.task = one.thread;
    context.sender = one.sender;
    DecideSettings settings;
    settings.trace = depth;
    settings.zone = zone;
    const auto changes = decide(incoming(one), context, rules, settings, kMonday + std::chrono::hours(72));
    auto trace = parse_trace(changes.find<MessageDecision>()->trace);
    EXPECT_TRUE(trace);
    return trace.value_or(Trace{});
  }
  std::string read_later(const Mail& one, const rules::RuleSet& rules, Trace stored) const {
    const auto again = incoming(one);
    complete(stored, rules, again.message, again.envelope, again.raw);
    return to_json(stored);
  }
};

TEST_F(CompleteTrace, HasTheWordsThatItWouldHaveHadAtOnce) {
  const auto rules = loaded(kRules);
  ASSERT_TRUE(rules);
  std::size_t held = 0;
  for (const auto& one : mails()) {
    const auto at_once = traced(one, *rules, TraceDepth::near);
    const auto stored = traced(one, *rules, TraceDepth::decided);
    EXPECT_TRUE(stored.rules.empty()) << "what can be computed again is not stored";
    for (const auto& rule : at_once.rules) held += rule.matched ? 1 : 0;
    EXPECT_EQ(read_later(one, *loaded(kRules), stored), to_json(at_once)) << one.bytes;
  }
  EXPECT_GE(held, 8U) << "the mails say little about the rules";
}

TEST_F(CompleteTrace, KnowsTheZoneOfThen) {
  const std::string text = "rules: [{name: early, condition: 'hour < 12 and weekday is mon', action: {tag: early}}]\n";
  const auto rules = loaded(text);
  ASSERT_TRUE(rules);
  for (const auto* name : {"UTC", "Asia/Tokyo", "America/New_York"}) {
    const auto zone = TimeZone::find(name);
    ASSERT_TRUE(zone);
    const Mail one{mail("a", "b")};
    EXPECT_EQ(read_later(one, *rules, traced(one, *rules, TraceDepth::decided, *zone)),
              to_json(traced(one, *rules, TraceDepth::near, *zone)))
        << name;
  }
}

TEST_F(CompleteTrace, KnowsTheModulesOfThen) {
  modules::ModuleSource source{"sports", "modules/sports", {}};
  const auto put = [&](const std::string& path, const std::string& text) {
    source.files.push_back({source.folder + "/" + path, text});
  };
  put("module.yaml", "name: sports\nversion: 1.0.0\nteams: {crew: who comes}\n");
  put("lexicon/en.yaml", "language: en\nkeywords: {ball: [ball, net]}\n");
  put("rules.yaml",
      "rules:\n  - name: ball\n    condition: keywords contains 'ball'\n    action: {route_to: crew}\n"
      "  - condition: subject contains 'hall'\n    action: {tag: hall}\n");
  const auto read = modules::load_modules({source});
  ASSERT_TRUE(read.refused.empty());
  const auto rules = modules::combine(
      loaded("rules:\n  - name: leak\n    condition: subject contains 'leak'\n    action: {route_to: w@s.example}\n"),
      read.modules);
  for (const auto& one : {Mail{mail("a ball in the hall", "and a net")}, Mail{mail("leak", "ball")},
                          Mail{mail("hall", "nothing else")}, Mail{mail("nothing", "at all")}})
    EXPECT_EQ(read_later(one, *rules, traced(one, *rules, TraceDepth::decided)),
              to_json(traced(one, *rules, TraceDepth::near)))
        << one.bytes;
}

TEST_F(CompleteTrace, WhatDecidedStaysWhateverIsReadNow) {
  const auto then = loaded(
      "match: all\nrules:\n  - {name: a, condition: \"subject contains 'leak'\", action: {tag: a}}\n"
      "  - {name: b, condition: \"subject contains 'fire'\", action: {tag: b}}\n");
  const auto now = loaded(
      "match: all\nrules:\n  - {name: a, condition: \"subject contains 'fire'\", action: {tag: a}}\n"
      "  - {name: b, condition: \"subject contains 'leak'\", action: {tag: b}}\n");
  const Mail one{mail("leak", "x")};
  auto trace = traced(one, *then, TraceDepth::decided);
  const auto again = incoming(one);
  complete(trace, *now, again.message, again.envelope, again.raw);
  ASSERT_EQ(trace.rules.size(), 3U);
  EXPECT_EQ(trace.rules[0].rule, "a");
  EXPECT_TRUE(trace.rules[0].matched);
  EXPECT_THAT(trace.rules[0].why, testing::HasSubstr("it held then"));
  EXPECT_EQ(trace.rules[1].rule, "b");
  EXPECT_FALSE(trace.rules[1].matched);
  EXPECT_THAT(trace.rules[1].why, testing::HasSubstr("did not act then"));
}

TEST_F(CompleteTrace, WithoutItsRulesOrBytesItTellsWhatDecided) {
  const auto rules = loaded(kRules);
  auto trace = traced(mails().front(), *rules, TraceDepth::decided);
  complete_without(trace, "the bytes are gone");
  ASSERT_FALSE(trace.rules.empty());
  EXPECT_EQ(trace.rules[0].rule, "leak");
  EXPECT_TRUE(trace.rules[0].matched);
  EXPECT_EQ(trace.rules[0].why, "it held; why can't be told: the bytes are gone");
  auto none = traced(mails()[4], *rules, TraceDepth::decided);
  complete_without(none, "the bytes are gone");
  ASSERT_EQ(none.rules.size(), 1U);
  EXPECT_FALSE(none.rules[0].matched);
  const auto before = to_json(trace);
  complete_without(trace, "again");
  EXPECT_EQ(to_json(trace), before) << "what is complete stays";
}

TEST_F(CompleteTrace, OfNoRulesAskedNothingIsComputed) {
  auto bounce = mails().front();
  bounce.bytes = mail("Automatic reply: leak", "I am away", "Auto-Submitted: auto-replied\r\n");
  const auto rules = loaded(kRules);
  const auto stored = traced(bounce, *rules, TraceDepth::decided);
  EXPECT_FALSE(stored.asked);
  EXPECT_EQ(read_later(bounce, *rules, stored), to_json(traced(bounce, *rules, TraceDepth::near)));
}

}  // namespace
}  // namespace orgo
