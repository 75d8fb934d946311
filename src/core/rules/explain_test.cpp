// What explanations say: every test, what held, which words did it and where; and how those words become marks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/highlight.h"
#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Mail {
  Message message;
  Envelope envelope{.tenant = kTenant};
  Mail() {
    message.subject = "Water LEAK and fire in Room 102";
    message.text =
        "Bitte kommen Sie. Gr\xC3\xBC\xC3\x9F"
        "e!\nurgent, really urgent: the leak is urgent.";
    message.from = Address{"Anna", "anna@school.org"};
    message.make_mail().to = {{"", "office@school.org"}, {"", "head@school.org"}};
    message.make_mail().headers = {{"X-Score", "7.5 points"}, {"Received", "first"}, {"Received", "second"}};
    message.size = 2'048;
  }
  [[nodiscard]] Facts facts() const {
    Facts facts{message, envelope, {}, {}, 14, 2};
    facts.find_keywords = true;
    return facts;
  }
};

RuleTrace explained(const std::string& condition, const Mail& mail) {
  std::string quoted;
  for (const char c : condition) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  const auto loaded = load_rules({{"rules.yaml", "rules:\n  - condition: '" + quoted + "'\n    action: {tag: hit}\n"}});
  EXPECT_NE(loaded.rules, nullptr) << to_string(loaded.errors, {});
  if (!loaded.rules) return {};
  const auto trace = loaded.rules->explain(mail.facts());
  EXPECT_EQ(trace.size(), 1U);
  return trace.empty() ? RuleTrace{} : trace[0];
}

/// The words of a part as they stand in the message: "subject: LEAK".
std::vector<std::string> words(const std::string& condition, const Mail& mail, std::size_t part = 0) {
  const auto trace = explained(condition, mail);
  std::vector<std::string> out;
  if (trace.parts.size() <= part) return {"(no such part)"};
  for (const auto& place : trace.parts[part].words) {
    const auto value = value_of(place, mail.facts());
    out.push_back(place.field + ": " + (value ? value->substr(place.offset, place.length) : "(no value)"));
  }
  return out;
}

TEST(Explain, EveryWordOfAListIsShown) {
  EXPECT_THAT(words("subject contains ['fire', 'leak', 'flood']", {}), ElementsAre("subject: LEAK", "subject: fire"));
  EXPECT_THAT(words("subject like ['*leak*', 'fire*']", {}), ElementsAre("subject: Water LEAK and fire in Room 102"));
}

TEST(Explain, WordsThatAreCountedAreAllShown) {
  EXPECT_THAT(words("count(body contains 'urgent') >= 3", {}),
              ElementsAre("body: urgent", "body: urgent", "body: urgent"));
  EXPECT_THAT(words("count(body matches /urg[a-z]+/) >= 2", {}),
              ElementsAre("body: urgent", "body: urgent", "body: urgent"));
  EXPECT_THAT(words("count(to) >= 2", {}), ElementsAre("to: office@school.org", "to: head@school.org"));
}

TEST(Explain, AKeywordIsShownByTheWordsThatMadeIt) {
  EXPECT_THAT(words("keywords contains 'leak'", {}), ElementsAre("subject: Water LEAK", "subject: LEAK", "body: leak"))
      << "both are words of it";
  EXPECT_THAT(words("keywords contains 'urgent'", {}), ElementsAre("body: urgent"));
}

TEST(Explain, PlacesOutsideTheTextNameTheirValue) {
  EXPECT_THAT(words("domain of from is 'school.org'", {}), ElementsAre("domain of from: school.org"));
  EXPECT_THAT(words("to contains 'head'", {}), ElementsAre("to: head"));
  EXPECT_THAT(words("to[2] contains 'head'", {}), ElementsAre("to: head"));
  EXPECT_THAT(words("header[Received][-1] is 'second'", {}), ElementsAre("header[Received][-1]: second"));
  EXPECT_THAT(words("header[X-Score] >= 5", {}), ElementsAre("header[X-Score]: 7.5 points"));
  EXPECT_THAT(words("room = /Room ([0-9]+)/ and subject contains 'room {{room}}'", {}, 1),
              ElementsAre("subject: Room 102"));
  EXPECT_THAT(words("room = /Room ([0-9]+)/ and room > 100", {}, 1), ElementsAre("subject: 102"));
}

TEST(Explain, LettersOfSeveralBytesStandWhereTheyAre) {
  EXPECT_THAT(words("body contains 'GR\xC3\x9CSSE'", {}), ElementsAre("body: Gr\xC3\xBC\xC3\x9F"
                                                                      "e"));
}

TEST(Explain, SaysWhatIsThereInstead) {
  const Mail mail;
  const auto trace = explained(
      "hour < 8 and size > 1 MB and from is 'ben@school.org' and not weekday in [sat, sun] and subject contains "
      "'zebra'",
      mail);
  ASSERT_EQ(trace.parts.size(), 5U);
  EXPECT_FALSE(trace.matched);
  EXPECT_EQ(trace.parts[0].found, "14");
  EXPECT_EQ(trace.parts[1].found, "2048 bytes");
  EXPECT_EQ(trace.parts[2].found, "anna@school.org");
  EXPECT_TRUE(trace.parts[3].negated);
  EXPECT_FALSE(trace.parts[3].held);
  EXPECT_TRUE(trace.parts[3].helps());
  EXPECT_EQ(trace.parts[3].found, "tuesday");
  EXPECT_EQ(trace.parts[4].found, "");
  EXPECT_EQ(trace.condition.substr(0, 8), "hour < 8");
}

TEST(Marks, AreInOrderWithoutOverlapAndWholeCharacters) {
  const std::string text =
      "a\xC3\xBC"
      "b urgent";  // aüb urgent
  EXPECT_THAT(marks_in_order({{8, 2}, {5, 4}, {7, 1}}, text), ElementsAre(Range{5, 5}));
  EXPECT_THAT(marks_in_order({{5, 2}, {7, 2}}, text), ElementsAre(Range{5, 4}));
  EXPECT_THAT(marks_in_order({{2, 1}}, text), ElementsAre(Range{1, 2})) << "in the middle of a letter of two bytes";
  EXPECT_THAT(marks_in_order({{1, 1}}, text), ElementsAre(Range{1, 2}));
  EXPECT_THAT(marks_in_order({{100, 5}, {3, 0}}, text), IsEmpty());
  EXPECT_THAT(marks_in_order({{9, static_cast<std::size_t>(-1)}}, text), ElementsAre(Range{9, 2}));
}

TEST(Marks, PlacesInPiecesOfTheTextAreFoundInAllOfIt) {
  Mail mail;
  mail.message.text =
      "My new words.\n\n> an old leak\n> of water\n\nAnd more leak.\n\nOn Monday, Ben wrote:\n> older leak\n";
  const auto split = split_text(mail.message);
  const auto marked = [&](const std::string& condition) {
    std::string out;
    for (const auto& part : explained(condition, mail).parts)
      for (const auto& place : part.words) {
        const auto value = value_of(place, mail.facts());
        out += place.field + "=" + (value ? value->substr(place.offset, place.length) : "?") + ":";
        for (const auto& range : places_in_body(place, mail.message, split))
          out += std::to_string(range.offset) + "+" + std::to_string(range.length) + "=" +
                 mail.message.text.substr(range.offset, range.length) + ";";
      }
    return out;
  };
  EXPECT_EQ(marked("new text contains 'leak'"),
            "new text=leak:" + std::to_string(mail.message.text.find("leak.")) + "+4=leak;");
  EXPECT_EQ(marked("quoted text contains 'leak'"),
            "quoted text=leak:" + std::to_string(mail.message.text.find("leak\n")) + "+4=leak;");
  EXPECT_EQ(marked("body contains 'leak'"), "body=leak:" + std::to_string(mail.message.text.find("leak")) + "+4=leak;");
  EXPECT_EQ(marked("to contains 'head'"), "to=head:");
}

TEST(Excerpt, ShowsTheWordsWithWhatStandsBesideThem) {
  const auto shown = [](std::string_view text, const std::vector<Range>& marks) {
    std::string out;
    for (const auto& piece : excerpt_of(text, marks, 5, 60)) out += piece.marked ? "[" + piece.text + "]" : piece.text;
    return out;
  };
  EXPECT_EQ(shown("pipe leak now", {{5, 4}}), "pipe [leak] now");
  EXPECT_EQ(shown("a very long time ago  a\nleak came to the house of Anna", {{24, 4}}), "...o a [leak] came...");
  EXPECT_EQ(shown("one two three", {{0, 3}, {8, 5}}), "[one] two [three]");
  EXPECT_EQ(shown("one and then some time later two", {{0, 3}, {29, 3}}), "[one] and ...ater [two]");
  EXPECT_EQ(shown("nothing is marked", {}), "nothing is...");
  EXPECT_LE(shown(std::string(1'000, 'x'), {{0, 1'000}}).size(), 70U);
}

}  // namespace
}  // namespace orgo::rules
