// Locks in a database that is cut, killed and frozen, asked by several at the same instant: nobody has what another
// has, who got one knows it, and no token comes again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <optional>
#include <thread>
#include <vector>

#include "adapter/sql/postgres/postgres_locks.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres_schema.h"

namespace orgo::fault {
namespace {

using sql::PostgresLine;
using sql::PostgresLocks;
using tests::CuttingProxy;
using tests::Postgres;
using tests::PostgresSchema;

constexpr auto kStart = TimePoint{Millis{1'770'000'000'000}};
constexpr Millis kTtl{60'000};

class PostgresLocksFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
  }
  /// Asks until it is answered: for a moment after it was away nobody is asked.
  static Result<Lock> acquire_at_last(PostgresLocks& locks, const std::string& name) {
    for (;;)
      if (auto lock = locks.acquire(name, "one", kStart, kTtl); lock || lock.error().code != Errc::unavailable)
        return lock;
  }
};

TEST_F(PostgresLocksFault, CutAtAnyOctetItIsOursOrNobodys) {
  const PostgresSchema schema;
  PostgresLine direct(schema.options());
  PostgresLocks others(direct);
  CuttingProxy proxy(Postgres::shared().port());
  PostgresLine cut(schema.options_at(proxy.port()));
  PostgresLocks ours(cut);
  ASSERT_TRUE(ours.acquire("first", "one", kStart, kTtl));  // what is prepared is prepared
  constexpr int kOctets = 90;                               // more than the answer to one statement
  int cuts = 0;
  for (int octets = 0; octets < kOctets; octets += 2) {
    const auto name = "x" + std::to_string(octets);
    const auto before = proxy.connections();
    proxy.cut_once_after(octets);
    const auto lock = ours.acquire(name, "one", kStart, kTtl);
    ASSERT_TRUE(lock) << octets << ": " << lock.error().message;
    cuts += proxy.connections() > before ? 1 : 0;
    EXPECT_EQ(others.acquire(name, "two", kStart, kTtl).error().code, Errc::conflict);
    EXPECT_TRUE(ours.renew(*lock, kStart, kTtl)) << octets;
    EXPECT_TRUE(ours.release(*lock));
    EXPECT_TRUE(others.acquire(name, "two", kStart, kTtl)) << octets;
  }
  EXPECT_GT(cuts, 10);
}

TEST_F(PostgresLocksFault, OfTwoAtTheSameInstantOneGetsIt) {
  const PostgresSchema schema;
  constexpr int kRounds = 300;
  std::barrier both(2);
  std::vector<std::optional<Lock>> got[2];
  const auto work = [&](std::vector<std::optional<Lock>>& mine, const std::string& owner) {
    PostgresLine line(schema.options());
    PostgresLocks locks(line);
    EXPECT_TRUE(locks.acquire("warm " + owner, owner, kStart, kTtl));
    for (int round = 0; round < kRounds; ++round) {
      both.arrive_and_wait();
      const auto lock = locks.acquire("x" + std::to_string(round), owner, kStart, kTtl);
      mine.push_back(lock ? std::optional(*lock) : std::nullopt);
    }
  };
  std::thread other([&] { work(got[1], "two"); });
  work(got[0], "one");
  other.join();
  int won[2] = {};
  for (std::size_t round = 0; round < kRounds; ++round) {
    EXPECT_NE(got[0][round].has_value(), got[1][round].has_value()) << "round " << round;
    for (int i = 0; i < 2; ++i) won[i] += got[i][round] ? 1 : 0;
  }
  EXPECT_GT(won[0], 0) << "without a race the test shows nothing";
  EXPECT_GT(won[1], 0);
}

TEST_F(PostgresLocksFault, TokensGrowOverTheDeathOfTheServer) {
  Postgres server;
  sql::PostgresOptions options{.url = server.url(), .patience = Millis{10'000}};
  ASSERT_TRUE(sql::PostgresEngine::open({.server = options}));
  PostgresLine line(options);
  PostgresLocks locks(line);
  const auto first = acquire_at_last(locks, "x");
  ASSERT_TRUE(first);
  server.kill();
  EXPECT_EQ(locks.acquire("y", "one", kStart, kTtl).error().code, Errc::unavailable);
  EXPECT_EQ(locks.renew(*first, kStart, kTtl).error().code, Errc::unavailable) << "nobody knows, so nobody may go on";
  server.start();
  const auto second = acquire_at_last(locks, "y");
  ASSERT_TRUE(second);
  EXPECT_GT(second->token, first->token);
  EXPECT_TRUE(locks.renew(*first, kStart, kTtl)) << "what was answered is there";
}

TEST_F(PostgresLocksFault, AFrozenServerIsNotWaitedForForEver) {
  Postgres server;
  sql::PostgresOptions options{.url = server.url(), .patience = Millis{300}};
  auto roomy = options;
  roomy.patience = Millis{10'000};
  ASSERT_TRUE(sql::PostgresEngine::open({.server = roomy}));
  PostgresLine line(options);
  PostgresLocks locks(line);
  ASSERT_TRUE(acquire_at_last(locks, "before"));
  server.freeze();
  const auto frozen = locks.acquire("while", "one", kStart, kTtl);
  ASSERT_FALSE(frozen);
  EXPECT_EQ(frozen.error().code, Errc::unavailable);
  const auto at_once = locks.acquire("while", "one", kStart, kTtl);
  ASSERT_FALSE(at_once);
  EXPECT_EQ(at_once.error().message, frozen.error().message) << "who comes then need not wait for it, too";
  server.thaw();
  EXPECT_TRUE(acquire_at_last(locks, "after"));
}

}  // namespace
}  // namespace orgo::fault
