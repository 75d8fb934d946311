// Whose mail a recipient's is, from a bounded memory over the store.
#include "service/tenants/tenant_directory.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "adapter/memory/memory_store.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;

class CountingStore final : public MemoryStore {
 public:
  Result<std::optional<Tenant>> find_recipient(std::string_view address) override {
    ++asked;
    if (down) return failure(Errc::unavailable, "it is down");
    auto found = MemoryStore::find_recipient(address);
    if (const auto then = std::exchange(after_reading, nullptr)) then();
    return found;
  }
  int asked = 0;
  std::function<void()> after_reading;  ///< what happens once while an answer is on its way
  bool down = false;
};

class TenantDirectoryTest : public testing::Test {
 protected:
  TenantDirectoryTest() { school = put(commands::add_tenant("school", {"school.org"}, "user:root", kStart)); }
  Tenant put(const Result<TenantUpdate>& update) { return store.put_tenant(kTenant, *update).value(); }

  SimulatedClock clock{kStart};
  CountingStore store;
  TenantDirectory directory{store, clock};
  Tenant school;
};

TEST_F(TenantDirectoryTest, AnswersAreRememberedAndTheWayToWriteAnAddressDoesNotMatter) {
  EXPECT_EQ(directory.of_recipient("Anna@School.ORG").value(), school.id);
  EXPECT_EQ(directory.of_recipient("anna@school.org.").value(), school.id);
  EXPECT_EQ(directory.of_recipient("x@elsewhere.org").error().code, Errc::not_found);
  EXPECT_EQ(directory.of_recipient("X@ELSEWHERE.org").error().code, Errc::not_found);
  EXPECT_EQ(store.asked, 2);
  clock.advance(TenantDirectory::kAge);
  EXPECT_TRUE(directory.of_recipient("anna@school.org"));
  EXPECT_EQ(store.asked, 3);
}

TEST_F(TenantDirectoryTest, ASuspendedOnesMailIsPutOffAndItsPeopleAreNotServed) {
  EXPECT_TRUE(directory.of_recipient("anna@school.org"));
  EXPECT_TRUE(directory.check_active(school.id));
  const auto suspended = put(commands::suspend_tenant(school, "user:root", kStart));
  EXPECT_TRUE(directory.of_recipient("anna@school.org")) << "another process has done it: seen within kAge";
  clock.advance(TenantDirectory::kAge);
  EXPECT_EQ(directory.of_recipient("anna@school.org").error().code, Errc::unavailable);
  EXPECT_EQ(directory.check_active(school.id).error().code, Errc::not_permitted);
  put(commands::resume_tenant(suspended, "user:root", kStart));
  directory.tenants_changed();
  EXPECT_TRUE(directory.of_recipient("anna@school.org")) << "this process has done it: at once";
  EXPECT_TRUE(directory.check_active(school.id));
  EXPECT_EQ(directory.check_active(TenantId{99}).error().code, Errc::not_found);
}

/// What docs/tenants.md and ADR 30 promise.
static_assert(TenantDirectory::kAge <= Millis{1'000});

TEST_F(TenantDirectoryTest, AClockThatIsSetBackKeepsNoOldAnswer) {
  EXPECT_TRUE(directory.of_recipient("anna@school.org"));
  EXPECT_TRUE(directory.check_active(school.id));
  put(commands::suspend_tenant(school, "user:root", kStart));
  clock.advance(TenantDirectory::kAge);
  clock.jump(-TenantDirectory::kAge);
  EXPECT_EQ(directory.of_recipient("anna@school.org").error().code, Errc::unavailable);
  EXPECT_EQ(directory.check_active(school.id).error().code, Errc::not_permitted);
}

TEST_F(TenantDirectoryTest, AClockThatIsSetOnForgetsNothing) {
  EXPECT_TRUE(directory.of_recipient("anna@school.org"));
  clock.jump(10 * TenantDirectory::kAge);
  EXPECT_TRUE(directory.of_recipient("anna@school.org"));
  EXPECT_EQ(store.asked, 1);
}

TEST_F(TenantDirectoryTest, AnAnswerThatAChangeOvertookIsNotRemembered) {
  store.after_reading = [this] {
    put(commands::suspend_tenant(school, "user:root", kStart));
    directory.tenants_changed();
  };
  EXPECT_TRUE(directory.of_recipient("anna@school.org")) << "it was read before";
  EXPECT_EQ(directory.of_recipient("anna@school.org").error().code, Errc::unavailable);
}

TEST_F(TenantDirectoryTest, TroubleOfTheStoreIsNotRemembered) {
  store.down = true;
  EXPECT_EQ(directory.of_recipient("anna@school.org").error().code, Errc::unavailable);
  store.down = false;
  EXPECT_EQ(directory.of_recipient("anna@school.org").value(), school.id);
}

TEST_F(TenantDirectoryTest, StrangersCanNotFillTheMemory) {
  for (std::size_t i = 0; i < TenantDirectory::kMost * 2; ++i)
    EXPECT_FALSE(directory.of_recipient("x@" + std::to_string(i) + ".example"));
  EXPECT_EQ(directory.of_recipient("anna@school.org").value(), school.id);
}

TEST_F(TenantDirectoryTest, TheMemoryForgetsAtItsBoundAndNotBefore) {
  const auto ask = [&](std::size_t i) { (void)directory.of_recipient("x@" + std::to_string(i) + ".example"); };
  for (std::size_t i = 0; i < TenantDirectory::kMost; ++i) ask(i);
  const auto asked = store.asked;
  ask(0);
  ask(TenantDirectory::kMost - 1);
  EXPECT_EQ(store.asked, asked) << "all of them are known";
  ask(TenantDirectory::kMost);
  ask(0);
  EXPECT_EQ(store.asked, asked + 2) << "one more has no place beside them";
}

}  // namespace
}  // namespace orgo::world
