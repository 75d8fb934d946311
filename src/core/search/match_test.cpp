#include "core/search/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::search {
namespace {

Document sample() {
  Task task{.tenant = TenantId{1}, .number = TaskNumber{12}};
  task.title = "Dripping tap";
  task.team = "maintenance@school.example";
  task.tags = {"water"};
  task.created_at = parse_rfc3339("2026-11-01T10:00:00Z").value();
  auto document = document_of(task);
  Message message;
  message.from = Address{"Alice Müller", "alice@example.org"};
  message.subject = "Dripping tap";
  message.text = "The tap in room 7 drips all night.\n\n> quoted secretword\n";
  message.make_mail().to = {{"Office", "office@school.example"}};
  message.attachments.push_back({.filename = "photo of tap.jpg"});
  add_message(document, message);
  add_note(document, "Plumber called");
  return document;
}

bool found(std::string_view text) {
  return matches(sample(), parse_query(text).value());
}

TEST(SearchMatch, FindsInEachPart) {
  for (const auto* text : {"drip", "\"tap in room\"", "from:alice", "from:muller", "alice@example.org", "to:office",
                           "tag:water", "file:photo", "number:T-12", "12", "plumber", "subject:dripping",
                           "team:maintenance", "before:2026-11-02 after:2026-11-01", "is:open", "-pump", "state:new"})
    EXPECT_TRUE(found(text)) << text;
}

TEST(SearchMatch, FindsNothingElse) {
  for (const auto* text : {"pump", "\"room tap\"", "\"dri\"", "from:office", "tag:tap", "-tap", "is:done",
                           "after:2026-11-02", "team:office", "tap pump"})
    EXPECT_FALSE(found(text)) << text;
}

TEST(SearchMatch, SnippetsMarkWhatWasFound) {
  const auto snippet = snippet_of(sample(), parse_query("night room").value());
  EXPECT_THAT(snippet.text, testing::HasSubstr("The tap in room 7 drips all night."));
  ASSERT_EQ(snippet.hits.size(), 2U);
  EXPECT_EQ(snippet.text.substr(snippet.hits[0].first, snippet.hits[0].second - snippet.hits[0].first), "room");
  EXPECT_EQ(snippet.text.substr(snippet.hits[1].first, snippet.hits[1].second - snippet.hits[1].first), "night");
}

/// Wherever it stands, also where a long text is cut into pieces to look for it.
TEST(SearchMatch, WhatStandsFarInALongTextIsShown) {
  for (const int before : {0, 1, 510, 511, 512, 513, 514, 1'023, 1'024, 1'025, 5'000}) {
    auto document = sample();
    auto& text = document.texts[static_cast<std::size_t>(Field::text)];
    text.clear();
    for (int i = 0; i < before; ++i) text += "hay ";
    text += "needle pin";
    for (int i = 0; i < 3'000; ++i) text += " straw";
    for (const auto* query : {"\"needle pin\"", "need"}) {
      const auto snippet = snippet_of(document, parse_query(query).value());
      ASSERT_EQ(snippet.hits.size(), 1U) << before << query;
      EXPECT_TRUE(snippet.text.substr(snippet.hits[0].first).starts_with("needle pin straw")) << before << snippet.text;
    }
  }
}

TEST(SearchMatch, TextIsBoundedAndSaysSo) {
  auto document = sample();
  EXPECT_FALSE(document.cut);
  Message message;
  message.text = std::string(kMessageTextMax + 1, 'x');
  add_message(document, message);
  EXPECT_TRUE(document.cut);
}

}  // namespace
}  // namespace orgo::search
