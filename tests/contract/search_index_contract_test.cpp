// What every SearchIndex must do (port/search_index.h): the answers of all engines are those of search::matches().
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "adapter/memory/memory_search_index.h"
#include "adapter/sql/search_file.h"
#include "base/hash.h"

namespace orgo::contract {
namespace {

using search::Document;
using search::Field;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TenantId kOurs{1}, kTheirs{2};

struct Place {
  Place() : folder(std::filesystem::temp_directory_path() / ("orgo-search-" + random_hex(8))) {
    std::filesystem::create_directories(folder);
  }
  ~Place() { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
};

Document document(TaskNumber number, std::string subject, std::string text, TenantId tenant = kOurs) {
  Document made{.tenant = tenant, .number = number};
  made.texts[static_cast<std::size_t>(Field::number)] = to_string(number);
  made.texts[static_cast<std::size_t>(Field::subject)] = std::move(subject);
  made.texts[static_cast<std::size_t>(Field::text)] = std::move(text);
  return made;
}

class SearchIndexContract : public testing::TestWithParam<std::string> {
 protected:
  SearchIndexContract() { open(); }
  void open() {
    index.reset();
    if (GetParam() == "memory") index = std::make_unique<MemorySearchIndex>();
    else index = sql::open_search_index(place.folder.string()).value();
  }
  void put(const std::vector<Document>& documents, SearchFollowed followed = {.sequence = 1}) {
    ASSERT_TRUE(index->put(documents.at(0).tenant, documents, followed));
  }
  std::vector<std::int64_t> find(std::string_view text, TenantId tenant = kOurs, TaskNumber before = {},
                                 int limit = 50) {
    const auto hits = index->find({tenant, search::parse_query(text).value(), before, limit}, within(Millis{10'000}));
    EXPECT_TRUE(hits) << text << ": " << hits.error().message;
    std::vector<std::int64_t> numbers;
    if (hits)
      for (const auto& hit : *hits) numbers.push_back(hit.number.value);
    return numbers;
  }

  Place place;
  std::unique_ptr<SearchIndex> index;
};

TEST_P(SearchIndexContract, FindsNewestFirstInPages) {
  put({document({1}, "Pump", "water"), document({2}, "Tap", "Pumps"), document({3}, "Lamp", "dark"),
       document({4}, "pump", "")});
  EXPECT_THAT(find("pump"), ElementsAre(4, 2, 1));
  EXPECT_THAT(find("pump", kOurs, {}, 2), ElementsAre(4, 2));
  EXPECT_THAT(find("pump", kOurs, TaskNumber{2}), ElementsAre(1));
  EXPECT_THAT(find("\"pump\""), ElementsAre(4, 1));
  EXPECT_THAT(find("pump -water"), ElementsAre(4, 2));
  EXPECT_THAT(find("-pump"), ElementsAre(3));
  EXPECT_THAT(find("subject:pump"), ElementsAre(4, 1));
  EXPECT_THAT(find("nothing"), IsEmpty());
}

TEST_P(SearchIndexContract, ADocumentTakesThePlaceOfTheOneBefore) {
  put({document({1}, "Pump", "")});
  put({document({1}, "Lamp", "")});
  EXPECT_THAT(find("pump"), IsEmpty());
  EXPECT_THAT(find("lamp"), ElementsAre(1));
  EXPECT_EQ(index->count(kOurs).value(), 1);
}

TEST_P(SearchIndexContract, TenantsNeverMeet) {
  put({document({1}, "Pump", ""), document({2}, "Pump", "")});
  put({document({1}, "Pump", "", kTheirs)});
  EXPECT_THAT(find("pump"), ElementsAre(2, 1));
  EXPECT_THAT(find("pump", kTheirs), ElementsAre(1));
  EXPECT_THAT(find("pump", TenantId{3}), IsEmpty());
  EXPECT_THAT(find("-lamp", kTheirs), ElementsAre(1));
  EXPECT_EQ(index->followed(TenantId{3}).value(), SearchFollowed{});
  EXPECT_EQ(index->count(kTheirs).value(), 1);
}

TEST_P(SearchIndexContract, ConditionsAskTheTask) {
  auto one = document({1}, "Pump", ""), two = document({2}, "Pump", "");
  one.state = TaskState::closed;
  one.created_at = TimePoint{Millis{86'400'000}};
  two.state = TaskState::open;
  two.team = "Water@school.example";
  two.assignee = "Anna";
  two.created_at = TimePoint{Millis{10 * 86'400'000LL}};
  put({one, two});
  EXPECT_THAT(find("is:done"), ElementsAre(1));
  EXPECT_THAT(find("-is:done pump"), ElementsAre(2));
  EXPECT_THAT(find("state:open"), ElementsAre(2));
  EXPECT_THAT(find("team:water"), ElementsAre(2));
  EXPECT_THAT(find("team:water@school.example assignee:anna"), ElementsAre(2));
  EXPECT_THAT(find("-assignee:anna"), ElementsAre(1));
  EXPECT_THAT(find("before:1970-01-05"), ElementsAre(1));
  EXPECT_THAT(find("pump -before:1970-01-05"), ElementsAre(2));
}

TEST_P(SearchIndexContract, RemovesWhatIsOfAnEarlierGeneration) {
  put({document({1}, "Pump", ""), document({2}, "Pump", ""), document({3}, "Pump", "")});
  put({document({2}, "Pump", "")}, {.sequence = 5, .generation = 2});
  EXPECT_THAT(find("pump"), ElementsAre(3, 2, 1)) << "the old one answers";
  EXPECT_EQ(index->remove_older(kOurs, 1).value(), 1);
  EXPECT_EQ(index->remove_older(kOurs, 10).value(), 1);
  EXPECT_EQ(index->remove_older(kOurs, 10).value(), 0);
  EXPECT_THAT(find("pump"), ElementsAre(2));
}

TEST_P(SearchIndexContract, WhatIsOfAnotherLogIsNotFound) {
  put({document({1}, "Pump", "")});
  ASSERT_TRUE(index->put(kOurs, {}, {.sequence = kNothingIsOurs, .generation = 2}));
  EXPECT_THAT(find("pump"), IsEmpty());
  put({document({2}, "Pump", "")}, {.sequence = 1, .generation = 2});
  EXPECT_FALSE(find("pump").empty());
}

TEST_P(SearchIndexContract, KnowsHowFarItCame) {
  const SearchFollowed followed{.sequence = 7, .at = TimePoint{Millis{9}}, .generation = 3, .whole = true};
  put({document({1}, "Pump", "")}, followed);
  EXPECT_EQ(index->followed(kOurs).value(), followed);
  ASSERT_TRUE(index->start_over());
  EXPECT_EQ(index->followed(kOurs).value(), SearchFollowed{});
  EXPECT_THAT(find("pump"), IsEmpty());
}

/// A few words in any order, of several scripts: all engines say what search::matches() says.
TEST_P(SearchIndexContract, AnswersAsTheDecisionSays) {
  const std::vector<std::string> words{"pump",  "Pümpe",   "pum",    "東京",   "東",    "京都", "anna@example.org",
                                       "12-34", "STRASSE", "straße", "o'neil", "हिन्दी", "ไทย",  "a"};
  const std::vector<std::string> queries{
      "pump",    "\"pum\"",   "pumpe",     "東京",      "\"京都\"",     "example.org",
      "12",      "\"12 34\"", "strasse",   "o'neil",    "हिन्दी",        "ไท",
      "a",       "-a",        "pum -東京", "subject:a", "\"pump pum\"", "text:strasse -subject:pump",
      "\"a pump"};
  std::vector<Document> documents;
  std::uint32_t seed = 1;
  const auto next = [&] { return (seed = seed * 1'664'525U + 1'013'904'223U) >> 16U; };
  for (std::int64_t i = 1; i <= 200; ++i) {
    std::string subject, text;
    for (auto left = next() % 3; left > 0; --left) subject += words[next() % words.size()] + " ";
    for (auto left = next() % 6; left > 0; --left) text += words[next() % words.size()] + " ";
    documents.push_back(document({i}, subject, text));
  }
  put(documents);
  for (const auto& text : queries) {
    std::vector<std::int64_t> expected;
    for (auto at = documents.rbegin(); at != documents.rend(); ++at)
      if (search::matches(*at, search::parse_query(text).value())) expected.push_back(at->number.value);
    EXPECT_EQ(find(text, kOurs, {}, 1'000), expected) << text;
    EXPECT_FALSE(expected.empty()) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, SearchIndexContract, testing::Values("memory", "sql"),
                         [](const auto& engine) { return engine.param; });

TEST(SearchFile, StaysAndIsBuiltAnewWhenDamaged) {
  const Place place;
  const std::vector documents{document({1}, "Pump", "")};
  const auto count = [&] { return sql::open_search_index(place.folder.string()).value()->count(kOurs).value(); };
  ASSERT_TRUE(sql::open_search_index(place.folder.string()).value()->put(kOurs, documents, {.sequence = 1}));
  EXPECT_EQ(count(), 1);
  std::fstream(place.folder / "search.db", std::ios::in | std::ios::out | std::ios::binary) << "not a database ----";
  EXPECT_EQ(count(), 0);
  ASSERT_TRUE(sql::open_search_index(place.folder.string()).value()->put(kOurs, documents, {.sequence = 1}));
  EXPECT_EQ(count(), 1);
}

/// By whoever works with it: nobody else looks.
TEST(SearchFile, ThatIsTakenAwayOrDamagedMeanwhileIsTold) {
  const Place place;
  const std::vector documents{document({1}, "Pump", "")};
  auto index = sql::open_search_index(place.folder.string()).value();
  ASSERT_TRUE(index->put(kOurs, documents, {.sequence = 1}));
  EXPECT_FALSE(index->is_damaged());
  std::filesystem::remove(place.folder / "search.db");
  EXPECT_TRUE(index->is_damaged());
  ASSERT_TRUE(index->start_over());
  EXPECT_FALSE(index->is_damaged());
  EXPECT_EQ(index->count(kOurs).value(), 0);
  std::filesystem::rename(place.folder / "search.db", place.folder / "moved.db");
  std::ofstream(place.folder / "search.db") << "of somebody else";
  EXPECT_TRUE(index->is_damaged());
  ASSERT_TRUE(index->start_over());
  ASSERT_TRUE(index->put(kOurs, documents, {.sequence = 1}));
  EXPECT_EQ(index->count(kOurs).value(), 1);
}

TEST(SearchFile, OfOurVersionWithoutItsTablesIsMadeAnew) {
  const Place place;
  const auto file = place.folder / "search.db";
  ASSERT_TRUE(sql::open_search_index(place.folder.string()));
  for (const char* gone : {"followed", "documents", "words"}) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(db, (std::string("DROP TABLE ") + gone).c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
    auto index = sql::open_search_index(place.folder.string()).value();
    EXPECT_TRUE(index->put(kOurs, std::vector{document({1}, "Pump", "")}, {.sequence = 1})) << gone;
  }
  std::filesystem::remove(file);
  std::filesystem::create_symlink("/nonexistent/index", file);
  auto index = sql::open_search_index(place.folder.string()).value();
  EXPECT_TRUE(index->put(kOurs, std::vector{document({1}, "Pump", "")}, {.sequence = 1})) << "a link to nothing";
}

TEST(SearchFile, ThatCantBeMadeNowIsMadeLater) {
  const Place place;
  const auto in_the_way = place.folder / "search.db";
  std::filesystem::create_directories(in_the_way / "full");
  auto index = sql::open_search_index(place.folder.string());
  ASSERT_TRUE(index) << "no reason not to serve";
  EXPECT_FALSE((*index)->followed(kOurs));
  std::filesystem::remove_all(in_the_way);
  EXPECT_EQ((*index)->followed(kOurs).value(), SearchFollowed{});
  EXPECT_TRUE((*index)->put(kOurs, std::vector{document({1}, "Pump", "")}, {.sequence = 1}));
}

}  // namespace
}  // namespace orgo::contract
