// Statements that go to a server together: who is refused takes nobody along, what is cut is there once or not at all,
// and what waits is bounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <latch>
#include <map>
#include <string>

#include "adapter/sql/change_store.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "core/parts/parts.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres.h"

namespace orgo::fault {
namespace {

using sql::PostgresEngine;
using sql::Query;
using sql::Transaction;
using tests::CuttingProxy;
using tests::Postgres;

constexpr TenantId kTenant{1};
constexpr TimePoint kStart{Millis{1'767'225'600'000}};

class PostgresBatch : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    static int schemas = 0;
    options_.server.url = Postgres::shared().url();
    options_.server.schema = "batch" + std::to_string(++schemas);
    engine_ = PostgresEngine::open(options_).value();
  }
  /// How often each name stands there.
  std::map<std::string, int> names() {
    std::map<std::string, int> found;
    auto use = engine_->reader(sql::Scope::all()).value();
    Query query(*use, "SELECT source, count(*) FROM rhythms GROUP BY source");
    while (query.next().value_or(false)) found[query.string(0)] = static_cast<int>(query.integer(1));
    return found;
  }

  void must_run(const std::string& statement) {
    ASSERT_TRUE(engine_->write({}, [&](Transaction& tx) { return tx.connection().execute(statement); }));
  }

  sql::PostgresEngineOptions options_;
  std::unique_ptr<PostgresEngine> engine_;
};

Status add_later(Transaction& tx, const std::string& name) {
  Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, '')");
  return sql::run_later(insert.with(kTenant.value, name));
}

TEST_F(PostgresBatch, WhoIsRefusedTakesNobodyOfItsGroupAlong) {
  ASSERT_TRUE(engine_->write({kTenant}, [](Transaction& tx) { return add_later(tx, "there"); }));
  std::promise<void> begun;
  std::latch all_are_there(1);
  auto first = std::async(std::launch::async, [&] {  // while it runs, the others gather behind it
    return engine_->write({kTenant}, [&](Transaction&) -> Status {
      begun.set_value();
      all_are_there.wait();
      return {};
    });
  });
  begun.get_future().wait();
  const auto groups = engine_->stats().groups;
  const std::array<const char*, 4> wanted = {"before", "there", "none", "behind"};
  std::array<std::future<Status>, 4> answers;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    answers.at(i) = std::async(std::launch::async, [&, i] {
      return engine_->write({kTenant}, [&, i](Transaction& tx) -> Status {
        if (i != 2) return add_later(tx, wanted.at(i));
        Query update(tx.connection(), "UPDATE rhythms SET state = 'met' WHERE tenant = ? AND source = ?");
        ORGO_TRY(waits, update.with(kTenant.value, wanted.at(i)).later(true));
        return waits || tx.connection().changed_rows() > 0 ? Status{} : failure(Errc::conflict, "it met no row");
      });
    });
  while (engine_->waiting() < wanted.size()) std::this_thread::yield();
  all_are_there.count_down();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(answers[0].get());
  EXPECT_EQ(answers[1].get().error().code, Errc::conflict) << "a row of this key is there";
  EXPECT_EQ(answers[2].get().error().code, Errc::conflict);
  EXPECT_TRUE(answers[3].get());
  EXPECT_EQ(engine_->stats().groups, groups + 1) << "they were one group, or the test shows nothing";
  EXPECT_EQ(names(), (std::map<std::string, int>{{"there", 1}, {"before", 1}, {"behind", 1}}));
}

Changes opening(std::string_view title) {
  Changes changes{.tenant = kTenant, .at = kStart};
  Task task{.tenant = kTenant};
  task.title = title;
  task.requester = mail_contact("anna@school.example");
  task.team = "office@school.example";
  task.created_at = task.updated_at = kStart;
  changes.add(TaskChange{task});
  return changes;
}

TEST_F(PostgresBatch, OfTwoThatNameOneMailTheSecondIsRefusedAlone) {
  SqlChangeStore store(*engine_);
  const auto naming = [](std::string_view title) {
    auto changes = opening(title);
    changes.add(ThreadAlias{77, TaskRef::nth_new(0), {}});
    return changes;
  };
  const std::vector<Changes> batch{opening("before"), naming("first"), naming("second"), opening("behind")};
  const auto answers = store.commit(batch, within(Millis{10'000})).value();
  ASSERT_EQ(answers.size(), 4U);
  for (const std::size_t i : {0U, 1U, 3U}) EXPECT_TRUE(answers[i]) << i << ": " << answers[i].error().message;
  ASSERT_FALSE(answers[2]);
  EXPECT_EQ(answers[2].error().code, Errc::conflict);
  EXPECT_THAT(answers[2].error().message, testing::HasSubstr("has a mail that is named here"))
      << "it says why, as where each statement is waited for";
  EXPECT_EQ(answers[3]->task, TaskNumber{3}) << "who was refused has taken no number";
}

/// A trigger of the operator, which raises what it likes.
TEST_F(PostgresBatch, ARowThatATriggerRefusesTakesNobodyAlong) {
  SqlChangeStore store(*engine_);
  int last = 0;
  for (const char* state : {"P0001", "23514", "38000"})
    for (const auto& [table, condition] :
         std::map<std::string, std::string>{{"tasks", "NEW.title = 'bad'"},
                                            {"events", "NEW.subject IN (SELECT number FROM tasks WHERE title = 'bad')"},
                                            {"thread_aliases", "NEW.id_hash < 0"}}) {
      SCOPED_TRACE(table + " " + state);
      std::vector<Changes> batch;
      for (const char* title : {"before", "beside", "bad", "behind"}) {
        auto& changes = batch.emplace_back(opening(title));
        ++last;
        changes.add(ThreadAlias{std::string_view(title) == "bad" ? -last : last, TaskRef::nth_new(0), {}});
        changes.events.push_back({.kind = EventKind::task_opened, .subject = TaskRef::nth_new(0)});
      }
      must_run("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN IF " + condition +
               " THEN RAISE EXCEPTION 'no' USING ERRCODE = '" + state + "'; END IF; RETURN NEW; END $f$");
      must_run("CREATE TRIGGER refuse BEFORE INSERT ON " + table + " FOR EACH ROW EXECUTE FUNCTION refuse()");
      const auto answers = store.commit(batch, within(Millis{10'000})).value();
      ASSERT_EQ(answers.size(), 4U);
      for (const std::size_t i : {0U, 1U, 3U}) EXPECT_TRUE(answers[i]) << i << ": " << answers[i].error().message;
      ASSERT_FALSE(answers[2]);
      EXPECT_EQ(answers[2].error().code, Errc::conflict);
      must_run("DROP TRIGGER refuse ON " + table);
    }
}

TEST_F(PostgresBatch, OneMayGoOnFromWhatAnotherOfItsBatchHasWritten) {
  SqlChangeStore store(*engine_);
  const auto first = opening("first");
  ASSERT_TRUE(store.commit(std::span(&first, 1), within(Millis{10'000})).value()[0]);
  const auto changed = [](std::int64_t version) {
    auto changes = opening("version " + std::to_string(version));
    auto& change = *changes.find<TaskChange>();
    auto task = change.task;
    task.number = TaskNumber{1};
    task.version = version;
    Changes made{.tenant = kTenant, .at = kStart};
    made.add(TaskChange{task});
    return made;
  };
  const std::vector<Changes> batch{changed(1), changed(2), changed(2), changed(3)};
  const auto answers = store.commit(batch, within(Millis{10'000})).value();
  for (const std::size_t i : {0U, 1U, 3U}) EXPECT_TRUE(answers[i]) << i << ": " << answers[i].error().message;
  ASSERT_FALSE(answers[2]);
  EXPECT_EQ(answers[2].error().code, Errc::conflict);
}

TEST_F(PostgresBatch, CutAtAnyOctetItIsThereOnceAndWhole) {
  {
    auto connection =
        sql::open_postgres_connection({.url = Postgres::shared().owner_url(), .schema = "public"}).value();
    ASSERT_TRUE(connection->execute("ALTER TABLE " + options_.server.schema + ".rhythms DROP CONSTRAINT rhythms_pkey"));
  }
  CuttingProxy proxy(Postgres::shared().port());
  auto options = options_;
  options.server.url = Postgres::url_at(proxy.port());
  auto cut = PostgresEngine::open(options).value();
  const auto write = [&](const std::string& name) {
    return cut->write({kTenant}, [&](Transaction& tx) -> Status {
      ORGO_TRY(number, tx.next(kTenant, sql::Counter::event));  // the last message has all but this
      ORGO_CHECK(add_later(tx, name + " a"));
      ORGO_CHECK(add_later(tx, name + " b"));
      Query update(tx.connection(), "UPDATE rhythms SET state = ? WHERE tenant = ? AND source = ?");
      ORGO_TRY(waits, update.with(std::to_string(number), kTenant.value, name + " a").later(true));
      return waits ? Status{} : failure(Errc::conflict, "it did not wait");
    });
  };
  ASSERT_TRUE(write("first"));
  constexpr int kOctets = 400;  // more than all the answers of one write
  int cuts = 0;
  for (int octets = 0; octets < kOctets; octets += 3) {
    const auto before = proxy.connections();
    proxy.cut_once_after(octets);
    const auto wrote = write("n" + std::to_string(octets));
    EXPECT_TRUE(wrote) << octets << ": " << wrote.error().message;
    cuts += proxy.connections() > before ? 1 : 0;
  }
  EXPECT_GT(cuts, 40);
  const auto found = names();
  EXPECT_EQ(found.size(), 2 * (1U + (kOctets + 2) / 3));
  for (const auto& [name, count] : found) EXPECT_EQ(count, 1) << name;
}

TEST_F(PostgresBatch, WhatWaitsIsBounded) {
  constexpr int kRows = 5'000;
  const auto before = engine_->round_trips();
  ASSERT_TRUE(engine_->write({kTenant}, [](Transaction& tx) -> Status {
    for (int i = 0; i < kRows; ++i) ORGO_CHECK(add_later(tx, std::to_string(i)));
    return {};
  }));
  const auto trips = engine_->round_trips() - before;
  EXPECT_GT(trips, 2U) << "all of them waited at once";
  EXPECT_LT(trips, 6U);
  EXPECT_EQ(names().size(), std::size_t{kRows});
}

}  // namespace
}  // namespace orgo::fault
