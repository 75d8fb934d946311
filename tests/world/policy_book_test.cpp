// The policies of many tenants in bounded memory: loaded when asked for, one load at a time, kept versions first,
// errors that leave what was in force.
#include "service/policy/policy_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "adapter/memory/memory_store.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string routing_to(const std::string& team) {
  return "rules:\n  - {name: all, action: {route_to: \"" + team + "@school.example\"}}\n";
}

/// What stands on a disk that a test writes.
struct Disk {
  std::mutex mutex;
  std::map<TenantId, std::string> rules;
  std::map<TenantId, int> changes;  ///< grows with each write
  std::atomic<int> reads = 0;
  std::atomic<int> at_once = 0, most_at_once = 0;
  void write(TenantId tenant, std::string text) {
    const std::lock_guard lock(mutex);
    rules[tenant] = std::move(text);
    ++changes[tenant];
  }
};

class DiskSource final : public PolicySource {
 public:
  DiskSource(Disk& disk, TenantId tenant) : disk_(disk), tenant_(tenant) {}
  Result<Read> read() override {
    ++disk_.reads;
    disk_.most_at_once = std::max(disk_.most_at_once.load(), ++disk_.at_once);
    std::this_thread::yield();
    const std::lock_guard lock(disk_.mutex);
    --disk_.at_once;
    seen_ = disk_.changes[tenant_];
    if (!disk_.rules.contains(tenant_)) return failure(Errc::not_found, "there are no rules");
    Read read;
    read.files = {{"/rules.yaml", disk_.rules[tenant_]}};
    return read;
  }
  bool changed() override {
    const std::lock_guard lock(disk_.mutex);
    return std::exchange(seen_, disk_.changes[tenant_]) != disk_.changes[tenant_];
  }
  [[nodiscard]] std::vector<std::string> feed_urls() const override { return {}; }

 private:
  Disk& disk_;
  const TenantId tenant_;
  int seen_ = 0;
};

/// A history that can be full.
class FullStore final : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (full) return failure(Errc::resource_exhausted, "the disk is full");
    return MemoryStore::commit(batch, deadline);
  }
  bool full = false;
};

class Policies : public testing::Test {
 protected:
  std::unique_ptr<PolicyBook> make_book(std::size_t most = 100) {
    return std::make_unique<PolicyBook>(
        [this](TenantId tenant) -> Result<std::unique_ptr<PolicySource>> {
          return std::make_unique<DiskSource>(disk, tenant);
        },
        store, store, clock, PolicyBookOptions{.most = most});
  }
  static std::string team(PolicyBook& book, TenantId tenant) {
    const auto policy = book.of(tenant);
    if (!policy) return policy.error().message;
    const Message message{};
    const Envelope envelope{.tenant = tenant};
    const auto verdict = (*policy)->rules->decide({.message = message, .envelope = envelope});
    return verdict.route_to.empty() ? "nobody" : verdict.route_to.front();
  }
  std::vector<std::string> versions(TenantId tenant) {
    std::vector<std::string> names;
    const auto list = store.list_rule_versions(tenant, 100).value();
    for (const auto& one : list) names.push_back(one.version);
    return names;
  }

  Disk disk;
  FullStore store;
  SimulatedClock clock{contract::kStart};
};

TEST_F(Policies, EachTenantHasItsOwnAndIsReadOnce) {
  disk.write(kTenant, routing_to("a"));
  disk.write(kOtherTenant, routing_to("b"));
  auto book = make_book();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(team(*book, kTenant), "a@school.example");
    EXPECT_EQ(team(*book, kOtherTenant), "b@school.example");
  }
  EXPECT_EQ(disk.reads, 2);
  EXPECT_THAT(versions(kTenant), SizeIs(1));
  EXPECT_THAT(versions(kOtherTenant), SizeIs(1));
}

TEST_F(Policies, TheOneThatWasAskedForLongestAgoGoes) {
  for (int i = 1; i <= 4; ++i) disk.write(TenantId{i}, routing_to("t" + std::to_string(i)));
  auto book = make_book(2);
  const auto kept = book->of(TenantId{1}).value();
  for (const int i : {2, 1, 3}) ASSERT_TRUE(book->of(TenantId{i}));
  EXPECT_EQ(book->size(), 2U);
  disk.reads = 0;
  ASSERT_TRUE(book->of(TenantId{1}));
  EXPECT_EQ(disk.reads, 0) << "it was asked for later than 2";
  ASSERT_TRUE(book->of(TenantId{2}));
  EXPECT_EQ(disk.reads, 1);
  EXPECT_EQ(kept->tenant, TenantId{1}) << "who works with one keeps it";
  for (int round = 0; round < 3; ++round)
    for (int i = 1; i <= 4; ++i) ASSERT_TRUE(book->of(TenantId{i}));
  EXPECT_EQ(book->size(), 2U);
}

TEST_F(Policies, OneLoadAtATimeForEach) {
  disk.write(kTenant, routing_to("a"));
  auto book = make_book();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_TRUE(book->of(kTenant)); });
  }
  EXPECT_EQ(disk.reads, 1);
  EXPECT_EQ(disk.most_at_once, 1);
}

TEST_F(Policies, ChangedFilesAreInForceAtTheNextLookAndOnlyTheirs) {
  disk.write(kTenant, routing_to("a"));
  disk.write(kOtherTenant, routing_to("b"));
  auto book = make_book();
  ASSERT_TRUE(book->of(kTenant) && book->of(kOtherTenant));
  EXPECT_THAT(book->take_changed(), ElementsAre(kTenant, kOtherTenant));
  disk.reads = 0;
  EXPECT_THAT(book->reload_changed(), IsEmpty());
  disk.write(kOtherTenant, routing_to("c"));
  const auto loaded = book->reload_changed();
  ASSERT_THAT(loaded, SizeIs(1));
  EXPECT_EQ(loaded[0].tenant, kOtherTenant);
  EXPECT_TRUE(loaded[0].report.changed);
  EXPECT_EQ(disk.reads, 1);
  EXPECT_EQ(team(*book, kTenant), "a@school.example");
  EXPECT_EQ(team(*book, kOtherTenant), "c@school.example");
  EXPECT_THAT(book->take_changed(), ElementsAre(kOtherTenant));
  EXPECT_THAT(book->take_changed(), IsEmpty());
}

TEST_F(Policies, FilesWithErrorsLeaveWhatWasInForceAlsoOverARestart) {
  disk.write(kTenant, routing_to("a"));
  auto book = make_book();
  ASSERT_EQ(team(*book, kTenant), "a@school.example");
  disk.write(kTenant, "rules: [{nonsense: 1}]\n");
  const auto loaded = book->reload_changed();
  ASSERT_THAT(loaded, SizeIs(1));
  EXPECT_FALSE(loaded[0].report.accepted);
  EXPECT_EQ(team(*book, kTenant), "a@school.example");
  EXPECT_THAT(book->trouble(kTenant), HasSubstr("the rule files have 2 errors"));
  EXPECT_THAT(book->troubled(), ElementsAre(kTenant));
  book = make_book();
  EXPECT_EQ(team(*book, kTenant), "a@school.example") << "from the history";
  EXPECT_THAT(book->trouble(kTenant), HasSubstr("the rule files have 2 errors"));
  disk.write(kTenant, routing_to("b"));
  EXPECT_THAT(book->reload_changed(), SizeIs(1));
  EXPECT_EQ(team(*book, kTenant), "b@school.example");
  EXPECT_EQ(book->trouble(kTenant), "");
}

TEST_F(Policies, AnErrorIsRememberedForAWhile) {
  auto book = make_book();
  EXPECT_EQ(book->of(kTenant).error().code, Errc::not_found);
  EXPECT_EQ(book->of(kTenant).error().code, Errc::not_found);
  EXPECT_EQ(disk.reads, 1);
  disk.write(kTenant, routing_to("a"));
  EXPECT_FALSE(book->of(kTenant));
  clock.advance(PolicyBookOptions{}.retry);
  EXPECT_EQ(team(*book, kTenant), "a@school.example");
}

TEST_F(Policies, AnErrorIsForgottenWhenItsFilesChange) {
  auto book = make_book();
  ASSERT_FALSE(book->of(kTenant));
  disk.write(kTenant, routing_to("a"));
  EXPECT_THAT(book->reload_changed(), SizeIs(1));
  EXPECT_EQ(team(*book, kTenant), "a@school.example");
}

TEST_F(Policies, AVersionIsKeptBeforeItIsInForce) {
  disk.write(kTenant, routing_to("a"));
  auto book = make_book();
  ASSERT_EQ(team(*book, kTenant), "a@school.example");
  store.full = true;
  disk.write(kTenant, routing_to("b"));
  auto loaded = book->reload_changed();
  ASSERT_THAT(loaded, SizeIs(1));
  EXPECT_EQ(loaded[0].error.value().code, Errc::resource_exhausted);
  EXPECT_EQ(team(*book, kTenant), "a@school.example") << "what decides has a name in the history first";
  EXPECT_THAT(versions(kTenant), SizeIs(1));
  store.full = false;
  loaded = book->reload_changed();
  ASSERT_THAT(loaded, SizeIs(1)) << "without another change";
  EXPECT_EQ(team(*book, kTenant), "b@school.example");
  EXPECT_THAT(versions(kTenant), SizeIs(2));
}

TEST_F(Policies, ARestartWithTheSameFilesChangesNothing) {
  disk.write(kTenant, routing_to("a"));
  ASSERT_TRUE(make_book()->of(kTenant));
  auto book = make_book();
  ASSERT_TRUE(book->of(kTenant));
  EXPECT_THAT(book->take_changed(), IsEmpty());
  EXPECT_THAT(versions(kTenant), SizeIs(1));
  disk.write(kTenant, routing_to("b"));
  book = make_book();
  ASSERT_TRUE(book->of(kTenant));
  EXPECT_THAT(book->take_changed(), ElementsAre(kTenant)) << "its files changed while nobody looked";
}

}  // namespace
}  // namespace orgo::world
