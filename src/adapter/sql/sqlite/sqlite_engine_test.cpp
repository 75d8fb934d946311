#include "adapter/sql/sqlite/sqlite_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

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
    auto reader = engine->reader(Scope::all());
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
  EXPECT_EQ(engine
                ->write({},
                        [](Transaction& tx) -> Status {
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

/// Half of a job must not stay: it would be a state that nobody has decided on. Others of its group have no part in it.
TEST_F(SqliteEngineTest, AJobThatFailsHalfWayLeavesNothing) {
  for (const auto code : {Errc::conflict, Errc::not_found, Errc::invalid_input, Errc::corrupt}) {
    const auto before = count();
    const auto half = [&](Transaction& tx) -> Status {
      ORGO_CHECK(add(tx, "half of " + std::to_string(static_cast<int>(code))));
      return failure(code, "met when it had written already");
    };
    EXPECT_EQ(engine->write({}, half).error().code, code);
    EXPECT_EQ(count(), before);

    // In one group with others: the first holds the writer until all have been handed in.
    std::promise<void> begun, go_on;
    std::atomic<bool> first_run{true};
    auto holds = std::async(std::launch::async, [&] {
      return engine->write({}, [&](Transaction&) -> Status {
        if (first_run.exchange(false)) {
          begun.set_value();
          go_on.get_future().wait();
        }
        return {};
      });
    });
    begun.get_future().wait();
    std::atomic<int> handed_in{0};
    const auto name = [&](const char* which) { return which + std::to_string(static_cast<int>(code)); };
    std::vector<std::future<Status>> group;
    for (const auto* which : {"before ", "", "behind "})
      group.push_back(std::async(std::launch::async, [&, which] {
        ++handed_in;
        return *which == '\0' ? engine->write({}, half)
                              : engine->write({}, [&](Transaction& tx) { return add(tx, name(which)); });
      }));
    while (handed_in < 3) std::this_thread::yield();
    go_on.set_value();
    EXPECT_TRUE(holds.get());
    EXPECT_TRUE(group[0].get());
    EXPECT_EQ(group[1].get().error().code, code);
    EXPECT_TRUE(group[2].get());
    EXPECT_EQ(count(), before + 2);
  }
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
  auto snapshot = engine->snapshot(Scope::all());
  EXPECT_EQ(count(**snapshot), 0);
  ASSERT_TRUE(engine->write({}, [](Transaction& tx) { return add(tx, "later"); }));
  EXPECT_EQ(count(**snapshot), 0);
  snapshot->release();
  EXPECT_EQ(count(), 1) << "the connection that comes back sees what is there now";
}

TEST_F(SqliteEngineTest, ReadersAreBounded) {
  auto one = engine->reader(Scope::all());
  auto two = engine->reader(Scope::all());
  ASSERT_TRUE(one && two);
  EXPECT_EQ(engine->reader(Scope::all(), within(Millis{10})).error().code, Errc::unavailable);
  two->release();
  EXPECT_TRUE(engine->reader(Scope::all(), within(Millis{10})));
}

TEST_F(SqliteEngineTest, AClosedEngineTakesNothing) {
  engine->close();
  EXPECT_EQ(engine->write({}, [](Transaction& tx) { return add(tx, "late"); }).error().code, Errc::unavailable);
  engine->close();
}

TEST_F(SqliteEngineTest, TheLogMovesIntoTheFileWhileItIsWritten) {
  const auto grown = [&] { return std::filesystem::file_size(folder.path + "/orgo.db") > 400'000; };
  for (int i = 0; i < 200; ++i)  // each a commit of its own
    ASSERT_TRUE(
        engine->write({}, [&](Transaction& tx) { return add(tx, std::to_string(i) + std::string(4'000, 'x')); }));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!grown() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(Millis{10});
  EXPECT_TRUE(grown()) << "all of it stands in the log, which grows for ever";
  EXPECT_EQ(count(), 200);
}

TEST_F(SqliteEngineTest, TheLogIsShortAgainBehindALongReader) {
  constexpr std::uintmax_t kLong = 64 << 20;
  const auto log_size = [&] { return std::filesystem::file_size(folder.path + "/orgo.db-wal"); };
  {
    auto snapshot = engine->snapshot(Scope::all());
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(count(**snapshot), 0);
    for (int i = 0; i < 40; ++i)
      ASSERT_TRUE(
          engine->write({}, [&](Transaction& tx) { return add(tx, std::to_string(i) + std::string(2'000'000, 'x')); }));
    EXPECT_GT(log_size(), kLong);
    EXPECT_EQ(count(**snapshot), 0);
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (int i = 0; log_size() > kLong && std::chrono::steady_clock::now() < until; ++i)
    ASSERT_TRUE(engine->write({}, [&](Transaction& tx) { return add(tx, "short " + std::to_string(i)); }));
  EXPECT_LE(log_size(), kLong);
}

TEST_F(SqliteEngineTest, AJobThatHasBegunIsWaitedForWhateverItsDeadline) {
  // What its caller is told is what became of it: else it would be done again, or be thought lost.
  for (const bool succeeds : {true, false}) {
    const auto name = succeeds ? "late" : "refused";
    const auto status = engine->write(
        {},
        [&](Transaction& tx) -> Status {
          std::this_thread::sleep_for(Millis{120});
          ORGO_CHECK(add(tx, name));
          return succeeds ? Status{} : failure(Errc::conflict, "not this one");
        },
        within(Millis{20}));
    EXPECT_EQ(status.has_value(), succeeds);
    if (!status) {
      EXPECT_EQ(status.error().code, Errc::conflict) << status.error().message;
    }
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteEngineTest, AJobWhoseDeadlineEndsBeforeItBeginsIsNeverDone) {
  std::promise<void> inside, go_on;
  auto holding = std::async(std::launch::async, [&] {
    return engine->write({}, [&](Transaction& tx) -> Status {
      inside.set_value();
      go_on.get_future().wait();
      return add(tx, "first");
    });
  });
  inside.get_future().wait();
  const auto late = engine->write(
      {}, [&](Transaction& tx) { return add(tx, "late"); }, within(Millis{30}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::unavailable);
  go_on.set_value();
  EXPECT_TRUE(holding.get());
  EXPECT_TRUE(engine->write({}, [&](Transaction& tx) { return add(tx, "next"); }));
  EXPECT_EQ(count(), 2) << "the late one did not come after all";
}

}  // namespace
}  // namespace orgo::sql
