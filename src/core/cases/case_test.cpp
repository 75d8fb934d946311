#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cases/run_case.h"

namespace orgo::cases {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kRules = R"(
match: first
rules:
  - name: urgent
    condition: subject contains 'urgent'
    action: {route_to: crew, set_priority: high, tag: [fast, seen], escalate_after: 1 hour, escalate_to: head, reply_with: task_replied}
  - {name: spam, condition: body contains 'lottery', action: {drop: true}}
)";

std::vector<CaseResult> run(const std::string& text, std::vector<SourceFile> more = {}) {
  const auto loaded = rules::load_rules({{"rules.yaml", kRules}});
  std::vector<Diagnostic> errors;
  more.push_back({"cases/a.yaml", text});
  const auto all = read_cases(more, errors);
  EXPECT_THAT(errors, IsEmpty()) << (errors.empty() ? "" : errors.front().message);
  std::vector<CaseResult> results;
  for (const auto& one : all) results.push_back(run_case(one, *loaded.rules, {}));
  return results;
}

TEST(Case, PassesWhenAllThatIsExpectedHappens) {
  const auto results = run(R"(
cases:
  - name: all of it
    message: {from: Anna <anna@school.org>, to: office@school.org, subject: Very urgent, text: "The roof is open.\nPlease come.", attachments: [roof.jpg]}
    expect:
      rules: [urgent]
      routed_to: [crew]
      priority: high
      tags: [fast]
      keywords: [urgent]
      no_keywords: [leak]
      escalation: ["1 hour -> head"]
      replies: [task_replied]
      outcome: task_opened
      task_type: ""
  - {name: none, message: {subject: hello}, expect: {rules: [], routed_to: []}}
  - {name: dropped, message: {html: "<p>lottery</p>"}, expect: {dropped: true, outcome: dropped}}
  - {name: machine, message: {subject: urgent, headers: {Auto-Submitted: auto-replied}}, expect: {rules: [], outcome: recorded}}
)");
  ASSERT_THAT(results, SizeIs(4));
  for (const auto& result : results)
    for (const auto& mismatch : result.mismatches)
      ADD_FAILURE() << mismatch.what << ": " << mismatch.expected << " / " << mismatch.got;
}

TEST(Case, TellsEachDifferenceWithBothSides) {
  const auto loaded = rules::load_rules({{"rules.yaml", kRules}});
  std::vector<Diagnostic> errors;
  const auto all = read_cases({{"cases/a.yaml", R"(
cases:
  - name: wrong
    message: {subject: quite urgent}
    expect: {rules: [spam], routed_to: [], priority: low, tags: [slow], keywords: [leak], no_keywords: [urgent], escalation: [], replies: [x],
             outcome: dropped, dropped: true, assign: bob, fields: {room: "1"}, told: [a@b.c], task_type: t}
)"}},
                              errors);
  ASSERT_THAT(all, SizeIs(1));
  const auto result = run_case(all[0], *loaded.rules, {});
  std::vector<std::string> kinds;
  for (const auto& mismatch : result.mismatches) kinds.push_back(mismatch.what);
  EXPECT_THAT(kinds, ElementsAre("rules", "outcome", "dropped", "routed_to", "keywords", "keywords", "priority",
                                 "assign", "task_type", "tags", "escalation", "field room", "replies", "told"));
  const auto text = to_text(all[0], result);
  EXPECT_THAT(text, HasSubstr("FAILED  cases/a.yaml:3  wrong\n"));
  EXPECT_THAT(text, HasSubstr("  priority:\n    expected  low\n    got       high\n"));
}

constexpr const char* kPromises = R"(
calendars: {office: {default: true, time_zone: Europe/Berlin, hours: {weekdays: "08:00-12:00"}}}
slas: {fast: {first_response: 2 hours, resolution: 3 wall days}}
rules: [{name: any, condition: subject contains 'help', action: {route_to: crew, sla: fast}}]
)";
std::string told(const std::string& expect) {
  const auto loaded = rules::load_rules({{"rules.yaml", kPromises}});
  std::vector<Diagnostic> errors;
  // 11:00 in Berlin: one hour is left of this Monday.
  const auto all = read_cases(
      {{"c.yaml", "cases:\n  - {message: {subject: help, at: 2026-11-23T10:00:00Z}, expect: {sla: " + expect + "}}"}},
      errors);
  std::string text;
  for (const auto& one : errors) text += one.message + "\n";
  for (const auto& one : all)
    for (const auto& mismatch : run_case(one, *loaded.rules, {}).mismatches)
      text += mismatch.what + ": " + mismatch.expected + " | " + mismatch.got + "\n";
  return text;
}

TEST(Case, AServiceLevelIsComparedWithItsDeadlines) {
  EXPECT_EQ(told("fast"), "");
  EXPECT_EQ(told("{name: fast, first_response: '2026-11-24 09:00', resolution: '2026-11-26T10:00:00Z'}"), "");
  EXPECT_EQ(told("slow"), "sla: slow | fast\n");
  EXPECT_EQ(told("''"), "sla: (none) | fast\n");
  EXPECT_EQ(
      told("{first_response: '2026-11-23 13:00'}"),
      "sla first_response: 2026-11-23 13:00 (2026-11-23T12:00:00Z) | 2026-11-24T08:00:00Z by calendar 'office'\n");
  EXPECT_EQ(told("{update: '2026-11-23 13:00'}"),
            "sla update: 2026-11-23 13:00 (2026-11-23T12:00:00Z) | this clock does not run\n");
  EXPECT_THAT(told("{first_response: tomorrow}"), HasSubstr("tomorrow"));
}

TEST(Case, ListsAreComparedItemByItem) {
  const auto shown = [](const std::string& expect) {
    const auto loaded = rules::load_rules({{"rules.yaml",
                                            "rules:\n  - {name: a, action: {tag: [x, y]}}\n  - {name: b, action: {tag: "
                                            "z}}\n  - {name: c, action: {tag: z}}\n"}});
    std::vector<Diagnostic> errors;
    const auto all =
        read_cases({{"c.yaml", "cases:\n  - {name: n, message: {subject: s}, expect: {" + expect + "}}"}}, errors);
    const auto text = to_text(all.at(0), run_case(all.at(0), *loaded.rules, {}));
    return text.substr(0, text.find("  why:"));
  };
  EXPECT_EQ(shown("rules: [a, d, c]"),
            "FAILED  c.yaml:2  n\n  rules:\n    expected  a, d, c\n    got       a, b, c\n    - d\n    + b\n");
  EXPECT_THAT(shown("rules: [c, b, a]"), HasSubstr("got       a, b, c\n    in another order\n"));
  EXPECT_THAT(shown("rules: [a, b, c, c]"), HasSubstr("    - c\n"));
  EXPECT_THAT(shown("tags: [x, q]"), HasSubstr("  tags:\n    expected  q\n    got       x, y, z\n    - q\n"));
}

TEST(Case, AMailStandsBesideItsExpectation) {
  std::vector<Diagnostic> errors;
  const auto all =
      read_cases({{"cases/x.eml", "Subject: urgent\n\nhi"}, {"cases/x.yaml", "expect: {rules: [urgent]}"}}, errors);
  ASSERT_THAT(errors, IsEmpty());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_TRUE(run_case(all[0], *rules::load_rules({{"rules.yaml", kRules}}).rules, {}).passed());
  read_cases({{"cases/y.eml", "Subject: a\n\nb"}, {"cases/z.yaml", "expect: {rules: []}"}}, errors);
  ASSERT_THAT(errors, SizeIs(2));
  EXPECT_EQ(errors[0].message, "there is no mail cases/z.eml beside this file");
  EXPECT_EQ(errors[1].message, "this mail has no file that says what has to come of it");
}

TEST(Case, MistakesAreToldWithTheirPlace) {
  const auto errors = [](const std::string& text) {
    std::vector<Diagnostic> found;
    read_cases({{"c.yaml", text}}, found);
    std::string all;
    for (const auto& one : found) all += std::to_string(one.line) + ": " + one.message + "\n";
    return all;
  };
  EXPECT_EQ(errors("cases:\n  - {message: {subject: a}, expect: {rulez: []}}"), "2: unknown key of expect 'rulez'\n");
  EXPECT_EQ(errors("cases:\n  - {message: {subject: a}}"), "2: this case has no expect\n");
  EXPECT_EQ(errors("cases:\n  - {message: {subject: \"a\\nb\"}, expect: {rules: []}}"), "2: subject is one line\n");
  EXPECT_EQ(errors("cases:\n  - {message: {text: a, html: b}, expect: {rules: []}}"),
            "2: a message of a case has text or html\n");
  EXPECT_EQ(errors("cases:\n  - {message: {text: a}, expect: {}}"), "2: this case expects nothing\n");
}

}  // namespace
}  // namespace orgo::cases
