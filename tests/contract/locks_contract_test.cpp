// What every Locks must do (port/locks.h). A new backend is one line in all_backends().
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/in_process/in_process_locks.h"
#include "adapter/sql/postgres/postgres_locks.h"
#include "tests/support/postgres_schema.h"

namespace orgo::contract {
namespace {

constexpr auto kStart = TimePoint{Millis{1'770'000'000'000}};
constexpr Millis kTtl{60'000};

/// One installation's locks: `node(i)` is what the i-th node of it works with, all over the same state.
class LocksWorld {
 public:
  virtual ~LocksWorld() = default;
  virtual Locks& node(int number) = 0;
  /// The backend ends and begins again later; what it had may be gone, and no token may come again.
  virtual void restart(TimePoint now) = 0;
};

class InProcessWorld final : public LocksWorld {
 public:
  InProcessWorld() { restart(kStart); }
  Locks& node(int) override { return *locks_; }
  void restart(TimePoint now) override { locks_ = std::make_unique<InProcessLocks>(now); }

 private:
  std::unique_ptr<InProcessLocks> locks_;
};

/// Each node has a connection of its own.
class PostgresWorld final : public LocksWorld {
 public:
  PostgresWorld() { restart(kStart); }
  Locks& node(int number) override { return nodes_.at(static_cast<std::size_t>(number))->locks; }
  void restart(TimePoint) override {
    nodes_.clear();
    for (int i = 0; i < kNodes; ++i) nodes_.push_back(std::make_unique<Node>(schema_.options()));
  }

 private:
  struct Node {
    explicit Node(const sql::PostgresOptions& options) : line(options), locks(line) {}
    sql::PostgresLine line;
    sql::PostgresLocks locks;
  };
  static constexpr int kNodes = 4;
  tests::PostgresSchema schema_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

template <typename World>
std::unique_ptr<LocksWorld> make() {
  return std::make_unique<World>();
}

struct LocksBackend {
  std::string name;
  std::unique_ptr<LocksWorld> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const LocksBackend& backend) { return out << backend.name; }
};
std::vector<LocksBackend> all_backends() {
  std::vector<LocksBackend> backends = {{"in_process", make<InProcessWorld>}};
  if (tests::Postgres::available()) backends.push_back({"postgres", make<PostgresWorld>});
  return backends;
}

class LocksContract : public testing::TestWithParam<LocksBackend> {
 protected:
  std::unique_ptr<LocksWorld> world = GetParam().make();
  Locks& a = world->node(0);
  Locks& b = world->node(1);

  static Errc code(const Result<Lock>& answer) {
    EXPECT_FALSE(answer);
    return answer ? Errc::corrupt : answer.error().code;
  }
};

TEST_P(LocksContract, OneOwnerAtATime) {
  const auto lock = a.acquire("mailbox/office", "one", kStart, kTtl);
  ASSERT_TRUE(lock) << lock.error().message;
  EXPECT_EQ(lock->name, "mailbox/office");
  EXPECT_EQ(lock->owner, "one");
  EXPECT_GE(lock->token, 1);
  EXPECT_EQ(lock->ends_at, kStart + kTtl);
  const auto refused = b.acquire("mailbox/office", "two", kStart, kTtl);
  ASSERT_EQ(code(refused), Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("one"));
  EXPECT_EQ(code(a.acquire("mailbox/office", "one", kStart, kTtl)), Errc::conflict) << "nor the same owner again";
  EXPECT_TRUE(b.acquire("mailbox/parents", "two", kStart, kTtl)) << "another name is another lock";
}

TEST_P(LocksContract, EndsByItselfAndTheNextHasALargerToken) {
  const auto first = a.acquire("x", "one", kStart, kTtl);
  ASSERT_TRUE(first);
  EXPECT_EQ(code(b.acquire("x", "two", kStart + kTtl - Millis{1}, kTtl)), Errc::conflict);
  const auto second = b.acquire("x", "two", kStart + kTtl, kTtl);
  ASSERT_TRUE(second);
  EXPECT_GT(second->token, first->token);
  EXPECT_EQ(code(a.renew(*first, kStart + kTtl, kTtl)), Errc::conflict);
  EXPECT_TRUE(a.release(*first)) << "of one that is not ours any more nothing comes";
  EXPECT_EQ(code(a.acquire("x", "one", kStart + kTtl, kTtl)), Errc::conflict);
}

TEST_P(LocksContract, RenewsAndNeverShortens) {
  const auto lock = a.acquire("x", "one", kStart, kTtl);
  ASSERT_TRUE(lock);
  const auto longer = a.renew(*lock, kStart + Millis{30'000}, kTtl);
  ASSERT_TRUE(longer);
  EXPECT_EQ(longer->token, lock->token);
  EXPECT_EQ(longer->ends_at, kStart + Millis{90'000});
  const auto same = a.renew(*lock, kStart, kTtl);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->ends_at, kStart + Millis{90'000});
  EXPECT_EQ(code(b.acquire("x", "two", kStart + Millis{89'999}, kTtl)), Errc::conflict);
  EXPECT_EQ(code(a.renew(*lock, kStart + Millis{90'000}, kTtl)), Errc::conflict)
      << "it has ended, though nobody took it";
}

TEST_P(LocksContract, ReleasesAtOnceAndTwice) {
  const auto first = a.acquire("x", "one", kStart, kTtl);
  ASSERT_TRUE(first);
  EXPECT_TRUE(a.release(*first));
  EXPECT_TRUE(a.release(*first));
  EXPECT_EQ(code(a.renew(*first, kStart, kTtl)), Errc::conflict);
  const auto second = b.acquire("x", "two", kStart, kTtl);
  ASSERT_TRUE(second);
  EXPECT_GT(second->token, first->token);
  EXPECT_TRUE(a.release(*first));
  EXPECT_EQ(code(a.acquire("x", "one", kStart, kTtl)), Errc::conflict);
}

/// A token that somebody made up, or kept from an earlier lock of the same owner.
TEST_P(LocksContract, AnOldTokenOfTheSameOwnerIsWorthNothing) {
  const auto first = a.acquire("x", "one", kStart, kTtl);
  ASSERT_TRUE(first && a.release(*first));
  const auto second = a.acquire("x", "one", kStart, kTtl);
  ASSERT_TRUE(second);
  EXPECT_EQ(code(a.renew(*first, kStart, kTtl)), Errc::conflict);
  EXPECT_TRUE(a.release(*first));
  EXPECT_TRUE(a.renew(*second, kStart, kTtl));
}

TEST_P(LocksContract, TokensGrowOverARestart) {
  std::int64_t last = 0;
  for (int i = 0; i < 500; ++i) {
    const auto lock = a.acquire("x" + std::to_string(i), "one", kStart, kTtl);
    ASSERT_TRUE(lock);
    last = lock->token;
  }
  world->restart(kStart + Millis{1'000});
  const auto after = world->node(0).acquire("y", "one", kStart + Millis{1'000} + kTtl, kTtl);
  ASSERT_TRUE(after);
  EXPECT_GT(after->token, last);
}

TEST_P(LocksContract, RefusesWhatIsNoLock) {
  const std::string longest(Locks::kNameMax, 'n');
  EXPECT_TRUE(a.acquire(longest, longest, kStart, kTtl));
  EXPECT_EQ(code(a.acquire(longest + "n", "one", kStart, kTtl)), Errc::invalid_input);
  EXPECT_EQ(code(a.acquire("x", longest + "n", kStart, kTtl)), Errc::invalid_input);
  EXPECT_EQ(code(a.acquire("", "one", kStart, kTtl)), Errc::invalid_input);
  EXPECT_EQ(code(a.acquire("x", "", kStart, kTtl)), Errc::invalid_input);
  EXPECT_EQ(code(a.acquire("x", "one", kStart, Millis{0})), Errc::invalid_input);
}

TEST_P(LocksContract, AllOfAnOwnerGoAtOnceAndNobodyElses) {
  const LeaseOwner now{"one", "b2"}, other{"another", "b1"};
  const auto take = [&](const std::string& name, const LeaseOwner& owner) {
    const auto lock = a.acquire(name, to_string(owner), kStart, kTtl);
    EXPECT_TRUE(lock) << lock.error().message;
    return *lock;
  };
  const auto before = take("x", {"one", "b1"});
  const auto ours = take("y", now);
  const auto theirs = take("z", other);
  ASSERT_TRUE(b.release_all(now, LeasesOf::earlier_boots));
  EXPECT_EQ(code(a.renew(before, kStart, kTtl)), Errc::conflict);
  EXPECT_TRUE(a.renew(ours, kStart, kTtl));
  const auto next = b.acquire("x", to_string(other), kStart, kTtl);
  ASSERT_TRUE(next);
  EXPECT_GT(next->token, theirs.token) << "also after all rows of a name are gone";
  ASSERT_TRUE(b.release_all(now, LeasesOf::this_boot));
  EXPECT_EQ(code(a.renew(ours, kStart, kTtl)), Errc::conflict);
  EXPECT_TRUE(a.renew(theirs, kStart, kTtl));
  EXPECT_TRUE(b.release_all(now, LeasesOf::this_boot)) << "twice is harmless";
}

TEST_P(LocksContract, ManyAtOnceGetItOneAfterTheOther) {
  constexpr int kNodes = 4, kWins = 200;
  std::atomic<int> inside = 0;
  std::atomic<bool> two_at_once = false;
  std::vector<std::thread> nodes;
  for (int i = 0; i < kNodes; ++i)
    nodes.emplace_back([&, i] {
      auto& locks = world->node(i);
      std::int64_t last = 0;
      for (int won = 0; won < kWins;) {
        const auto lock = locks.acquire("x", std::to_string(i), kStart, kTtl);
        if (!lock) {
          ASSERT_EQ(lock.error().code, Errc::conflict) << lock.error().message;
          continue;
        }
        if (++inside > 1) two_at_once = true;
        ++won;
        EXPECT_GT(lock->token, last);
        last = lock->token;
        --inside;
        EXPECT_TRUE(locks.release(*lock));
      }
    });
  for (auto& node : nodes) node.join();
  EXPECT_FALSE(two_at_once);
}

/// Who is last to begin may be first to get it: tokens follow the order in which it was had, not the order of asking.
TEST_P(LocksContract, TokensGrowInTheOrderInWhichItIsHad) {
  std::mutex mutex;
  std::vector<std::int64_t> had;  // in order: whoever has the lock is alone
  std::vector<std::thread> nodes;
  for (int i = 0; i < 4; ++i)
    nodes.emplace_back([&, i] {
      auto& locks = world->node(i);
      for (int won = 0; won < 100;) {
        const auto lock = locks.acquire("x", std::to_string(i), kStart, kTtl);
        if (!lock) continue;
        ++won;
        {
          const std::lock_guard guard(mutex);
          had.push_back(lock->token);
        }
        EXPECT_TRUE(locks.release(*lock));
      }
    });
  for (auto& node : nodes) node.join();
  EXPECT_TRUE(std::is_sorted(had.begin(), had.end(), std::less_equal<>())) << "a token came again, or came too late";
}

INSTANTIATE_TEST_SUITE_P(Every, LocksContract, testing::ValuesIn(all_backends()),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace orgo::contract
