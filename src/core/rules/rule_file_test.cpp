#include "core/rules/rule_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/source_dir.h"

namespace orgo::rules {
namespace {

using testing::HasSubstr;

/// "line:column+length: message; hint" of each error, in the order they are told.
std::string errors_of(const std::string& yaml, const RuleLimits& limits = {}) {
  std::vector<Diagnostic> errors;
  (void)read_rule_files({{"r.yaml", yaml}}, errors, limits);
  std::string out;
  for (const auto& error : errors) {
    out += (out.empty() ? "" : "\n") + std::to_string(error.line) + ":" + std::to_string(error.column) + "+" +
           std::to_string(error.length) + ": " + error.message;
    if (!error.hint.empty()) out += "; " + error.hint;
  }
  return out;
}
std::string action_errors(const std::string& action) {
  return errors_of("rules:\n  - action: {" + action + "}\n");
}

TEST(RuleFile, Shape) {
  const std::string nothing = "1:1+1: there is nothing in this file; write rules: [] when there are to be no rules";
  for (const auto* empty : {"", "\n\n", "# saved by an editor\n", "---\n", "--- ~\n", "\xEF\xBB\xBF", "{}\n"})
    EXPECT_EQ(errors_of(empty), nothing) << empty;
  for (const auto* without : {"rules:\n", "rules: ~\n", "rules: null\n", "match: first\nrules:\n", "rules: # none\n"})
    EXPECT_THAT(errors_of(without),
                HasSubstr("there is nothing behind rules; write rules: [] when there are to be none"))
        << without;
  for (const auto* meant : {"rules: []\n", "match: first\nrules: []", "keywords: {gym: [hall]}\n"})
    EXPECT_EQ(errors_of(meant), "") << meant;
  EXPECT_EQ(errors_of("[]"), "1:1+1: a rule file must be a mapping (key: value)");
  EXPECT_EQ(errors_of("rule: []\n"),
            "1:1+4: unknown key 'rule'; did you mean 'rules'? (known: calendars, extract, keywords, match, on_call, "
            "quiet_hours, rules, slas, teams, templates)");
  EXPECT_EQ(errors_of("rules: 5\n"), "1:8+1: rules must be a list (- item)");
  EXPECT_EQ(errors_of("rules: [5]\n"), "1:9+1: a rule must be a mapping (key: value)");
  EXPECT_EQ(errors_of("rules:\n  - condition: always\n"),
            "2:5+1: this rule has no action; as in action: {route_to: \"office@school.org\"}");
  EXPECT_EQ(errors_of("rules:\n  - {cond: a, action: {drop: true}}\n"),
            "2:6+4: unknown key of a rule 'cond'; known: action, condition, extract, name, table");
  EXPECT_EQ(errors_of("match: any\n"), "1:8+3: unknown match 'any'; known: all, first");
}

TEST(RuleFile, Actions) {
  EXPECT_EQ(action_errors(""),
            "2:13+1: this action does nothing; known: assign, drop, escalate_after, escalate_calendar, escalate_to, "
            "note, notify, reply_with, route_to, set_priority, sla, stop, tag, task_type, webhook");
  EXPECT_EQ(action_errors("route_to: ''"), "2:24+2: route_to is empty");
  EXPECT_EQ(action_errors("route_to: []"), "2:24+1: route_to is empty");
  EXPECT_EQ(action_errors("route_to: a@b@c"),
            "2:24+5: 'a@b@c' is neither an address nor the name of a team; as in maintenance@school.org");
  EXPECT_EQ(action_errors("route_to: maintenance"), "");
  EXPECT_EQ(action_errors("notify: office"), "2:22+6: 'office' is not an address; as in office@school.org");
  EXPECT_EQ(action_errors("notify: [a@b.org, 'c d@e.org']"),
            "2:32+11: 'c d@e.org' is not an address; as in office@school.org");
  EXPECT_EQ(action_errors("set_priority: hihg"),
            "2:28+4: unknown priority 'hihg'; did you mean 'high'? (known: high, low, normal, urgent)");
  EXPECT_EQ(action_errors("tag: 'a,b'"), "2:19+5: a tag is at most 64 bytes long and has no comma");
  EXPECT_EQ(action_errors("webhook: ftp://x"),
            "2:23+7: 'ftp://x' is not an http or https URL; as in https://hooks.school.org/orgo");
  EXPECT_EQ(action_errors("webhook: 'http://x/a b'"),
            "2:23+14: 'http://x/a b' is not an http or https URL; as in https://hooks.school.org/orgo");
  EXPECT_EQ(action_errors("drop: maybe"), "2:20+5: 'maybe' is neither true nor false");
  EXPECT_EQ(action_errors("assign: [a, b]"), "2:22+1: assign must be one text, not a list");
}

TEST(RuleFile, Escalation) {
  EXPECT_EQ(action_errors("escalate_after: 2 hourz"),
            "2:30+7: '2 hourz' is not a duration; write a number and a unit, as in \"2 hours\"");
  EXPECT_EQ(action_errors("escalate_after: 0 s"), "2:30+3: 0 seconds is out of range; from 1 second to 365 days");
  EXPECT_EQ(action_errors("escalate_to: a@b.org"),
            "2:27+7: escalate_to without escalate_after: when?; add escalate_after: \"2 hours\"");
  EXPECT_EQ(action_errors("escalate_to: [{after: 2 hours, to: a@b.org}, {after: 2 hours, to: c@d.org}]"),
            "2:67+7: 2 hours is not later than the step before (2 hours); steps count from when the task was opened");
  EXPECT_EQ(action_errors("escalate_after: 3 hours, escalate_to: [{after: 2 hours, to: a@b.org}]"),
            "2:61+7: 2 hours is not later than the step before (3 hours); steps count from when the task was opened");
  // Of one kind of time each is later than the one before, whatever stands between them.
  EXPECT_EQ(action_errors("escalate_to: [{after: 2 business hours, to: a@b.org}, {after: 1 hour, to: c@d.org}, "
                          "{after: 3 business hours, to: e@f.org}]"),
            "");
  EXPECT_EQ(action_errors("escalate_to: [{after: 2 business hours, to: a@b.org}, {after: 1 hour, to: c@d.org}, "
                          "{after: 1 business hour, to: e@f.org}]"),
            "2:106+15: 1 hour is not later than the step before (2 hours); steps count from when the task was opened");
  EXPECT_EQ(action_errors("escalate_to: [{after: 2 hours}]"),
            "2:28+1: this step has no to; as in {after: \"2 hours\", to: \"head@school.org\"}");
  EXPECT_EQ(action_errors("escalate_to: [{afer: 2 hours, to: a}]"),
            "2:28+1: this step has no after; as in {after: \"2 hours\", to: \"head@school.org\"}\n"
            "2:29+4: unknown key of a step 'afer'; did you mean 'after'? (known: after, repeat, to, unless_answered)");
  std::string chain;
  for (int i = 1; i <= 10; ++i) chain += "{after: " + std::to_string(i) + " h, to: a@b.org}, ";
  EXPECT_EQ(action_errors("escalate_to: [" + chain + "]"), "");
  EXPECT_EQ(action_errors("escalate_to: [" + chain + "{after: 11 h, to: a@b.org}]"),
            "2:27+1: a chain of more than 10 steps");
}

TEST(RuleFile, NamesTemplatesAndKeywords) {
  EXPECT_EQ(errors_of("rules:\n  - {name: a, action: {drop: true}}\n  - {name: a, action: {drop: true}}\n"),
            "3:12+1: rule 'a' is here a second time; first in r.yaml:2");
  EXPECT_EQ(action_errors("reply_with: thank"),
            "2:26+5: unknown template 'thank'; templates: {thank: {subject: ..., body: ...}} would make it");
  EXPECT_EQ(errors_of("templates: {thanks: {subject: a, body: b}}\nrules:\n  - action: {reply_with: thank}\n"),
            "3:26+5: unknown template 'thank'; did you mean 'thanks'? (known: thanks)");
  EXPECT_EQ(
      errors_of("templates:\n  t: {subject: 'x {{titel}}', body: \"a\\n{{task}} {{\"}\n"),
      "2:19+9: unknown placeholder 'titel'; did you mean 'title'? (known: assignee, created, domain, due, fields, "
      "from, link, missing, note, person, priority, requester, signature, state, subject, tags, task, team, text, "
      "title, type)\n"
      "2:50+2: this {{ is never closed; write }} after the name");
  EXPECT_THAT(errors_of("templates:\n  answer: {subject: x, body: 'Hello'}\n"), testing::HasSubstr("has no {{text}}"));
  EXPECT_EQ(errors_of("templates:\n  answer: {subject: x, body: 'Hello {{ text }}'}\n"), "");
  EXPECT_EQ(errors_of("templates: {t: {subject: x}}\n"), "1:13+1: template 't' has no body");
  EXPECT_EQ(errors_of("keywords: {a: ['!']}\n"), "1:16+3: '!' has no letter or digit, so it can't be found");
  EXPECT_EQ(
      errors_of("keywords: {gym: sports}\nrules:\n  - {condition: keywords contains 'gmy', action: {drop: yes}}\n"),
      "3:17+23: unknown keyword 'gmy'; did you mean 'gym'? (known: absence, broken, cleaning, complaint, electricity, "
      "fire, gym, heating, injury, invoice, it, leak, transport, urgent)");
}

TEST(RuleFile, PlacesAreThoseOfTheFile) {
  EXPECT_EQ(errors_of("rules:\n  - condition: 'subject contains ''a'' und'\n    action: {drop: yes}\n"),
            "2:40+3: 'und' is not expected here; join conditions by and / or; texts of several words stand in quotes");
  EXPECT_EQ(errors_of("rules:\n  - condition: \"subject contains \\\"\u00FC\\\" und\"\n    action: {drop: yes}\n"),
            "2:40+3: 'und' is not expected here; join conditions by and / or; texts of several words stand in quotes");
  EXPECT_EQ(errors_of("rules:\n  - condition: subject contains 'a'\n      und x\n    action: {drop: yes}\n"),
            "3:7+3: 'und' is not expected here; join conditions by and / or; texts of several words stand in quotes");
}

TEST(RuleFile, ErrorsOfAllFilesInTheirOrder) {
  const std::vector<SourceFile> files{
      {"a.yaml", "rules:\n  - {condition: subject matches /(/, action: {drop: yes}}\n  - action: {reply_with: x}\n"},
      {"b.yaml", "a: 1\na: 2\n"},
      {"c.yaml", "match: all\n"},
      {"d.yaml", "match: first\n"}};
  std::vector<Diagnostic> errors;
  (void)read_rule_files(files, errors);
  std::vector<std::string> places;
  for (const auto& error : errors) places.push_back(error.path + ":" + std::to_string(error.line));
  EXPECT_THAT(places, testing::ElementsAre("a.yaml:2", "a.yaml:3", "b.yaml:1", "b.yaml:2", "d.yaml:1"));
  EXPECT_EQ(errors.back().message, "match is 'first' here and another way in c.yaml:1");
}

TEST(RuleFile, LimitsHoldAtThemAndPastThem) {
  RuleLimits limits;
  limits.rules_max = 3;
  const std::string rule = "  - action: {drop: yes}\n";
  EXPECT_EQ(errors_of("rules:\n" + rule + rule + rule, limits), "");
  EXPECT_EQ(errors_of("rules:\n" + rule + rule + rule + rule + rule, limits), "5:5+1: more than 3 rules");
  limits = {};
  limits.targets_max = 2;
  EXPECT_EQ(errors_of("rules:\n  - action: {tag: [a, b]}\n", limits), "");
  EXPECT_EQ(errors_of("rules:\n  - action: {tag: [a, b, c]}\n", limits), "2:19+1: tag has more than 2 values");
  limits = {};
  limits.keyword_words_max = 2;
  EXPECT_EQ(errors_of("keywords: {a: [b, c]}\n", limits), "");
  EXPECT_EQ(errors_of("keywords: {a: [b, c, d]}\n", limits), "1:22+1: more than 2 words of keywords");
  limits = {};
  limits.regexes_max = 1;
  EXPECT_EQ(errors_of("rules:\n  - {condition: subject matches /a/, action: {drop: yes}}\n", limits), "");
  EXPECT_EQ(
      errors_of("rules:\n  - {condition: subject matches /a/ or body matches /b/, action: {drop: yes}}\n", limits),
      "2:40+16: more than 1 regular expressions in all rules");
  limits = {};
  limits.text_bytes_max = 3;
  EXPECT_EQ(errors_of("rules:\n  - {condition: subject is abc, action: {drop: yes}}\n", limits), "");
  EXPECT_EQ(errors_of("rules:\n  - {condition: subject is abcd, action: {drop: yes}}\n", limits),
            "2:17+15: the texts of all conditions are longer than 3 bytes together");
  limits = {};
  limits.template_bytes_max = 4;
  EXPECT_EQ(errors_of("templates: {t: {subject: abcd, body: abcd}}\n", limits), "");
  EXPECT_EQ(errors_of("templates: {t: {subject: abcd, body: abcde}}\n", limits), "1:38+5: longer than 4 bytes");
}

TEST(RuleFile, TheExamplesOfTheDocumentAreGood) {
  std::ostringstream text;
  text << std::ifstream(source_dir() + "/docs/rules.md").rdbuf();
  const auto document = text.str();
  int examples = 0;
  for (auto at = document.find("```yaml\n"); at != std::string::npos; at = document.find("```yaml\n", at)) {
    at += 8;
    const auto end = document.find("```", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_EQ(errors_of(document.substr(at, end - at)), "");
    ++examples;
  }
  EXPECT_GE(examples, 3);
  for (int field = 0; field < static_cast<int>(kFields); ++field) {
    if (static_cast<Field>(field) == Field::variable || static_cast<Field>(field) == Field::no_reply) continue;
    const auto name = std::string(to_string(static_cast<Field>(field)));
    EXPECT_THAT(document, HasSubstr("`" + name +
                                    (static_cast<Field>(field) == Field::header         ? "[Name]`"
                                     : static_cast<Field>(field) == Field::part_content ? "[type]`"
                                                                                        : "`")))
        << "in the table of fields";
  }
}

/// However long they are: a test's time limit would show what grows faster than they do.
TEST(RuleFile, HostileFilesAreLoadedOrRefused) {
  std::string nested;
  for (int i = 0; i < 9'000; ++i)
    nested += "  - {condition: \"subject contains '" + std::string(static_cast<std::size_t>(i % 400) + 1, 'a') +
              "'\", action: {tag: x}}\n";
  EXPECT_EQ(errors_of("rules:\n" + nested), "");
  std::string wrong;
  for (int i = 0; i < 9'000; ++i) wrong += "  - {condition: \"x\", action: {y: z}}\n";
  EXPECT_THAT(errors_of("rules:\n" + wrong), HasSubstr("there are more errors; only the first 100 are shown"));
}

}  // namespace
}  // namespace orgo::rules
