#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace orgo::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A message with its facts, to be varied by tests.
struct Sample {
  Message message;
  Envelope envelope{.tenant = kTenant};
  std::vector<Finding> findings;
  std::vector<std::string> keywords;
  int hour = 10;
  int weekday = 2;

  explicit Sample(std::string subject, std::string text = "") {
    message.subject = std::move(subject);
    message.text = std::move(text);
    message.size = 2'000;
    message.from = Address{"Anna Secretary", "secretary@organization.com"};
    message.make_mail().to = {{"", "office@organization.com"}, {"Ben", "ben@organization.com"}};
    message.make_mail().cc = {{"", "archive@organization.com"}};
    envelope.recipient = mail_contact("hidden@organization.com");
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
  const auto rules =
      load(R"({"rules": [{"condition": "subject contains 'urgent'", "action": {"route_to": "a@b.org"}}]})");
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
  EXPECT_TRUE(
      holds("subject is '\u0924\u0924\u094D\u0915\u093E\u0932'", Sample(" \u0924\u0924\u094D\u0915\u093E\u0932 ")));
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
  sample.message.make_mail().headers = {{"List-Id", "news.school.org"}, {"X-Spam", "NO"}, {"x-spam", "maybe"}};
  sample.message.attachments = {{"plan.PDF", "application/pdf", 10, "", false, ""},
                                {"photo.jpg", "image/jpeg", 10, "", false, ""}};
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
  EXPECT_TRUE(
      holds("any recipient is 'hidden@organization.com' and any recipient is 'archive@organization.com'", sample));
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

TEST(Rules, PartsOfAddressesAndDates) {
  Sample sample("s", "b");
  sample.message.from = Address{"Anna", "anna+orders@school.org"};
  sample.message.make_mail().reply_to = {{"", "desk@school.org"}};
  sample.message.make_mail().headers = {{"Date", "Mon, 20 Jul 2009 21:44:43 +0300"},
                                        {"Received", "from a by b; Tue, 21 Jul 2009 08:00:01 +0000"},
                                        {"Received", "from c by d; Wed, 22 Jul 2009 09:00:02 +0000"},
                                        {"Resent-To", "Ben <ben@x.org>, carl+y@z.org"},
                                        {"X-Score", "5.5 points"},
                                        {"X-Word", "beta"}};
  sample.envelope.sender = mail_contact("bounce@list.org");
  EXPECT_TRUE(
      holds("local part of from is 'anna+orders' and user of from is anna and detail of from is orders and domain of "
            "from is school.org",
            sample));
  EXPECT_FALSE(holds("detail of to exists", sample));
  EXPECT_TRUE(holds("domain of any recipient is organization.com", sample));
  EXPECT_TRUE(holds("address of header[Resent-To] is 'carl+y@z.org' and detail of header[resent-to] is y", sample));
  EXPECT_TRUE(
      holds("to[2] is 'ben@organization.com' and to[-1] is 'ben@organization.com' and not to[1] is "
            "'ben@organization.com' and to[3] does not exist",
            sample));
  EXPECT_TRUE(
      holds("envelope sender is 'bounce@list.org' and domain of envelope recipient is 'organization.com' and reply to "
            "is 'desk@school.org'",
            sample));
  EXPECT_TRUE(
      holds("day of header[Date] is '20' and year of header[Date] = 2009 and hour of header[Date] >= 21 and zone of "
            "header[Date] is '+0300'",
            sample));
  EXPECT_TRUE(
      holds("time of header[Date] is '21:44:43' and date of header[Date] >= '2009-07-20' and date of header[Date] < "
            "'2009-08' and weekday of header[Date] is mon",
            sample));
  EXPECT_TRUE(holds("second of header[Received][-1] is '02' and second of header[Received][1] is '01'", sample));
  EXPECT_FALSE(holds("year of header[X-Score] exists", sample));
  EXPECT_TRUE(holds("header[X-Score] >= 5 and header[X-Score] < 5.6 and not header[X-Word] > 1", sample));
  EXPECT_TRUE(holds("header[X-Word] > 'alpha' and header[X-Word] <= 'BETA'", sample));
  EXPECT_FALSE(holds("header[X-None] < 5", sample));
}

TEST(Rules, WildcardsExactTextsAndWhatIsThere) {
  Sample sample("Water LEAK in Room 102", "IT and it.\nIT again, It!");
  sample.message.make_mail().headers = {{"X-Empty", ""}};
  sample.message.attachments = {{"plan.PDF", "application/pdf", 10, "", false, ""}};
  EXPECT_TRUE(holds("subject like '*leak*room ?\?\?'", sample));
  EXPECT_FALSE(holds("subject like 'leak*'", sample));
  EXPECT_FALSE(holds("subject like '*room ?\?'", sample));
  EXPECT_TRUE(holds("subject like ['x*', 'water*']", sample));
  EXPECT_TRUE(holds("attachment name like '*.pdf'", sample));
  EXPECT_FALSE(holds("attachment name like exactly '*.pdf'", sample));
  EXPECT_TRUE(holds("cc like '*@organization.*' and header[None] like '*'", sample));
  EXPECT_TRUE(holds(
      "subject contains exactly 'LEAK' and subject starts with exactly 'Water' and subject ends with exactly '102'",
      sample));
  EXPECT_FALSE(holds("subject contains exactly 'leak'", sample));
  EXPECT_FALSE(holds("subject is exactly 'Water Leak in Room 102'", sample));
  EXPECT_TRUE(holds("subject is exactly ['x', 'Water LEAK in Room 102']", sample));
  EXPECT_TRUE(holds("header[X-Empty] exists and header[X-Other] does not exist and subject exists and from name exists",
                    sample));
  EXPECT_FALSE(holds("reply to exists", sample));
  EXPECT_TRUE(
      holds("count(body contains 'it') = 4 and count(body matches /IT/) = 2 and count(to) = 2 and count(recipients) >= "
            "4 and count(attachments) < 2",
            sample));
  EXPECT_TRUE(holds("count(to contains 'organization') is not 1 and count(header[X]) = 0", sample));
}

TEST(Rules, HistoryThreadAndBusinessTime) {
  Sample sample("s", "b");
  const auto asks = [&](const std::string& condition, const SenderHistory* sender, const Task* thread = nullptr,
                        const std::function<bool(std::string_view)>* hours = nullptr) {
    const auto rules = load("rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n");
    auto facts = sample.facts();
    facts.sender = sender;
    facts.thread = thread;
    facts.in_business_hours = hours;
    return !rules->decide(facts).tags.empty();
  };
  const SenderHistory known{7, 2};
  EXPECT_TRUE(asks("first contact", nullptr));
  EXPECT_FALSE(asks("first contact", &known));
  EXPECT_TRUE(asks("open tasks >= 2 and earlier messages in [6, 7] and open tasks < 3", &known));
  EXPECT_FALSE(asks("open tasks > 0", nullptr));
  Task task{.tenant = kTenant, .number = TaskNumber{12}};
  task.state = TaskState::resolved;
  EXPECT_TRUE(asks("thread in [resolved, closed] and thread task is T-12", nullptr, &task));
  EXPECT_TRUE(asks("thread is none and thread task does not exist", nullptr));
  EXPECT_TRUE(asks("business hours", nullptr));  // Tuesday, 10 o'clock
  sample.hour = 17;
  EXPECT_TRUE(asks("outside business hours", nullptr));
  const std::function<bool(std::string_view)> hours = [](std::string_view calendar) { return calendar == "school"; };
  const auto two = load(
      "calendars: {school: {time_zone: UTC, hours: always}}\n"
      "rules:\n  - condition: within business hours of 'school' and outside business hours\n    action: {tag: hit}\n");
  auto facts = sample.facts();
  facts.in_business_hours = &hours;
  EXPECT_FALSE(two->decide(facts).tags.empty());
  EXPECT_TRUE(load("rules: [{condition: first contact, action: {tag: x}}]")->needs().sender_history);
  EXPECT_TRUE(load("rules: [{condition: thread is open, action: {tag: x}}]")->needs().thread);
  EXPECT_FALSE(load("rules: [{condition: subject is a, action: {tag: x}}]")->needs().sender_history);
}

TEST(Rules, VariablesOfConditions) {
  const Sample sample("Leak in Room 102", "Please look at the ceiling. Room 102 is wet.\n\nRoom 7");
  EXPECT_TRUE(holds("room = /Room (\\d+)/ and room is '102' and body contains 'room {{room}} is'", sample));
  EXPECT_TRUE(holds("room = /Room (\\d+)$/ in body and room >= 7 and room < 8", sample));
  EXPECT_FALSE(holds("room = /Hall (\\d+)/", sample));
  EXPECT_FALSE(holds("hall = /Hall (\\d+)/ or subject contains '{{hall}}'", sample));
  EXPECT_TRUE(holds("place = /[A-Z][a-z]+ \\d+/ and place in ['room 102', 'x']", sample));
}

TEST(Rules, TextOfTheSenderAndLanguage) {
  const Sample sample(
      "Re: heating",
      "Es ist leider immer noch kalt in der Turnhalle, bitte kommen Sie doch noch einmal vorbei.\n\n"
      "On Mon, 2 Nov 2026 at 10:00, Office <office@s.org> wrote:\n> The boiler was repaired yesterday.\n");
  EXPECT_TRUE(holds(
      "new text contains 'turnhalle' and not new text contains 'boiler' and quoted text contains 'boiler'", sample));
  EXPECT_TRUE(
      holds("language is de and language in [de, en]",
            Sample("", "Es ist leider immer noch kalt in der Turnhalle, bitte kommen Sie doch noch einmal vorbei.")));
  EXPECT_FALSE(holds("language exists", Sample("", "ok")));
}

TEST(Rules, KeywordsAreFoundInTheSamePass) {
  const auto rules = load(
      "keywords: {gym: [sports hall]}\nrules:\n  - condition: keywords contains 'gym' and subject contains 'hall'\n    "
      "action: {tag: hit}\n");
  for (const auto& [subject, text] :
       {std::pair<std::string, std::string>{"The Sports-Hall", "please come urgently, a leak"},
        {"sports", "hall"},
        {"Sports hall: \u00FCberschwemmt", "\u0924\u0924\u094D\u0915\u093E\u0932"},
        {"", ""}}) {
    Sample sample(subject, text);
    auto facts = sample.facts();
    facts.find_keywords = true;
    const auto verdict = rules->decide(facts);
    EXPECT_EQ(verdict.keywords, rules->keywords(sample.message)) << subject;
    EXPECT_EQ(!verdict.tags.empty(),
              std::find(verdict.keywords.begin(), verdict.keywords.end(), "gym") != verdict.keywords.end());
  }
}

TEST(Rules, DecidesAndExplainsAlikeHoweverOftenItIsAsked) {
  const auto rules = load(R"(
rules:
  - name: a
    condition: "subject contains ['leak', 'fire'] and body contains 'room' and not from is 'x@y.org'"
    action: {tag: a}
  - name: b
    condition: "body matches /[0-9]{3}/ and subject contains 'hall'"
    action: {tag: b}
  - name: c
    condition: "body contains 'zebra'"
    action: {tag: c}
)");
  const Sample sample("Neue Stra\u00DFe: water  LEAK", "in room 102");
  const auto verdict = rules->decide(sample.facts(), true);
  const auto later = rules->decide(sample.facts(), true).trace;
  ASSERT_EQ(verdict.trace.size(), later.size());
  for (std::size_t i = 0; i < later.size(); ++i) {
    EXPECT_EQ(later[i].rule, verdict.trace[i].rule);
    EXPECT_EQ(later[i].why, verdict.trace[i].why);
    EXPECT_EQ(later[i].parts.size(), verdict.trace[i].parts.size());
  }
  const auto& parts = later.at(0).parts;
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].text, "subject contains ['leak', 'fire']");
  EXPECT_TRUE(parts[0].held);
  ASSERT_EQ(parts[0].words.size(), 1U);
  EXPECT_EQ(parts[0].words[0].field, "subject");
  EXPECT_EQ(sample.message.subject.substr(parts[0].words[0].offset, parts[0].words[0].length), "LEAK");
  EXPECT_EQ(sample.message.text.substr(parts[1].words[0].offset, parts[1].words[0].length), "room");
  EXPECT_FALSE(parts[2].held);
  const auto all = rules->explain(sample.facts());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[1].parts.at(0).held);
  EXPECT_EQ(sample.message.text.substr(all[1].parts[0].words.at(0).offset, all[1].parts[0].words[0].length), "102");
  EXPECT_FALSE(all[2].parts.at(0).held);
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
  EXPECT_THAT(verdict.escalation, ElementsAre(EscalationStep{Millis{3'600'000}, "", false, false, true, {}, "leak"}));
  EXPECT_THAT(verdict.notify, ElementsAre("n@s.org"));
  EXPECT_THAT(verdict.webhooks, ElementsAre("https://s.org/x"));
  EXPECT_THAT(verdict.matched, ElementsAre("leak", "urgent", "rest"));
  EXPECT_EQ(verdict.trace.size(), 3U);  // the last was not tried
  EXPECT_EQ(rules->decide(Sample("urgent leak").facts(), false).matched, verdict.matched);
  EXPECT_THAT(rules->decide(Sample("urgent leak").facts(), false).trace, IsEmpty());
}

TEST(Rules, NamesInActionsAreFilledIn) {
  const auto rules = load(R"(
extract:
  building: "/(north|south) building/i in subject or body"
rules:
  - name: rooms
    condition: "room = /Room (\\d+)/ and body contains 'leak'"
    action: {route_to: "room-{{room}}@s.org", tag: ["room {{room}}", "{{building}}"], notify: "{{from}}", assign: "keeper-{{building}}",
             webhook: "https://s.org/rooms/{{room}}?s={{subject}}"}
)");
  ASSERT_NE(rules, nullptr);
  const auto verdict = rules->decide(Sample("Re: a & b", "a leak in Room 102").facts());
  EXPECT_THAT(verdict.route_to, ElementsAre("room-102@s.org"));
  EXPECT_THAT(verdict.tags, ElementsAre("room 102")) << "a name that holds nothing leaves its value out";
  EXPECT_EQ(verdict.assign, std::nullopt);
  EXPECT_THAT(verdict.notify, ElementsAre("secretary@organization.com"));
  EXPECT_THAT(verdict.webhooks, ElementsAre("https://s.org/rooms/102?s=Re%3A%20a%20%26%20b"));
  EXPECT_EQ(rules->decide(Sample("NORTH building", "a leak in Room 102").facts()).assign, "keeper-NORTH");
  // What a stranger writes is never looked through for names, and must make an address.
  const auto hostile =
      load("rules:\n  - condition: \"x = /to:(.*)/\"\n    action: {route_to: \"{{x}}@s.org\", tag: \"{{x}}\"}\n");
  EXPECT_THAT(hostile->decide(Sample("to:{{subject}}").facts()).tags, ElementsAre("{{subject}}"));
  EXPECT_THAT(hostile->decide(Sample("to:a b, c").facts()).route_to, IsEmpty());
  EXPECT_THAT(hostile->decide(Sample("to:a b, c").facts()).tags, IsEmpty());
}

TEST(Rules, ErrorsOfVariables) {
  EXPECT_EQ(errors_of("extract: {Room: /x/, room: \"/(/\"}\nrules:\n  - action: {tag: \"{{rom}}\", webhook: "
                      "\"https://{{from}}/x\"}\n"),
            R"(rules.yaml:1:11: error: 'Room' is not a name for a variable
    1 | extract: {Room: /x/, room: "/(/"}
      |           ^~~~ small letters, digits and _, and no name of a field, as in room
rules.yaml:1:30: error: this regular expression is wrong: missing ): (
    1 | extract: {Room: /x/, room: "/(/"}
      |                              ^ the syntax is that of RE2: no look-around, no back-references
rules.yaml:3:19: error: unknown variable 'rom'
    3 |   - action: {tag: "{{rom}}", webhook: "https://{{from}}/x"}
      |                   ^~~~~~~~~ did you mean 'from'? (known: from, from_domain, from_name, recipient, subject)
rules.yaml:3:39: error: names can only stand behind the host of a URL
    3 |   - action: {tag: "{{rom}}", webhook: "https://{{from}}/x"}
      |                                       ^~~~~~~~~~~~~~~~~~~~ as in https://hooks.school.org/room/{{room}}
)");
}

TEST(Rules, ATableIsRulesRowByRow) {
  const std::string yaml = R"(
rules:
  - name: desk
    condition: "channel is lmtp"
    table:
      hit: HIT
      inputs: [subject contains, size, weekday in, from is]
      outputs: [route_to, tag]
      rows:
        - [leak,            "-",      "-",        "-", plumber@s.org, water]
        - [[leak, "it's"],  "> 1 KB", [tue, wed], "-", it@s.org,      "-"]
        - ["-",             "-",      "-",        "-", office@s.org,  rest]
)";
  const auto with = [&](const std::string& hit) { return std::string(yaml).replace(yaml.find("HIT"), 3, hit); };
  const auto first = load(with("first"));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->size(), 3U);
  EXPECT_THAT(first->decide(Sample("a leak").facts()).route_to, ElementsAre("plumber@s.org"));
  EXPECT_THAT(first->decide(Sample("It's broken").facts()).matched, ElementsAre("desk row 2"));
  EXPECT_THAT(first->decide(Sample("hello").facts()).tags, ElementsAre("rest"));
  EXPECT_EQ(first->explain(Sample("a leak").facts()).at(1).why, "an earlier row of the table has acted");
  const auto all = load(with("all"));
  EXPECT_THAT(all->decide(Sample("a leak").facts()).route_to, ElementsAre("plumber@s.org", "it@s.org", "office@s.org"));
  EXPECT_EQ(
      errors_of("rules:\n  - table: {inputs: [subject contains, size], outputs: [tag], rows: [[a, b, c], [x]]}\n"),
      R"(rules.yaml:2:74: error: unknown operator 'b'
    2 |   - table: {inputs: [subject contains, size], outputs: [tag], rows: [[a, b, c], [x]]}
      |                                                                          ^ did you mean '<'? (known: !=, <, <=, >, >=, in, is, not in), in subject contains 'a' and size b
rules.yaml:2:81: error: this row has 1 cells, the table 2 inputs and 1 outputs
    2 |   - table: {inputs: [subject contains, size], outputs: [tag], rows: [[a, b, c], [x]]}
      |                                                                                 ^ a cell that does not matter is "-"
)");
}

TEST(Rules, TheTaskOfTheThreadIsAsked) {
  Task task{.tenant = kTenant};
  task.state = TaskState::resolved;
  task.team = "Maintenance";
  task.assignee = "ben@s.org";
  task.priority = Priority::urgent;
  task.tags = {"water", "late"};
  const auto matched = [&](const std::string& condition) {
    const auto rules = load("rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n");
    EXPECT_TRUE(rules->needs().thread) << condition;
    const Sample sample("x");
    EXPECT_THAT(rules->decide(sample.facts()).tags, IsEmpty()) << condition << ": of new work there is no thread";
    auto facts = sample.facts();
    facts.thread = &task;
    return !rules->decide(facts).tags.empty();
  };
  EXPECT_TRUE(matched("thread team is maintenance"));
  EXPECT_TRUE(matched("thread assignee contains 'ben'"));
  EXPECT_TRUE(matched("thread priority in [high, urgent]"));
  EXPECT_TRUE(matched("thread tag is late"));
  EXPECT_FALSE(matched("thread tag is lat"));
}

TEST(Rules, DatesTimesAndStaff) {
  Sample sample("x");
  const auto matched = [&](const std::string& condition, std::string_view at, bool staff = false) {
    const auto rules = load("rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n");
    auto facts = sample.facts();
    facts.local_minutes = std::chrono::floor<std::chrono::minutes>(parse_rfc3339(at)->time_since_epoch()).count();
    facts.from_staff = staff;
    return !rules->decide(facts).tags.empty();
  };
  const std::string holidays = "date >= '2026-12-24' and date <= '2027-01-06'";
  EXPECT_FALSE(matched(holidays, "2026-12-23T23:59:00Z"));
  EXPECT_TRUE(matched(holidays, "2026-12-24T00:00:00Z"));
  EXPECT_TRUE(matched(holidays, "2027-01-06T23:59:00Z"));
  EXPECT_FALSE(matched(holidays, "2027-01-07T00:00:00Z"));
  EXPECT_TRUE(matched("time >= '09:30' and time < '17:30'", "2026-12-24T09:30:59Z"));
  EXPECT_FALSE(matched("time >= '09:30' and time < '17:30'", "2026-12-24T17:30:00Z"));
  EXPECT_TRUE(matched("date starts with '2026-12'", "2026-12-01T00:00:00Z"));
  EXPECT_TRUE(matched("from staff", "2026-12-01T00:00:00Z", true));
  EXPECT_FALSE(matched("from staff", "2026-12-01T00:00:00Z", false));
  EXPECT_TRUE(matched("not from staff and from contains 'secretary'", "2026-12-01T00:00:00Z", false));
  EXPECT_EQ(errors_of("rules:\n  - condition: date >= '24.12.2026' and time < 9\n    action: {tag: x}\n"),
            R"(rules.yaml:2:24: error: '24.12.2026' is not a date
    2 |   - condition: date >= '24.12.2026' and time < 9
      |                        ^~~~~~~~~~~~ as in date >= '2026-12-24'
rules.yaml:2:48: error: '9' is not a time
    2 |   - condition: date >= '24.12.2026' and time < 9
      |                                                ^ as in time >= '17:30'
)");
}

TEST(Rules, NotesAreForThoseWhoWorkOnIt) {
  const auto rules =
      load("rules:\n  - action: {note: \"Asked by {{from_name}}.\"}\n  - action: {note: \"Ask for the key.\"}\n");
  EXPECT_THAT(rules->decide(Sample("x").facts()).notes, ElementsAre("Asked by Anna Secretary.", "Ask for the key."));
}

TEST(Rules, WhatStandsBesideTheTextIsReadOnlyWhenARuleAsks) {
  const std::string raw =
      "From: a@b.org\r\nTo: x@s.org, y@s.org\r\nCc: z@s.org\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\nPreamble\r\n--b\r\n\r\nsee the list\r\n"
      "--b\r\nContent-Type: text/plain; name=list.txt\r\nContent-Transfer-Encoding: "
      "base64\r\n\r\nVGhlIEtFWSBpcyBibHVlLg==\r\n--b--\r\n";
  const auto matched = [&](const std::string& condition) {
    const auto rules = load("rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n");
    EXPECT_TRUE(rules->needs().raw) << condition;
    Sample sample("x", "see the list");
    sample.message.make_mail().headers = {{"To", "x@s.org, y@s.org"}, {"Cc", "z@s.org"}};
    auto facts = sample.facts();
    const auto without = rules->decide(facts).tags.size();
    facts.raw = raw;
    const auto verdict = rules->decide(facts);
    EXPECT_EQ(rules->decide(facts, false).tags, verdict.tags);
    EXPECT_EQ(rules->explain(facts).at(0).matched, !verdict.tags.empty());
    EXPECT_EQ(without, 0U) << condition << ": without bytes";
    return !verdict.tags.empty();
  };
  EXPECT_TRUE(matched("attachment text contains 'key is'"));
  EXPECT_FALSE(matched("attachment text contains 'see the list'"));
  EXPECT_TRUE(matched("part[text] contains 'key' and part[text/plain] is 'see the list'"));
  EXPECT_TRUE(matched("part[multipart] is 'preamble'"));
  EXPECT_TRUE(matched("raw body contains 'VGhlIEtFWSBpcyBibHVlLg'"));
  EXPECT_TRUE(matched("count(part[*]) = 3"));
  EXPECT_FALSE(load("rules:\n  - condition: body contains 'x'\n    action: {tag: hit}\n")->needs().raw);

  Sample sample("x");
  sample.message.make_mail().headers = {{"To", "x@s.org, y@s.org"}, {"Subject", "x"}, {"CC", "z@s.org"}};
  EXPECT_TRUE(holds("count(address of header[to, cc]) = 3", sample));
  EXPECT_TRUE(holds("count(header[To,Cc]) = 2", sample));
  EXPECT_TRUE(holds("header[Reply-To, Cc] contains 'z@'", sample));
  EXPECT_FALSE(holds("header[Reply-To, X-A] exists", sample));
}

TEST(Rules, NoReplyWithinTellsSomebodyLater) {
  const auto rules = load(R"(
rules:
  - condition: "subject contains 'leak'"
    action: {route_to: m@s.org, escalate_after: 4 hours, escalate_to: boss@s.org}
  - name: silent
    condition: "subject contains 'leak' and no reply within 2 hours"
    action: {notify: [head@s.org, "{{recipient}}"]}
)");
  const auto verdict = rules->decide(Sample("leak").facts());
  using std::chrono::hours;
  EXPECT_THAT(verdict.escalation,
              ElementsAre(EscalationStep{hours(2), "head@s.org", false, true, true, {}, "silent"},
                          EscalationStep{hours(2), "hidden@organization.com", false, true, true, {}, "silent"},
                          EscalationStep{hours(4), "boss@s.org", false, false, true, {}, "rule 1 (rules.yaml:3)"}));
  EXPECT_THAT(verdict.notify, IsEmpty()) << "not at once";
  EXPECT_THAT(verdict.matched, ElementsAre("rule 1 (rules.yaml:3)", "silent"));
  EXPECT_EQ(errors_of("rules:\n  - condition: no reply within 2 hours\n    action: {stop: true}\n"),
            R"(rules.yaml:3:14: error: 'stop' can't wait: a rule with 'no reply within' acts later
    3 |     action: {stop: true}
      |              ^~~~ later it can: assign, note, notify, reply_with, route_to, set_priority, tag, webhook
)");
}

TEST(Rules, NoReplyWithinChangesTheTaskLater) {
  const auto rules = load(R"(
rules:
  - name: late
    condition: "subject contains 'leak' and no reply within 2 hours"
    action: {route_to: [head@s.org, boss@s.org], set_priority: urgent, tag: [late, "of {{from_domain}}"], assign: head@s.org, webhook: "https://h.s.org/{{from_domain}}", reply_with: task_opened}
  - name: quietly
    condition: "subject contains 'leak' and no reply within 3 hours"
    action: {tag: later}
)");
  const auto verdict = rules->decide(Sample("leak").facts());
  EXPECT_FALSE(verdict.priority) << "not at once";
  EXPECT_FALSE(verdict.assign);
  EXPECT_THAT(verdict.tags, IsEmpty());
  EXPECT_THAT(verdict.webhooks, IsEmpty());
  EXPECT_THAT(verdict.reply_with, IsEmpty());
  ASSERT_EQ(verdict.escalation.size(), 3U);
  const auto& first = verdict.escalation[0];
  EXPECT_EQ(first.to, "head@s.org");
  ASSERT_TRUE(first.effects);
  EXPECT_EQ(*first.effects, (StepEffects{Priority::urgent,
                                         "head@s.org",
                                         {"late", "of organization.com"},
                                         {"https://h.s.org/organization.com"},
                                         {"task_opened"},
                                         "",
                                         ""}));
  EXPECT_FALSE(verdict.escalation[1].effects) << "once, with the first who is told";
  EXPECT_EQ(in_words(verdict.escalation[2]), "3 hours: tag later");
  EXPECT_FALSE(verdict.escalation[2].tells);
}

TEST(Rules, FirstModeLetsOneRuleAct) {
  const auto rules = load(
      "match: first\nrules:\n  - condition: subject contains 'a'\n    action: {tag: one}\n  - action: {tag: two}\n");
  EXPECT_THAT(rules->decide(Sample("a").facts()).tags, ElementsAre("one"));
  EXPECT_THAT(rules->decide(Sample("b").facts()).tags, ElementsAre("two"));
}

TEST(Rules, DropIsRecordedAndEnds) {
  const auto rules = load(
      "rules:\n  - name: spam\n    condition: subject contains 'pills'\n    action: {drop: true}\n  - action: {tag: "
      "x}\n");
  const auto verdict = rules->decide(Sample("pills").facts());
  EXPECT_EQ(verdict.drop, "spam");
  EXPECT_THAT(verdict.tags, IsEmpty());
  EXPECT_EQ(rules->decide(Sample("mail").facts()).drop, std::nullopt);
}

TEST(Rules, ChainsAndTheReminderBefore) {
  const auto rules = load(R"(
rules:
  - name: chain
    action:
      escalate_after: 1 hour
      escalate_to: [{after: 2 hours, to: supervisor@s.org}, {after: 4 hours, to: head@s.org}]
)");
  using std::chrono::hours;
  EXPECT_THAT(rules->decide(Sample("a").facts()).escalation,
              ElementsAre(EscalationStep{hours(1), "", false, false, true, {}, "chain"},
                          EscalationStep{hours(2), "supervisor@s.org", false, false, true, {}, "chain"},
                          EscalationStep{hours(4), "head@s.org", false, false, true, {}, "chain"}));
}

TEST(Rules, TemplatesAndKeywordsOfTheFiles) {
  const auto loaded =
      load_rules({{"a.yaml", "rules:\n  - condition: keywords contains 'gym'\n    action: {reply_with: thanks}\n"},
                  {"b.yaml",
                   "templates:\n  thanks: {subject: 'Re: {{subject}}', body: 'Task {{ task }}'}\n"
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
      |       ^~~~~~~~~ did you mean 'route_to'? (known: assign, drop, escalate_after, escalate_calendar, escalate_to, note, notify, reply_with, route_to, set_priority, sla, stop, tag, task_type, webhook)
rules.yaml:8:23: error: '2 hourz' is not a duration; write a number and a unit, as in "2 hours"
    8 |       escalate_after: "2 hourz"
      |                       ^~~~~~~~~
)");
}

TEST(Rules, ErrorsPointIntoTheCondition) {
  EXPECT_EQ(errors_of("rules:\n  - condition: \"subjekt contains 'leak' and size > 5 XB\"\n    action: {drop: yes}\n"),
            R"(rules.yaml:2:17: error: unknown field 'subjekt'
    2 |   - condition: "subjekt contains 'leak' and size > 5 XB"
      |                 ^~~~~~~ did you mean 'subject'? (known: any recipient, attachment name, attachment text, attachment type, body, business hours, cc, channel, date, day, earlier messages, envelope recipient, envelope sender, finding, first contact, from, from name, from staff, header, hour, keywords, language, month, new text, no reply, open tasks, part, quoted text, raw body, reply to, signature, size, subject, thread, thread assignee, thread priority, thread tag, thread task, thread team, time, to, weekday)
rules.yaml:2:52: error: '5 XB' is not a size
    2 |   - condition: "subjekt contains 'leak' and size > 5 XB"
      |                                                    ^~~~ write a whole number and a unit, as in 5 MB
)");
  EXPECT_EQ(errors_of("rules:\n  - condition: |\n      subject contains 'leak'\n      und body contains 'x'\n    "
                      "action: {drop: yes}\n"),
            R"(rules.yaml:4:7: error: 'und' is not expected here
    4 |       und body contains 'x'
      |       ^~~ join conditions by and / or; texts of several words stand in quotes
)");
}

}  // namespace
}  // namespace orgo::rules
