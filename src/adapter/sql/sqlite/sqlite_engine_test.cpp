#include "adapter/sql/sqlite/sqlite_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace orgo::sql {
namespace {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-engine-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

class SqliteEngineTest : public testing::Test {
 protected:
  SqliteEngineTest() { open(false); }
  void open(bool twice) {
    engine.reset();
    SqliteEngineOptions options;
    options.path = folder.path + "/orgo.db";
    options.run_twice = twice;
    options.readers_max = 2;
    engine = SqliteEngine::open(options).value();
    ASSERT_TRUE(engine->write({}, [](Transaction& tx) {
      return tx.connection().execute("CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY)");
    }));
  }
  static Status add(Transaction& tx, std::string_view name) {
    Query insert(tx.connection(), "INSERT INTO things VALUES (?)");
    return insert.with(name).run();
  }
  static std::int64_t count(Connection& db) {
    Query query(db, "SELECT count(*) FROM things");
    return query.next().value() ? query.integer(0) : -1;
  }
  std::int64_t count() {
    auto reader = engine->reader();
    return count(**reader);
  }

  Folder folder;
  std::unique_ptr<SqliteEngine> engine;
};

TEST_F(SqliteEngineTest, AJobAnswersWithAValue) {
  const auto answer = engine->write({}, [](Transaction& tx) -> Result<int> {
    ORGO_CHECK(add(tx, "a"));
    return 42;
  });
  EXPECT_EQ(answer.value(), 42);
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteEngineTest, ARefusalOfAJobIsItsOwn) {
  const auto answer =
      engine->write({}, [](Transaction&) -> Result<int> { return failure(Errc::conflict, "somebody was first"); });
  EXPECT_EQ(answer.error().code, Errc::conflict);
  EXPECT_EQ(engine->trouble(), "");
}

TEST_F(SqliteEngineTest, TroubleIsToldUntilTheNextWriteGoesWell) {
  EXPECT_EQ(engine->write({}, [](Transaction& tx) -> Status {
                    ORGO_CHECK(add(tx, "lost"));
                    return failure(Errc::resource_exhausted, "the disk is full");
                  })
                .error()
                .code,
            Errc::resource_exhausted);
  EXPECT_EQ(engine->trouble(), "the disk is full");
  EXPECT_EQ(count(), 0) << "nothing of the transaction stays";
  ASSERT_TRUE(engine->write({}, [](Transaction& tx) { return add(tx, "kept"); }));
  EXPECT_EQ(engine->trouble(), "");
}

TEST_F(SqliteEngineTest, RunTwiceDoesEachJobAgainAfterARollback) {
  open(true);
  int runs = 0;
  ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
    ++runs;
    return add(tx, "once");
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteEngineTest, AJobThatAsksForAnotherRunLeavesNothingOfThisOne) {
  int runs = 0;
  const auto answer = engine->write({}, [&](Transaction& tx) -> Result<int> {
    if (++runs == 1) {
      ORGO_CHECK(add(tx, "of the first run"));
      tx.run_again();
      return 0;
    }
    ORGO_CHECK(add(tx, "of the second run"));
    return runs;
  });
  EXPECT_EQ(answer.value(), 2);
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteEngineTest, WhoAsksForEverIsRefused) {
  const auto answer = engine->write({}, [](Transaction& tx) -> Status {
    tx.run_again();
    return {};
  });
  EXPECT_EQ(answer.error().code, Errc::unavailable);
}

TEST_F(SqliteEngineTest, ASnapshotSeesOneInstant) {
  auto snapshot = engine->snapshot();
  EXPECT_EQ(count(**snapshot), 0);
  ASSERT_TRUE(engine->write({}, [](Transaction& tx) { return add(tx, "later"); }));
  EXPECT_EQ(count(**snapshot), 0);
  snapshot->release();
  EXPECT_EQ(count(), 1) << "the connection that comes back sees what is there now";
}

TEST_F(SqliteEngineTest, ReadersAreBounded) {
  auto one = engine->reader();
  auto two = engine->reader();
  ASSERT_TRUE(one && two);
  EXPECT_EQ(engine->reader(within(Millis{10})).error().code, Errc::unavailable);
  two->release();
  EXPECT_TRUE(engine->reader(within(Millis{10})));
}

TEST_F(SqliteEngineTest, AClosedEngineTakesNothing) {
  engine->close();
  EXPECT_EQ(engine->write({}, [](Transaction& tx) { return add(tx, "late"); }).error().code, Errc::unavailable);
  engine->close();
}

}  // namespace
}  // namespace orgo::sql
