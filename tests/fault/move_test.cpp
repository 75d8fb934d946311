// Moves between the two engines, with the real server: whatever changes in between, and wherever it is cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "adapter/sql/move/mover.h"
#include "adapter/sql/postgres/postgres_move_end.h"
#include "adapter/sql/sqlite/sqlite_move_end.h"
#include "tests/support/postgres.h"

namespace orgo::fault {
namespace {

using sql::Connection;
using sql::MoveEnd;
using sql::Mover;
using sql::Query;
using testing::HasSubstr;
using tests::Postgres;

constexpr TimePoint kNow{Millis{1'760'000'000'000}};

class Move : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    folder_ = (std::filesystem::temp_directory_path() / "orgo-move-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    schema_ = "moves" + std::to_string(++schemas_);
    from_ = source().connect(true).value();
    ASSERT_TRUE(source().make_ready(true));
    from_ = source().connect(true).value();
    fill();
  }
  void TearDown() override {
    from_.reset();
    std::filesystem::remove_all(folder_);
  }
  static inline int schemas_ = 0;

  std::unique_ptr<MoveEnd> file() { return std::make_unique<sql::SqliteMoveEnd>(folder_ + "/orgo.db"); }
  std::unique_ptr<MoveEnd> server(const std::string& of = {}) {
    return std::make_unique<sql::PostgresMoveEnd>(
        sql::PostgresOptions{.url = Postgres::shared().url(), .schema = schema_ + of});
  }
  std::unique_ptr<MoveEnd> source_end() { return GetParam() ? file() : server(); }
  std::unique_ptr<MoveEnd> target_end() { return GetParam() ? server() : file(); }
  MoveEnd& source() {
    if (!source_) source_ = source_end();
    return *source_;
  }
  Result<std::unique_ptr<Mover>> open(const std::string& name = "there") {
    return Mover::open({.from = source_end(), .to = target_end(), .to_name = name}, kNow);
  }
  void run(const std::string& sql) {
    ASSERT_TRUE(from_->begin());
    const auto done = from_->execute(sql);
    ASSERT_TRUE(done) << done.error().message << ": " << sql;
    ASSERT_TRUE(from_->commit());
  }
  static std::string person(int i, const std::string& address) {
    return "INSERT INTO people (tenant, login, version, name, address, address_key, zone, teams, role, disabled, "
           "password, sessions_valid_after, created_at, updated_at) VALUES (1, 'p" +
           std::to_string(i) + "', 1, 'N''ame \xC3\xA4', '" + address + "', '" + address +
           "', '', '', 1, 0, '', 0, 0, 0)";
  }
  static std::string alias(int tenant, int hash) {
    return "INSERT INTO thread_aliases (tenant, id_hash, task, send) VALUES (" + std::to_string(tenant) + ", " +
           std::to_string(hash - 6'000) + ", 1, 2)";
  }
  void fill() {
    for (int i = 0; i < 20; ++i) run(person(i, "a" + std::to_string(i)));
    // More than one round of one table.
    std::string all;
    for (int i = 0; i < 12'000; ++i) all += alias(1 + i % 3, i) + ";";
    run(all);
    run("INSERT INTO tenants (id, name, created_at) VALUES (2, 'Zweiter', 5)");
    run("INSERT INTO counters (tenant, kind, last) VALUES (1, 1, 9223372036854775807), (2, 1, -1)");
    run("INSERT INTO rhythms (tenant, source, state) VALUES (1, '', ''), (1, 'x''y', '\n'), (2, '\xE2\x82\xAC', '{}')");
  }
  /// As a server that goes on: what exchanges unique values, changes a key, goes away and comes back.
  void change(std::mt19937& random) {
    const auto some = [&](int most) { return std::to_string(random() % static_cast<unsigned>(most)); };
    switch (random() % 6) {
      case 0: {  // two exchange their addresses
        const auto a = some(10), b = std::to_string(10 + random() % 10);
        run("UPDATE people SET address_key = 'free' WHERE login = 'p" + a + "';UPDATE people SET address_key = 'a" + a +
            some(1'000'000) + "' WHERE login = 'p" + b + "';UPDATE people SET address_key = 'b" + some(1'000'000'000) +
            "' WHERE login = 'p" + a + "'");
        break;
      }
      case 1:
        run("UPDATE rhythms SET source = source || '" + some(9) + "' WHERE tenant = 1 AND source <> ''");
        break;
      case 2:
        run("DELETE FROM thread_aliases WHERE id_hash = " + some(6'000));
        break;
      case 3:
        run("DELETE FROM people WHERE login = 'p3';" + person(3, "again" + some(1'000'000'000)));
        break;
      case 4:
        run("UPDATE counters SET last = last - 1 WHERE last > 0");
        break;
      default:
        run("UPDATE lineage SET number = number + 1");
    }
  }

  std::string folder_, schema_;
  std::unique_ptr<MoveEnd> source_;
  std::unique_ptr<Connection> from_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Move, testing::Bool(),
                         [](const auto& which) { return which.param ? "FileToServer" : "ServerToFile"; });

TEST_P(Move, AllFollowsWhateverChangesAndWhereverItIsCut) {
  std::mt19937 random(5);
  int calls = 0;
  for (bool is_copied = false; !is_copied; ++calls) {
    auto mover = open();
    ASSERT_TRUE(mover) << mover.error().message;
    int rounds = 0;
    ASSERT_TRUE((*mover)->copy({}, [&] {
      for (int i = 0; i < 3; ++i) change(random);
      return ++rounds < 4;  // then its process is gone
    }));
    is_copied = rounds < 4;
  }
  EXPECT_GT(calls, 3);
  auto mover = open().value();
  ASSERT_TRUE(mover->copy({}, [] { return true; }));
  for (int i = 0; i < 30; ++i) change(random);
  const auto compared = mover->compare({});
  ASSERT_TRUE(compared) << compared.error().message;
  EXPECT_GT(compared->rows, 10'000);
  EXPECT_EQ(compared->tenants, 3) << "of one table";
  for (int i = 0; i < 30; ++i) change(random);
  const auto done = mover->finish(kNow);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(mover->is_done());

  // From here on it is another one's.
  ASSERT_TRUE(from_->begin());
  const auto refused = from_->execute(person(77, "late"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("was moved to there"));
  from_->rollback();
  mover.reset();
  auto again = open();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE((*again)->is_done());
  EXPECT_FALSE(open("elsewhere"));
  EXPECT_FALSE(Mover::cancel(source()));
}

TEST_P(Move, WhatWasWrittenOverThereIsNoticed) {
  auto mover = open().value();
  ASSERT_TRUE(mover->copy({}, [] { return true; }));
  auto there = target_end()->connect(true).value();
  ASSERT_TRUE(there->execute("UPDATE rhythms SET state = 'other' WHERE tenant = 2"));
  const auto compared = mover->compare({});
  ASSERT_FALSE(compared);
  EXPECT_THAT(compared.error().message, HasSubstr("rhythms of tenant 2: as many rows, and not the same ones"));
  ASSERT_TRUE(there->execute("UPDATE rhythms SET state = '{}' WHERE tenant = 2"));
  ASSERT_TRUE(mover->compare({}));
  ASSERT_TRUE(there->execute("DELETE FROM rhythms WHERE tenant = 2"));
  const auto finished = mover->finish(kNow);
  ASSERT_FALSE(finished);
  EXPECT_THAT(finished.error().message, HasSubstr("rhythms: 3 rows here, 2 there"));
  run(person(78, "it is served as before"));
  ASSERT_TRUE(there->execute("INSERT INTO rhythms (tenant, source, state) VALUES (2, '\xE2\x82\xAC', '{}')"));
  EXPECT_TRUE(mover->finish(kNow)) << "and the change of then has followed";
}

TEST_P(Move, BetweenTheRefusalAndTheEndItIsNotDone) {
  auto mover = open().value();
  ASSERT_TRUE(mover->copy({}, [] { return true; }));
  ASSERT_TRUE(mover->compare({}));
  run(person(80, "late"));
  auto there = target_end()->connect(true).value();
  ASSERT_TRUE(there->execute("ALTER TABLE people RENAME TO away"));  // the last change finds no place
  ASSERT_FALSE(mover->finish(kNow));
  mover.reset();
  const auto refused = from_->execute(person(81, "later"));
  ASSERT_FALSE(refused);
  from_->rollback();
  EXPECT_THAT(refused.error().message, HasSubstr("is not finished"));
  EXPECT_FALSE(Mover::state(source()).value()->is_done);
  ASSERT_TRUE(there->execute("ALTER TABLE away RENAME TO people"));
  there.reset();
  auto again = open().value();
  EXPECT_FALSE(again->is_done());
  ASSERT_TRUE(again->copy({}, [] { return true; }));
  ASSERT_TRUE(again->compare({}));
  ASSERT_TRUE(again->finish(kNow));
  EXPECT_TRUE(Mover::state(source()).value()->is_done);
}

TEST_P(Move, GivenUpItLeavesNothingHere) {
  auto mover = open().value();
  ASSERT_TRUE(mover->copy({}, [] { return true; }));
  EXPECT_FALSE(open("elsewhere")) << "one place at a time";
  mover.reset();
  EXPECT_TRUE(Mover::cancel(source()).value());
  EXPECT_FALSE(Mover::cancel(source()).value()) << "twice is harmless";
  run(person(79, "x"));
  EXPECT_FALSE(source().has_table(*from_, sql::kChangedRows).value());
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("given up"));
}

}  // namespace
}  // namespace orgo::fault
