#include "core/rules/static_check.h"
#include "tests/support/tenants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace orgo::rules {
namespace {

std::vector<std::string> check(const std::string& yaml, const CheckSettings& settings = {}) {
  const std::vector<SourceFile> files{{"rules.yaml", yaml}};
  std::vector<Diagnostic> errors;
  const auto read = read_rule_files(files, errors);
  EXPECT_TRUE(errors.empty()) << to_string(errors, files);
  std::vector<std::string> found;
  for (const auto& warning : check_rules(read, files, settings)) {
    EXPECT_TRUE(warning.is_warning);
    found.push_back(std::to_string(warning.line) + ": " + warning.message);
  }
  return found;
}

std::string one(const std::string& name, const std::string& condition, const std::string& action) {
  return "  - name: " + name + "\n    condition: \"" + condition + "\"\n    action: " + action + "\n";
}
std::string rules(const std::string& list) {
  return "rules:\n" + list;
}

TEST(StaticCheck, StepsThatWaitAreNeverInVain) {
  EXPECT_THAT(check(R"(rules:
  - {name: a, action: {route_to: a@b.org, escalate_after: 1 hour}}
  - {name: b, condition: "subject contains 'x' and no reply within 2 hours", action: {tag: late}}
  - {name: c, condition: "subject contains 'x' and no reply within 3 hours", action: {note: still waiting}}
  - {name: d, condition: "subject contains 'x'", action: {note: ask first}}
  - {name: e, condition: "subject contains 'y'", action: {task_type: repair}}
)"),
              testing::IsEmpty());
}

TEST(StaticCheck, HasNothingToSayOfRulesThatMakeSense) {
  EXPECT_THAT(check(rules(one("water", "subject contains 'leak'", "{route_to: a@x.org}") +
                          one("heat", "subject contains 'heating'", "{route_to: b@x.org}") +
                          one("rest", "always", "{route_to: office@x.org}"))),
              testing::IsEmpty());
}

TEST(StaticCheck, NamesWhatContradictsItself) {
  const auto impossible = [](const std::string& condition) {
    const auto found = check(rules(one("r", condition, "{route_to: a@x.org}")));
    return found.size() == 1 && found[0].find("can never act") != std::string::npos ? found[0] : std::string();
  };
  EXPECT_EQ(impossible("subject is 'a' and subject is 'b'"),
            "2: rule 'r' can never act: subject is 'a' and subject is 'b' exclude each other");
  EXPECT_NE(impossible("subject contains 'Water Leak' and subject does not contain 'leak'"), "");
  EXPECT_NE(impossible("hour < 5 and hour > 10"), "");
  EXPECT_NE(impossible("size > 5 MB and size < 1 MB"), "");
  EXPECT_NE(impossible("weekday in ['mon', 'tue'] and weekday is 'sun'"), "");
  EXPECT_NE(impossible("channel is 'smtp' and channel is 'lmtp'"), "");
  EXPECT_NE(impossible("subject starts with 'abc' and subject starts with 'abd'"), "");
  EXPECT_NE(impossible("subject matches /x/ and not subject matches /x/"), "");
  EXPECT_NE(impossible("not always"), "");
}

TEST(StaticCheck, DoesNotTakeForImpossibleWhatIsPossible) {
  for (const auto* condition :
       {"to is 'a@x.org' and to is 'b@x.org'",  // two recipients
        "subject contains 'a' and subject contains 'b'", "subject starts with 'ab' and subject starts with 'abc'",
        "subject contains 'leak' and subject does not contain 'water leak'",
        "keywords contains 'leak' and keywords contains 'urgent'", "hour >= 5 and hour <= 5",
        "size != 5 MB and size > 4 MB", "subject matches /a/ and not subject matches /b/"})
    EXPECT_THAT(check(rules(one("r", condition, "{route_to: a@x.org}"))), testing::IsEmpty()) << condition;
}

TEST(StaticCheck, NamesRulesThatAreNeverReached) {
  EXPECT_THAT(check(rules(one("all", "always", "{route_to: a@x.org, stop: true}") +
                          one("late", "subject contains 'x'", "{route_to: b@x.org}"))),
              testing::ElementsAre("5: rule 'late' is never reached: 'all' (rules.yaml:2) stands before it, holds for "
                                   "every message, and it says stop"));
  EXPECT_THAT(check("match: first\n" +
                    rules(one("leak", "subject contains 'leak'", "{route_to: a@x.org}") +
                          one("water", "subject contains 'Water LEAK' and hour > 5", "{route_to: b@x.org}"))),
              testing::ElementsAre("6: rule 'water' is shadowed: whenever it holds, 'leak' (rules.yaml:3) before it "
                                   "does, and only the first rule that matches acts"));
  // Each alternative is taken by another rule.
  EXPECT_EQ(
      check("match: first\n" + rules(one("a", "subject contains 'a'", "{route_to: a@x.org}") +
                                     one("b", "body contains 'b'", "{route_to: b@x.org}") +
                                     one("both", "subject contains 'xa' or body contains 'bx'", "{route_to: b@x.org}")))
          .size(),
      1U);
  EXPECT_THAT(check("match: first\n" + rules(one("water", "subject contains 'water leak'", "{route_to: a@x.org}") +
                                             one("leak", "subject contains 'leak'", "{route_to: b@x.org}"))),
              testing::IsEmpty());
}

TEST(StaticCheck, NamesActionsInVain) {
  EXPECT_THAT(check(rules(one("a", "subject contains 'leak'", "{route_to: a@x.org, set_priority: high}") +
                          one("b", "subject contains 'water leak'", "{set_priority: urgent, tag: water}"))),
              testing::ElementsAre("5: rule 'b' sets set_priority in vain: whenever it holds, 'a' (rules.yaml:2) "
                                   "before it has set that already"));
  EXPECT_THAT(
      check(rules(one("a", "subject contains 'leak'", "{route_to: a@x.org}") +
                  one("b", "subject contains 'leak'", "{route_to: a@x.org}"))),
      testing::ElementsAre(
          "5: rule 'b' does nothing new: whenever it holds, 'a' (rules.yaml:2) holds too and does the same before it"));
}

TEST(StaticCheck, NamesLoops) {
  const CheckSettings settings{{"office@x.org"}, "orgo@x.org"};
  EXPECT_THAT(check(rules(one("r", "subject contains 'x'", "{route_to: Office@x.org}")), settings),
              testing::ElementsAre(testing::HasSubstr("rule 'r' loops: it sends mail to Office@x.org")));
  EXPECT_THAT(check(rules(one("r", "from is 'anna@x.org'", "{route_to: office@x.org}")), settings), testing::IsEmpty())
      << "our mail is from orgo@x.org";
  EXPECT_THAT(check(rules(one("r", "subject contains 'x'", "{route_to: team@x.org}")), settings), testing::IsEmpty());
  EXPECT_EQ(check(rules(one("r", "subject contains 'x'",
                            "{route_to: a@x.org, escalate_to: office@x.org, escalate_after: 2 hours}")),
                  settings)
                .size(),
            1U);
}

TEST(StaticCheck, NamesWorkForNobodyAndRulesThatAreNotAsked) {
  EXPECT_THAT(check(rules(one("r", "subject contains 'x'", "{tag: x, stop: true}"))),
              testing::ElementsAre(testing::HasSubstr("routes to nobody")));
  EXPECT_THAT(check(rules(one("r", "subject contains 'x'", "{tag: x}"))), testing::IsEmpty());
  EXPECT_THAT(check(rules(one("r", "finding is 'bounce'", "{route_to: a@x.org}"))),
              testing::ElementsAre(
                  "2: rule 'r' never acts: messages that are 'bounce' are recorded before the rules are asked"));
  EXPECT_THAT(check(rules(one("r", "subject contains 'a' or subject does not contain 'a'", "{route_to: a@x.org}"))),
              testing::ElementsAre(testing::HasSubstr("holds for every message")));
}

/// What the check says must be true of the rules as they are run: random conditions over few words, against random
/// messages.
TEST(StaticCheck, IsNeverWrong) {
  std::mt19937 random(20'261'122);
  const auto pick = [&](const auto& list) { return list[random() % list.size()]; };
  const std::vector<std::string> fields{"subject", "body", "from", "to", "header[X-A]"},
      words{"a", "b", "ab", "abc", "bc", "c", "a c"},
      ops{"contains", "is", "starts with", "ends with", "does not contain", "is not"};
  const std::function<std::string(int)> condition = [&](int depth) -> std::string {
    if (depth == 0 || random() % 3 == 0) {
      if (random() % 5 == 0)
        return pick(std::vector<std::string>{"hour", "size"}) + pick(std::vector<std::string>{" < ", " >= ", " = "}) +
               std::to_string(random() % 24);
      return pick(fields) + " " + pick(ops) + " " +
             (random() % 4 == 0 ? "['" + pick(words) + "', '" + pick(words) + "']" : "'" + pick(words) + "'");
    }
    const auto kind = random() % 5;
    if (kind == 0) return "not (" + condition(depth - 1) + ")";
    return "(" + condition(depth - 1) + (kind < 4 ? " and " : " or ") + condition(depth - 1) + ")";
  };
  int impossible = 0, shadowed = 0, always = 0;
  for (int round = 0; round < 3'000; ++round) {
    const std::string yaml = "match: first\n" + rules(one("one", condition(2), "{route_to: a@x.org}") +
                                                      one("two", condition(2), "{route_to: b@x.org}"));
    const auto found = check(yaml);
    if (found.empty()) continue;
    const auto set = load_rules({{"rules.yaml", yaml}}).rules;
    ASSERT_TRUE(set);
    for (int i = 0; i < 60; ++i) {
      Message message;
      message.subject = pick(words) + (random() % 2 == 0 ? pick(words) : "");
      message.text = pick(words) + (random() % 2 == 0 ? " " + pick(words) : "");
      message.from = Address{"", pick(words)};
      for (auto n = random() % 3; n > 0; --n) message.make_mail().to.push_back({"", pick(words)});
      if (random() % 2 == 0) message.make_mail().headers.push_back({"X-A", pick(words)});
      message.size = random() % 24;
      const Envelope envelope{.tenant = kTenant};
      const auto verdict = set->decide({message, envelope, {}, {}, static_cast<int>(random() % 24), 1}, false);
      for (const auto& warning : found) {
        const std::string rule = warning.find("rule 'one'") != std::string::npos ? "one" : "two";
        const bool matched = std::find(verdict.matched.begin(), verdict.matched.end(), rule) != verdict.matched.end();
        const auto says = [&](const char* what) { return warning.find(what) != std::string::npos; };
        if (says("can never act") || says("shadowed") || says("never reached")) {
          ASSERT_FALSE(matched) << warning << "\n" << yaml;
        } else if (says("holds for every message") && rule == "one") {
          ASSERT_TRUE(matched) << warning << "\n" << yaml;
        }
        (says("can never act") ? impossible : says("holds for every") ? always : shadowed) += i == 0 ? 1 : 0;
      }
    }
  }
  EXPECT_GT(impossible, 50);
  EXPECT_GT(shadowed, 50);
  EXPECT_GT(always, 3);
}

TEST(StaticCheck, TenThousandRulesAreComparedOnlyWithTheirLike) {
  // Quadratic work would be 50 million comparisons of terms; the test would run for minutes in a debug build.
  std::string list;
  for (int i = 0; i < 10'000; ++i)
    list += one("r" + std::to_string(i), "subject contains 'word" + std::to_string(i) + "x'",
                "{route_to: a@x.org, tag: t" + std::to_string(i) + "}");
  EXPECT_THAT(check("match: first\n" + rules(list)), testing::IsEmpty());
}

}  // namespace
}  // namespace orgo::rules
