// Who follows the log of events by its sequence (GET /api/v1/events, pages, webhooks) sees each event of each node:
// what commits late has no smaller number than what was seen already.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <numeric>
#include <optional>
#include <thread>
#include <vector>

#include "adapter/sql/change_store.h"
#include "adapter/sql/rows.h"
#include "adapter/sql/task_store.h"
#include "tests/support/postgres_schema.h"

namespace orgo::fault {
namespace {

using sql::PostgresEngine;
using sql::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::Postgres;
using tests::PostgresSchema;

constexpr TenantId kTenant{1};
constexpr auto kStart = TimePoint{Millis{1'770'000'000'000}};
constexpr Millis kPatience{10'000};

class PostgresEvents : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    schema_.emplace();
  }
  std::unique_ptr<PostgresEngine> node() const { return PostgresEngine::open({.server = schema_->options()}).value(); }
  static std::vector<std::int64_t> events_after(sql::Engine& engine, std::int64_t sequence) {
    SqlTaskStore tasks(engine);
    std::vector<std::int64_t> found;
    const auto events = tasks.events_after(kTenant, sequence, 1000);
    EXPECT_TRUE(events) << events.error().message;
    for (const auto& event : events.value_or(std::vector<StoredEvent>())) found.push_back(event.sequence);
    return found;
  }
  static Event event(std::string actor) { return {.at = kStart, .actor = std::move(actor)}; }
  static Status write(sql::Engine& engine, const std::string& actor, const std::function<void()>& before_commit) {
    return engine.write({kTenant}, [&](Transaction& tx) -> Status {
      ORGO_CHECK(sql::insert_event(tx, kTenant, event(actor)));
      ORGO_CHECK(tx.late().settle());  // it is written; only the commit is missing
      before_commit();
      return {};
    });
  }
  /// Until a session of the server waits for the lock of a tenant; false: none does.
  static bool somebody_waits(sql::Engine& engine) {
    for (const auto until = within(kPatience); std::chrono::steady_clock::now() < until;) {
      auto use = engine.reader(sql::Scope::all()).value();
      sql::Query query(*use,
                       "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
                       "(SELECT oid FROM pg_database WHERE datname = current_database())");
      if (query.next().value_or(false) && query.integer(0) > 0) return true;
    }
    return false;
  }

  std::optional<PostgresSchema> schema_;
};

TEST_F(PostgresEvents, WhatCommitsLateIsNotPassedOver) {
  auto slow = node(), fast = node(), reader = node();
  std::promise<void> written, go_on;
  std::thread held_back([&, may_go = go_on.get_future()] {
    EXPECT_TRUE(write(*slow, "slow", [&] {
      written.set_value();
      may_go.wait();
    }));
  });
  written.get_future().wait();
  std::atomic<bool> is_done = false;
  std::thread beside([&] {
    EXPECT_TRUE(write(*fast, "fast", [] {}));
    is_done = true;
  });
  EXPECT_TRUE(somebody_waits(*reader)) << "the second one must not go past the first";
  EXPECT_FALSE(is_done);
  EXPECT_THAT(events_after(*reader, 0), IsEmpty());
  go_on.set_value();
  held_back.join();
  beside.join();
  EXPECT_THAT(events_after(*reader, 0), ElementsAre(1, 2));
}

/// Another tenant has nothing to wait for: its numbers are its own.
TEST_F(PostgresEvents, WhoWritesForAnotherTenantDoesNotWait) {
  auto slow = node(), fast = node();
  std::promise<void> written, go_on;
  std::thread held_back([&, may_go = go_on.get_future()] {
    EXPECT_TRUE(write(*slow, "slow", [&] {
      written.set_value();
      may_go.wait();
    }));
  });
  written.get_future().wait();
  EXPECT_TRUE(fast->write({TenantId{2}}, [](Transaction& tx) -> Status {
    ORGO_CHECK(sql::insert_event(tx, TenantId{2}, event("other")));
    return {};
  }));
  go_on.set_value();
  held_back.join();
}

TEST_F(PostgresEvents, AReaderWhoFollowsSeesAllOfThreeNodes) {
  constexpr int kNodes = 3, kEach = 120;
  auto follower = node();
  std::atomic<int> writing = kNodes;
  std::vector<std::thread> writers;
  for (int i = 0; i < kNodes; ++i)
    writers.emplace_back([&, i] {
      auto engine = node();
      SqlChangeStore changes(*engine);
      for (int number = 0; number < kEach; ++number) {
        Changes one{.tenant = kTenant, .at = kStart};
        one.events.push_back(event("node" + std::to_string(i)));
        const auto committed = changes.commit(std::span(&one, 1), within(kPatience));
        EXPECT_TRUE(committed && committed->at(0));
      }
      --writing;
    });
  std::vector<std::int64_t> seen;
  for (bool is_last = false; !is_last;) {
    is_last = writing == 0;
    for (const auto sequence : events_after(*follower, seen.empty() ? 0 : seen.back())) seen.push_back(sequence);
  }
  for (auto& writer : writers) writer.join();
  std::vector<std::int64_t> all(static_cast<std::size_t>(kNodes * kEach));
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(seen, all);
}

}  // namespace
}  // namespace orgo::fault
