#include "core/lineage/lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHere = "born 1";

/// A database with its file, as a server leaves and finds them.
struct House {
  Lineage database;
  std::optional<LineageRecord> file;
  int marks = 0;

  std::string name() { return "n" + std::to_string(++marks); }
  void write_file() { file = LineageRecord{database.last, database.epoch, kHere}; }
  /// A start, or one of the marks between: the database first.
  void mark() {
    if (!file || file->mark != database.last) write_file();
    database = go_on(database, name());
    write_file();
  }
  [[nodiscard]] std::string judge(const char* identity = kHere) const { return why_restored(database, file, identity); }
};

House served(int marks) {
  House house;
  for (int i = 0; i < marks; ++i) house.mark();
  return house;
}

TEST(Lineage, WhatGoesOnIsNoRestore) {
  House house;
  EXPECT_THAT(house.judge(), IsEmpty()) << "a new one, or one of a version that knew no marks";
  for (int i = 0; i < 5; ++i) {
    house.mark();
    EXPECT_THAT(house.judge(), IsEmpty()) << i;
  }
  EXPECT_EQ(house.database.last.number, 5);
  EXPECT_EQ(house.database.epoch, 1);
}

TEST(Lineage, NoMomentOfALossOfPowerIsARestore) {
  for (int marks = 0; marks < 4; ++marks) {
    auto house = served(marks);
    if (!house.file) house.write_file();  // a first start writes the file before the first mark
    EXPECT_THAT(house.judge(), IsEmpty()) << marks << ": before the mark";
    house.database = go_on(house.database, house.name());
    EXPECT_THAT(house.judge(), IsEmpty()) << marks << ": the mark stands in the database and not in the file";
    house.write_file();
    EXPECT_THAT(house.judge(), IsEmpty()) << marks << ": the start after it has written the file";
    house.database = go_on(house.database, house.name());
    EXPECT_THAT(house.judge(), IsEmpty()) << marks << ": and ended behind its own mark";
  }
}

TEST(Lineage, AnOlderDatabaseIsARestore) {
  auto house = served(3);
  const auto backup = house.database;
  house.mark();
  house.database = backup;
  EXPECT_THAT(house.judge(), HasSubstr("older"));
  house.mark();
  for (int i = 0; i < 5; ++i) house.mark();
  house.database = backup;
  EXPECT_THAT(house.judge(), HasSubstr("mark 3 of 9"));
  house.database = Lineage{};
  EXPECT_THAT(house.judge(), HasSubstr("older")) << "one of a version that knew no marks, put back";
}

TEST(Lineage, ADatabaseOfACopyThatWentOnIsARestore) {
  const auto house = served(3);
  auto copy = house;
  copy.marks = 100;  // other names
  for (int further = 1; further < 4; ++further) {
    copy.mark();
    auto here = house;
    for (int i = 0; i < 2; ++i) here.mark();
    here.database = copy.database;
    EXPECT_THAT(here.judge(), Not(IsEmpty())) << further;
  }
}

TEST(Lineage, ACopiedFolderIsARestoreAndAFolderThatWasMovedIsNone) {
  const auto house = served(3);
  EXPECT_THAT(house.judge("born 2"), HasSubstr("copy"));
  EXPECT_THAT(house.judge(""), IsEmpty()) << "a file system that can't tell";
  auto elsewhere = house;
  elsewhere.file->identity.clear();
  EXPECT_THAT(elsewhere.judge("born 2"), IsEmpty()) << "one that could not tell when it was written";
  EXPECT_THAT(house.judge(kHere), IsEmpty()) << "mv keeps the file what it is";
}

TEST(Lineage, ADatabaseWithoutItsFileIsARestore) {
  auto house = served(1);
  house.file.reset();
  EXPECT_THAT(house.judge(), HasSubstr("without the file"));
}

TEST(Lineage, ARestoreIsOneEpochWhereverTheStartEnds) {
  auto house = served(3);
  const auto backup = house.database;
  for (int i = 0; i < 5; ++i) house.mark();
  house.database = backup;
  house.database = begin_epoch(house.database, house.file, house.name(), {});
  EXPECT_EQ(house.database.epoch, 2);
  EXPECT_EQ(house.database.last.number, 9);
  EXPECT_THAT(house.judge(), IsEmpty()) << "killed before the file was written: what waited is held already";
  house.write_file();
  EXPECT_THAT(house.judge(), IsEmpty());
  house.mark();
  EXPECT_EQ(house.database.epoch, 2);
  house.database = backup;
  EXPECT_THAT(house.judge(), Not(IsEmpty())) << "the same backup once more";
}

TEST(Lineage, ARestoreWithoutAFileBeginsBehindItsOwnMarks) {
  auto house = served(3);
  house.file.reset();
  house.database = begin_epoch(house.database, house.file, "r", {});
  EXPECT_EQ(house.database.last, (LineageMark{4, "r"}));
  house.write_file();
  EXPECT_THAT(house.judge(), IsEmpty());
  house.mark();
  EXPECT_THAT(house.judge(), IsEmpty());
}

TEST(Lineage, KnowsWhatIsOlderThanTheLastRestore) {
  constexpr TimePoint kBefore{Millis{1'000}}, kRestored{Millis{1'001}}, kAgain{Millis{5'000}};
  auto lineage = go_on(begin_epoch({}, std::nullopt, "a", kRestored), "b");
  EXPECT_TRUE(is_before_restore(kBefore, lineage.restored_at));
  EXPECT_FALSE(is_before_restore(kRestored, lineage.restored_at));
  lineage = begin_epoch(lineage, std::nullopt, "c", kAgain);
  EXPECT_TRUE(is_before_restore(kRestored, lineage.restored_at));
  EXPECT_FALSE(is_before_restore(kBefore, Lineage{}.restored_at)) << "it was never restored";
  EXPECT_TRUE(is_timer_of_before(kBefore, kRestored, false));
  EXPECT_FALSE(is_timer_of_before(kAgain, kRestored, false));
  EXPECT_TRUE(is_timer_of_before(kAgain, kRestored, true));
}

/// A database with marks of other nodes, as one finds it that has none there in this epoch.
House of_others(int marks, std::int64_t epoch) {
  auto house = served(marks);
  house.database.is_of_this_node = false;
  house.database.epoch = epoch;
  house.file.reset();
  return house;
}

TEST(Lineage, ANodeThatComesNewBesideOthersIsNoRestore) {
  auto house = of_others(5, 1);
  EXPECT_THAT(why_restored(house.database, {}, kHere, true), IsEmpty());
  EXPECT_THAT(house.judge(), Not(IsEmpty())) << "alone it may be the backup of others";
  house.file = LineageRecord{.mark = {7, "copied"}, .epoch = 1, .identity = "born 2"};
  EXPECT_THAT(why_restored(house.database, house.file, kHere, true), IsEmpty()) << "with the folder of another one";
  house.database.is_of_this_node = true;
  house.file.reset();
  EXPECT_THAT(why_restored(house.database, {}, kHere, true), IsEmpty()) << "its disk is a new one";
}

TEST(Lineage, WhatANodeHasSeenItselfCountsAlsoBesideOthers) {
  auto house = served(5);
  const auto backup = house.database;
  house.mark();
  house.mark();
  EXPECT_THAT(why_restored(backup, house.file, kHere, true), HasSubstr("older"));
}

TEST(Lineage, ARestoreThatAnotherNodeHasSeenIsNotSeenOnceMore) {
  auto house = of_others(5, 2);
  house.file = LineageRecord{.mark = {9, "behind the backup"}, .epoch = 1, .identity = kHere};
  EXPECT_THAT(house.judge(), IsEmpty());
  house.file->epoch = 2;
  EXPECT_THAT(house.judge(), Not(IsEmpty())) << "one that has gone on since, and has no mark there: of that epoch, too";
  house.file->epoch = 0;
  EXPECT_THAT(house.judge(), Not(IsEmpty())) << "written by an Orgo that knew no nodes";
}

TEST(Lineage, TheTextOfTheFileComesBack) {
  const LineageRecord record{.mark = {12, "ab12"}, .identity = "born 1796005409.381635417"};
  EXPECT_EQ(parse_lineage_record(to_text(record)), record);
  for (const auto* bad : {"", "{", "[]", "{}", R"({"mark":1})", R"({"mark":"1","name":"a","file":""})",
                          R"({"mark":-1,"name":"a","file":""})", R"({"mark":1,"name":"a"})"})
    EXPECT_FALSE(parse_lineage_record(bad)) << bad;
}

}  // namespace
}  // namespace orgo
