#include "core/rules/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A message with its facts, to be varied by tests.
struct Sample {
  Message message;
  Envelope envelope;
  std::vector<Finding> findings;
  std::vector<std::string> keywords;
  int hour = 10;
  int weekday = 2;

  explicit Sample(std::string subject, std::string text = "") {
    message.subject = std::move(subject);
    message.text = std::move(text);
    message.size = 2'000;
    message.from = Address{"Anna Secretary", "secretary@organization.com"};
    message.to = {{"", "office@organization.com"}, {"Ben", "ben@organization.com"}};
    message.cc = {{"", "archive@organization.com"}};
    envelope.recipient = "hidden@organization.com";
  }
  [[nodiscard]] Facts facts() const { return {message, envelope, findings, keywords, hour, weekday}; }
};

std::shared_ptr<const RuleSet> load(const std::string& yaml) {
  auto loaded = load_rules({{"rules.yaml", yaml}});
  EXPECT_THAT(loaded.errors, IsEmpty()) << to_string(loaded.errors, {{"rules.yaml", yaml}});
  return loaded.rules;
}

std::string errors_of(const std::string& yaml) {
  const std::vector<SourceFile> files{{"rules.yaml", yaml}};
  const auto loaded = load_rules(files);
  EXPECT_EQ(loaded.rules, nullptr);
  return to_string(loaded.errors, files);
}

bool holds(const std::string& condition, const Sample& sample) {
  std::string quoted;
  for (const char c : condition) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  const auto rules = load("rules:\n  - condition: '" + quoted + "'\n    action: {tag: hit}\n");
  if (!rules) return false;
  const auto verdict = rules->decide(sample.facts());
  const auto fast = rules->decide(sample.facts(), false);
  EXPECT_EQ(verdict.tags, fast.tags);
  EXPECT_EQ(verdict.trace.at(0).matched, !verdict.tags.empty());
  EXPECT_EQ(rules->explain(sample.facts()).at(0).matched, !verdict.tags.empty());
  return !verdict.tags.empty();
}

constexpr const char* kB1 = R"(rules:
  - condition: "subject contains 'urgent'"
    action:
      route_to: "maintenance@organization.com"
      escalate_after: "2 hours"
)";

TEST(Rules, TheRuleOfThePlanWorksAsWritten) {  // B1
  const auto rules = load(kB1);
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(rules->size(), 1U);
  EXPECT_EQ(rules->version().size(), 16U);
  const auto verdict = rules->decide(Sample("URGENT: water leak").facts());
  EXPECT_THAT(verdict.route_to, ElementsAre("maintenance@organization.com"));
  ASSERT_EQ(verdict.escalation.size(), 1U);
  EXPECT_EQ(verdict.escalation[0].after, std::chrono::hours(2));
  EXPECT_EQ(verdict.escalation[0].to, "");
  ASSERT_EQ(verdict.trace.size(), 1U);
  EXPECT_EQ(verdict.trace[0].rule, "rule 1 (rules.yaml:2)");
  EXPECT_EQ(verdict.trace[0].why, "subject contains 'urgent' (\"URGENT: water leak\")");
  EXPECT_THAT(verdict.matched, ElementsAre("rule 1 (rules.yaml:2)"));
  const auto none = rules->decide(Sample("lunch").facts());
  EXPECT_THAT(none.route_to, IsEmpty());
  EXPECT_EQ(none.trace[0].rule, "1 rule");
  EXPECT_EQ(none.trace[0].why, "nothing that they ask for occurs");
  const auto explained = rules->explain(Sample("lunch").facts());
  ASSERT_EQ(explained.size(), 1U);
  EXPECT_EQ(explained[0].why, "does not hold: subject contains 'urgent'");
}

TEST(Rules, AreJsonToo) {
  const auto rules = load(R"({"rules": [{"condition": "subject contains 'urgent'", "action": {"route_to": "a@b.org"}}]})");
  EXPECT_THAT(rules->decide(Sample("urgent").facts()).route_to, ElementsAre("a@b.org"));
}

TEST(Rules, TheWorkedExampleGivesItsKeywords) {  // A3
  const auto rules = load(kB1);
  const Sample sample("Water Leak in Room 102",
                      "Hello,\n\nplease send somebody urgently, water is running down the wall.\n\nAnna\n");
  EXPECT_THAT(rules->keywords(sample.message), ElementsAre("urgent", "leak"));
}

TEST(Rules, TextsAreComparedWithoutCaseInAnyScript) {
  EXPECT_TRUE(holds("subject contains 'STRASSE'", Sample("Neue Stra\u00DFe gesperrt")));
  EXPECT_TRUE(holds("subject contains '\u00FCbung'", Sample("Feuer-\u00DCBUNG")));
  EXPECT_TRUE(holds("subject contains '\u00FCbung'", Sample("U\u0308bung")));  // decomposed
  EXPECT_TRUE(holds("subject is '\u0924\u0924\u094D\u0915\u093E\u0932'", Sample(" \u0924\u0924\u094D\u0915\u093E\u0932 ")));
  EXPECT_TRUE(holds("body contains 'water leak'", Sample("", "there is a water\r\n   leak in room 102")));
  EXPECT_FALSE(holds("subject contains 'urgent'", Sample("urgen t")));
}

TEST(Rules, OperatorsOfTexts) {
  const Sample sample("Water Leak in Room 102", "Please come.\nIt drips.");
  EXPECT_TRUE(holds("subject starts with 'water'", sample));
  EXPECT_FALSE(holds("subject starts with 'leak'", sample));
  EXPECT_TRUE(holds("subject ends with '102'", sample));
  EXPECT_FALSE(holds("subject ends with 'room'", sample));
  EXPECT_TRUE(holds("subject is 'WATER LEAK IN ROOM 102'", sample));
  EXPECT_FALSE(holds("subject is 'water leak'", sample));
  EXPECT_TRUE(holds("subject in ['x', 'water leak in room 102']", sample));
  EXPECT_TRUE(holds("subject not in ['x', 'y']", sample));
  EXPECT_TRUE(holds("subject contains ['fire', 'leak']", sample));
  EXPECT_TRUE(holds("subject matches /room [0-9]+$/i", sample));
  EXPECT_FALSE(holds("subject matches /room [0-9]+$/", sample));
  EXPECT_TRUE(holds("subject does not contain 'fire'", sample));
  EXPECT_TRUE(holds("subject is not 'fire'", sample));
  EXPECT_TRUE(holds("subject contains leak", sample));
}

TEST(Rules, AndOrNotAndParentheses) {
  const Sample sample("a b");
  EXPECT_TRUE(holds("subject contains 'a' and subject contains 'b'", sample));
  EXPECT_TRUE(holds("subject contains 'x' or subject contains 'y' or subject contains 'b'", sample));
  EXPECT_TRUE(holds("subject contains 'a' or subject contains 'x' and subject contains 'y'", sample));
  EXPECT_FALSE(holds("(subject contains 'a' or subject contains 'x') and subject contains 'y'", sample));
  EXPECT_TRUE(holds("not subject contains 'x'", sample));
  EXPECT_FALSE(holds("not (subject contains 'x' or subject contains 'a')", sample));
  EXPECT_TRUE(holds("always", sample));
  EXPECT_TRUE(holds("NOT not ALWAYS", sample));
}

TEST(Rules, Fields) {
  Sample sample("s", "b");
  sample.message.headers = {{"List-Id", "news.school.org"}, {"X-Spam", "NO"}, {"x-spam", "maybe"}};
  sample.message.attachments = {{"plan.PDF", "application/pdf", 10, "", false, ""}, {"photo.jpg", "image/jpeg", 10, "", false, ""}};
  sample.findings = {{FindingKind::mailing_list, "List-Id: news"}};
  sample.keywords = {"urgent", "leak"};
  sample.message.size = 3 * 1024 * 1024;
  sample.envelope.channel = Channel::http;
  EXPECT_TRUE(holds("from is 'secretary@organization.com'", sample));
  EXPECT_FALSE(holds("from contains 'Anna'", sample));
  EXPECT_TRUE(holds("from name contains 'anna'", sample));
  EXPECT_TRUE(holds("from ends with '@organization.com'", sample));
  EXPECT_TRUE(holds("to is 'ben@organization.com'", sample));
  EXPECT_FALSE(holds("to is 'archive@organization.com'", sample));
  EXPECT_TRUE(holds("cc is 'archive@organization.com'", sample));
  EXPECT_TRUE(holds("any recipient is 'hidden@organization.com' and any recipient is 'archive@organization.com'", sample));
  EXPECT_TRUE(holds("header[list-id] contains 'news'", sample));
  EXPECT_TRUE(holds("header[X-Spam] is 'maybe' and header[X-Spam] is 'no'", sample));
  EXPECT_FALSE(holds("header[X-Other] contains 'no'", sample));
  EXPECT_TRUE(holds("header[X-Other] is ''", sample));
  EXPECT_TRUE(holds("attachment name ends with '.pdf'", sample));
  EXPECT_TRUE(holds("attachment type is 'image/jpeg'", sample));
  EXPECT_TRUE(holds("size > 2 MB and size <= 3MB and size < 4 MB and size >= 3145728", sample));
  EXPECT_FALSE(holds("size > 3 MB", sample));
  EXPECT_TRUE(holds("keywords contains 'leak'", sample));
  EXPECT_FALSE(holds("keywords contains 'fire'", sample));
  EXPECT_TRUE(holds("keywords in ['fire', 'urgent']", sample));
  EXPECT_TRUE(holds("finding is mailing_list", sample));
  EXPECT_TRUE(holds("finding is not 'auto reply'", sample));
  EXPECT_TRUE(holds("channel in [http, lmtp]", sample));
  EXPECT_FALSE(holds("channel is smtp", sample));
  EXPECT_TRUE(holds("hour >= 8 and hour < 18 and hour is 10 and hour != 11", sample));
  EXPECT_TRUE(holds("weekday is tue and weekday is Tuesday and weekday is 2 and weekday in [mon, tue]", sample));
  EXPECT_FALSE(holds("weekday in [sat, sun] or hour < 8", sample));
}

TEST(Rules, AllMatchingRulesActTogether) {
  const auto rules = load(R"(
rules:
  - name: leak
    condition: "subject contains 'leak'"
    action: {route_to: [m@s.org, o@s.org], set_priority: high, tag: water, escalate_after: 1 hour}
  - name: urgent
    condition: "subject contains 'urgent'"
    action: {route_to: [o@s.org, h@s.org], set_priority: urgent, tag: [water, quick], assign: ben, escalate_after: 5 min, escalate_to: boss@s.org, notify: n@s.org, webhook: "https://s.org/x"}
  - name: rest
    action: {tag: seen, stop: true}
  - name: never
    action: {tag: never}
)");
  const auto verdict = rules->decide(Sample("urgent leak").facts());
  EXPECT_THAT(verdict.route_to, ElementsAre("m@s.org", "o@s.org", "h@s.org"));
  EXPECT_EQ(verdict.priority, Priority::high);
  EXPECT_THAT(verdict.tags, ElementsAre("water", "quick", "seen"));
  EXPECT_EQ(verdict.assign, "ben");
  EXPECT_THAT(verdict.escalation, ElementsAre(EscalationStep{std::chrono::hours(1), ""}));
  EXPECT_THAT(verdict.notify, ElementsAre("n@s.org"));
  EXPECT_THAT(verdict.webhooks, ElementsAre("https://s.org/x"));
  EXPECT_THAT(verdict.matched, ElementsAre("leak", "urgent", "rest"));
  EXPECT_EQ(verdict.trace.size(), 3U);  // the last was not tried
  EXPECT_EQ(rules->decide(Sample("urgent leak").facts(), false).matched, verdict.matched);
  EXPECT_THAT(rules->decide(Sample("urgent leak").facts(), false).trace, IsEmpty());
}

TEST(Rules, FirstModeLetsOneRuleAct) {
  const auto rules = load("match: first\nrules:\n  - condition: subject contains 'a'\n    action: {tag: one}\n  - action: {tag: two}\n");
  EXPECT_THAT(rules->decide(Sample("a").facts()).tags, ElementsAre("one"));
  EXPECT_THAT(rules->decide(Sample("b").facts()).tags, ElementsAre("two"));
}

TEST(Rules, DropIsRecordedAndEnds) {
  const auto rules = load("rules:\n  - name: spam\n    condition: subject contains 'pills'\n    action: {drop: true}\n  - action: {tag: x}\n");
  const auto verdict = rules->decide(Sample("pills").facts());
  EXPECT_EQ(verdict.drop, "spam");
  EXPECT_THAT(verdict.tags, IsEmpty());
  EXPECT_EQ(rules->decide(Sample("mail").facts()).drop, std::nullopt);
}

TEST(Rules, ChainsAndTheReminderBefore) {
  const auto rules = load(R"(
rules:
  - action:
      escalate_after: 1 hour
      escalate_to:
        - {after: 2 hours, to: supervisor@s.org}
        - {after: 4 hours, to: head@s.org}
)");
  using std::chrono::hours;
  EXPECT_THAT(rules->decide(Sample("a").facts()).escalation,
              ElementsAre(EscalationStep{hours(1), ""}, EscalationStep{hours(2), "supervisor@s.org"},
                          EscalationStep{hours(4), "head@s.org"}));
}

TEST(Rules, TemplatesAndKeywordsOfTheFiles) {
  const auto loaded = load_rules({{"a.yaml", "rules:\n  - condition: keywords contains 'gym'\n    action: {reply_with: thanks}\n"},
                                  {"b.yaml", "templates:\n  thanks: {subject: 'Re: {{subject}}', body: 'Task {{ task }}'}\n"
                                             "keywords:\n  Gym: [gymnasium, sports hall]\n"}});
  ASSERT_THAT(loaded.errors, IsEmpty());
  Sample sample("The Sports  Hall is closed");
  sample.keywords = loaded.rules->keywords(sample.message);
  EXPECT_THAT(sample.keywords, ElementsAre("gym"));
  EXPECT_THAT(loaded.rules->decide(sample.facts()).reply_with, ElementsAre("thanks"));
  EXPECT_EQ(loaded.rules->templates().at("thanks").subject, "Re: {{subject}}");
}

TEST(Rules, ErrorsInTheExactWords) {
  EXPECT_EQ(errors_of(R"(rules:
  - name: leak
    condition: "subject contains 'leak'"
    action:
      route_too: "maintenance@organization.com"
  - name: slow
    action:
      escalate_after: "2 hourz"
)"),
            R"(rules.yaml:5:7: error: unknown action 'route_too'
    5 |       route_too: "maintenance@organization.com"
      |       ^~~~~~~~~ did you mean 'route_to'? (known: assign, drop, escalate_after, escalate_to, notify, reply_with, route_to, set_priority, stop, tag, webhook)
rules.yaml:8:23: error: '2 hourz' is not a duration; write a number and a unit, as in "2 hours"
    8 |       escalate_after: "2 hourz"
      |                       ^~~~~~~~~
)");
}

TEST(Rules, ErrorsPointIntoTheCondition) {
  EXPECT_EQ(errors_of("rules:\n  - condition: \"subjekt contains 'leak' and size > 5 XB\"\n    action: {drop: yes}\n"),
            R"(rules.yaml:2:17: error: unknown field 'subjekt'
    2 |   - condition: "subjekt contains 'leak' and size > 5 XB"
      |                 ^~~~~~~ did you mean 'subject'? (known: any recipient, attachment name, attachment type, body, cc, channel, finding, from, from name, header, hour, keywords, size, subject, to, weekday)
rules.yaml:2:52: error: '5 XB' is not a size
    2 |   - condition: "subjekt contains 'leak' and size > 5 XB"
      |                                                    ^~~~ write a whole number and a unit, as in 5 MB
)");
  EXPECT_EQ(errors_of("rules:\n  - condition: |\n      subject contains 'leak'\n      und body contains 'x'\n    action: {drop: yes}\n"),
            R"(rules.yaml:4:7: error: 'und' is not expected here
    4 |       und body contains 'x'
      |       ^~~ join conditions by and / or; texts of several words stand in quotes
)");
}

}  // namespace
}  // namespace orgo::rules
