#include "core/search/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orgo::search {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Query parsed(std::string_view text) {
  auto query = parse_query(text);
  EXPECT_TRUE(query) << query.error().message;
  return query ? *query : Query{};
}

std::string refused(std::string_view text) {
  const auto query = parse_query(text);
  EXPECT_FALSE(query) << text;
  return query ? std::string() : query.error().message;
}

TEST(SearchQuery, WordsBeginAndPhrasesAreWhole) {
  const auto query = parsed("Pump \"dripping tap\" -Closed");
  ASSERT_THAT(query.terms, SizeIs(3));
  EXPECT_EQ(query.terms[0], (Term{{"pump"}, true, false, std::nullopt}));
  EXPECT_EQ(query.terms[1], (Term{{"dripping", "tap"}, false, false, std::nullopt}));
  EXPECT_EQ(query.terms[2], (Term{{"closed"}, true, true, std::nullopt}));
}

TEST(SearchQuery, FieldsNarrowWords) {
  const auto query = parsed("from:alice@example.org TAG:billing -subject:\"out of office\"");
  ASSERT_THAT(query.terms, SizeIs(3));
  EXPECT_EQ(query.terms[0], (Term{{"alice", "example", "org"}, true, false, Field::from}));
  EXPECT_EQ(query.terms[1], (Term{{"billing"}, true, false, Field::tag}));
  EXPECT_EQ(query.terms[2], (Term{{"out", "of", "office"}, false, true, Field::subject}));
}

TEST(SearchQuery, ConditionsAskTheTaskItself) {
  const auto query = parsed("state:open -is:done team:Maintenance assignee:anna before:2026-11-01 after:2026-10-01");
  EXPECT_THAT(query.terms, IsEmpty());
  ASSERT_THAT(query.conditions, SizeIs(6));
  EXPECT_EQ(query.conditions[0].state, TaskState::open);
  EXPECT_TRUE(query.conditions[1].without);
  EXPECT_FALSE(query.conditions[1].open);
  EXPECT_EQ(query.conditions[2].name, "maintenance");
  EXPECT_EQ(to_rfc3339(query.conditions[4].at), "2026-11-01T00:00:00Z");
}

TEST(SearchQuery, DaysAreThoseOfTheZone) {
  const auto query = parse_query("before:2026-11-01", TimeZone::fixed(std::chrono::hours(2))).value();
  EXPECT_EQ(to_rfc3339(query.conditions.at(0).at), "2026-10-31T22:00:00Z");
}

TEST(SearchQuery, ForgivesQuotesAndColonsOfText) {
  EXPECT_THAT(parsed("\"never closed").terms, ElementsAre(Term{{"never", "closed"}, false, false, std::nullopt}));
  EXPECT_THAT(parsed("at 12:30").terms, SizeIs(2));
  EXPECT_THAT(parsed("https://example.org/a").terms,
              ElementsAre(Term{{"https", "example", "org", "a"}, true, false, {}}));
  EXPECT_THAT(parsed("note: pump").terms, SizeIs(2));
  EXPECT_THAT(parsed("a - b").terms, SizeIs(2));
}

TEST(SearchQuery, SaysWhatIsWrong) {
  EXPECT_THAT(refused("frm:alice"), HasSubstr("there are number, subject, from"));
  EXPECT_THAT(refused("state:odd"), HasSubstr("is not a state"));
  EXPECT_THAT(refused("is:lost"), HasSubstr("use is:open or is:done"));
  EXPECT_THAT(refused("before:soon"), HasSubstr("before:2026-11-01"));
  EXPECT_THAT(refused("team:\"\""), HasSubstr("wants a name"));
  EXPECT_THAT(refused(" ?! "), HasSubstr("no word to search for"));
}

TEST(SearchQuery, IsBounded) {
  EXPECT_TRUE(parse_query(std::string(kQueryMax, 'a')));
  EXPECT_THAT(refused(std::string(kQueryMax + 1, 'a')), HasSubstr("at most 500"));
  std::string words;
  for (std::size_t i = 0; i < kWordsMax; ++i) words += "a ";
  EXPECT_TRUE(parse_query(words));
  EXPECT_THAT(refused(words + "b"), HasSubstr("at most 40"));
}

RC_GTEST_PROP(SearchQuery, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto query = parse_query(text);
  if (!query) return;
  RC_ASSERT(!query->terms.empty() || !query->conditions.empty());
  for (const auto& term : query->terms) RC_ASSERT(!term.words.empty());
}

}  // namespace
}  // namespace orgo::search
