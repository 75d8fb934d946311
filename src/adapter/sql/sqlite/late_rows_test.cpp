#include "adapter/sql/late_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/sqlite/sqlite_engine.h"
#include "tests/support/tenants.h"

namespace orgo::sql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const LateTable& things() {
  static const LateTable table("things (tenant, id, name, size)");
  return table;
}
const LateTable& named_once() {
  static const LateTable table("things (tenant, id, name, size)",
                               "ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name");
  return table;
}

class LateRowsTest : public testing::Test {
 protected:
  LateRowsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-late-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
    SqliteEngineOptions options;
    options.path = folder + "/orgo.db";
    engine = SqliteEngine::open(options).value();
    EXPECT_TRUE(engine->write({}, [](Transaction& tx) {
      return tx.connection().execute(
          "CREATE TABLE things (tenant BIGINT, id BIGINT, name TEXT, size BIGINT, PRIMARY KEY (tenant, id))");
    }));
  }
  ~LateRowsTest() override {
    engine.reset();
    std::filesystem::remove_all(folder);
  }
  static std::vector<std::int64_t> ids(Connection& db) {
    std::vector<std::int64_t> found;
    Query query(db, "SELECT id FROM things ORDER BY id");
    while (query.next().value()) found.push_back(query.integer(0));
    return found;
  }

  std::string folder;
  std::unique_ptr<Engine> engine;
};

TEST_F(LateRowsTest, EachArrivesOnceAndAsItWas) {
  for (std::int64_t count = 0; count <= 26; ++count) {
    ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
      ORGO_CHECK(tx.connection().execute("DELETE FROM things"));
      for (std::int64_t i = 1; i <= count; ++i)
        ORGO_CHECK(tx.late().add(things(), 1, i, 1, i, "name " + std::to_string(i),
                                 i % 3 == 0 ? std::optional<std::int64_t>() : std::optional(i * 10)));
      return {};
    }));
    auto reader = engine->reader(Scope::all());
    Query query(**reader, "SELECT id, name, size FROM things ORDER BY id");
    std::int64_t seen = 0;
    while (query.next().value()) {
      ++seen;
      EXPECT_EQ(query.integer(0), seen);
      EXPECT_EQ(query.text(1), "name " + std::to_string(seen));
      EXPECT_EQ(query.is_null(2), seen % 3 == 0);
      EXPECT_EQ(query.integer(2), seen % 3 == 0 ? 0 : seen * 10);
    }
    EXPECT_EQ(seen, count);
  }
}

TEST_F(LateRowsTest, WhoAsksForARowFindsItAndTheNextJobFindsAll) {
  ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
    auto& late = tx.late();
    for (const std::int64_t id : {1, 2, 3}) ORGO_CHECK(late.add(things(), 1, id, 1, id, "x", 0));
    EXPECT_THAT(ids(tx.connection()), IsEmpty());
    ORGO_CHECK(late.settle(things(), 1, 9));
    ORGO_CHECK(late.settle(things(), 2, 1));
    EXPECT_THAT(ids(tx.connection()), IsEmpty()) << "neither that number nor that tenant waits";
    ORGO_CHECK(late.settle(things(), 1, 2));
    EXPECT_THAT(ids(tx.connection()), ElementsAre(1, 2, 3));
    return late.add(things(), 1, 4, 1, 4, "x", 0);
  }));
  auto reader = engine->reader(Scope::all());
  EXPECT_THAT(ids(**reader), ElementsAre(1, 2, 3, 4));
}

TEST_F(LateRowsTest, TextThatIsNoTextIsMendedAsEverywhere) {
  const std::string broken("a\xFF\0b", 4);
  ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
    for (std::int64_t i = 1; i <= 9; ++i) ORGO_CHECK(tx.late().add(things(), 1, i, 1, i, broken, 0));
    return {};
  }));
  auto reader = engine->reader(Scope::all());
  Query query(**reader, "SELECT name FROM things");
  while (query.next().value()) EXPECT_EQ(query.text(0), stored_text(broken));
}

TEST_F(LateRowsTest, WhatAnUndoneTransactionHadIsGone) {
  int runs = 0;
  ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
    ORGO_CHECK(tx.late().add(things(), 1, ++runs, 1, runs, "x", 0));
    if (runs < 3) tx.run_again();
    return {};
  }));
  auto reader = engine->reader(Scope::all());
  EXPECT_THAT(ids(**reader), ElementsAre(3));
}

/// It had written nothing yet, but what it wanted to write must not come with the next job either; nor are the numbers
/// used up that it took.
TEST_F(LateRowsTest, WhatARefusedJobHadIsForgotten) {
  for (const std::int64_t count : {1, 7, 8, 9}) {
    const auto refused = engine->write({}, [&](Transaction& tx) -> Status {
      for (std::int64_t id = 1; id <= count; ++id) {
        ORGO_CHECK(tx.next(kTenant, Counter::event));
        ORGO_CHECK(tx.late().add(things(), 1, id, 1, id, "of the refused", 0));
      }
      return failure(Errc::conflict, "met while its rows were waiting");
    });
    EXPECT_EQ(refused.error().code, Errc::conflict);
    auto reader = engine->reader(Scope::all());
    EXPECT_THAT(ids(**reader), IsEmpty()) << count;
  }
  EXPECT_EQ(engine->write({}, [](Transaction& tx) { return tx.next(kTenant, Counter::event); }).value(), 1);
}

/// Three jobs of one group. The second is refused while its rows wait, or has one that can't be written.
TEST_F(LateRowsTest, OthersOfItsGroupKeepTheirs) {
  const auto add = [](std::int64_t id) {
    return [id](Transaction& tx) { return tx.late().add(things(), 1, id, 1, id, "x", 0); };
  };
  const auto refuse = [](Transaction& tx) -> Status {
    ORGO_CHECK(tx.late().add(things(), 1, 2, 1, 2, "of the refused", 0));
    return failure(Errc::conflict, "met while its rows were waiting");
  };
  const auto add_twice = [](Transaction& tx) -> Status {
    ORGO_CHECK(tx.late().add(things(), 1, 2, 1, 2, "x", 0));
    return tx.late().add(things(), 1, 2, 1, 2, "x", 0);
  };
  for (const auto& second :
       {std::function<Status(Transaction&)>(refuse), std::function<Status(Transaction&)>(add_twice)}) {
    std::promise<void> begun, go_on;
    std::atomic<bool> first_run{true};
    auto holds = std::async(std::launch::async, [&] {
      return engine->write({}, [&](Transaction& tx) -> Status {
        if (first_run.exchange(false)) {
          begun.set_value();
          go_on.get_future().wait();
        }
        return tx.connection().execute("DELETE FROM things");
      });
    });
    begun.get_future().wait();
    std::vector<std::future<Status>> group;
    std::atomic<int> handed_in{0};
    for (const auto& job :
         {std::function<Status(Transaction&)>(add(1)), second, std::function<Status(Transaction&)>(add(3))})
      group.push_back(std::async(std::launch::async, [&handed_in, job, this] {
        ++handed_in;
        return engine->write({}, job);
      }));
    while (handed_in < 3) std::this_thread::yield();
    go_on.set_value();
    EXPECT_TRUE(holds.get());
    EXPECT_TRUE(group[0].get());
    EXPECT_EQ(group[1].get().error().code, Errc::conflict);
    EXPECT_TRUE(group[2].get());
    auto reader = engine->reader(Scope::all());
    EXPECT_THAT(ids(**reader), ElementsAre(1, 3));
  }
}

TEST_F(LateRowsTest, WhatStandsBehindTheValuesCounts) {
  ASSERT_TRUE(engine->write({}, [&](Transaction& tx) -> Status {
    ORGO_CHECK(tx.late().add(named_once(), 1, 1, 1, 1, "first", 0));
    ORGO_CHECK(tx.late().settle());
    for (std::int64_t i = 1; i <= 8; ++i) ORGO_CHECK(tx.late().add(named_once(), 1, i, 1, i, "later", 0));
    return {};
  }));
  auto reader = engine->reader(Scope::all());
  Query query(**reader, "SELECT name FROM things WHERE id = 1");
  ASSERT_TRUE(query.next().value());
  EXPECT_EQ(query.text(0), "later");
  EXPECT_EQ(ids(**reader).size(), 8U);
}

TEST_F(LateRowsTest, ARowThatCannotBeWrittenUndoesItsJob) {
  const auto twice = engine->write({}, [&](Transaction& tx) -> Status {
    ORGO_CHECK(tx.late().add(things(), 1, 1, 1, 1, "x", 0));
    return tx.late().add(things(), 1, 1, 1, 1, "x", 0);
  });
  EXPECT_FALSE(twice);
  auto reader = engine->reader(Scope::all());
  EXPECT_THAT(ids(**reader), IsEmpty());
}

}  // namespace
}  // namespace orgo::sql
