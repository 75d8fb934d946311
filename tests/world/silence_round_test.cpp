// The silence alarm of several tenants, of which one is suspended for a while.
#include "service/silence/silence_round.h"

#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "core/rules/rule_set.h"
#include "core/silence/rhythms_learned.h"
#include "core/tenant/commands.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;

class SilenceOfTenants : public testing::Test {
 protected:
  void SetUp() override {
    const auto added = commands::add_tenant("hillside", {}, "user:root", kStart);
    hillside = static_cast<TenantStore&>(store).put_tenant(kTenant, *added).value();
    Changes changes{.tenant = hillside.id, .at = kStart};
    changes.add(RhythmsLearned{.upto = {}, .rhythms = {{"mailbox:office", silence::to_text(busy())}}});
    changes.events.emplace_back().kind = EventKind::message_accepted;  // who has no log has heard from nobody
    ASSERT_TRUE(commit_one(store, std::move(changes), within(Millis{1'000})));
  }
  /// Learned in three weeks with twenty mails in each minute, the last one at the start.
  static silence::Rhythm busy() {
    silence::Rhythm rhythm;
    silence::hear(rhythm, kStart, {});
    silence::watch(rhythm, kStart, {});
    rhythm.watched.fill(3);
    rhythm.mails.fill(3 * 60 * 20);
    return rhythm;
  }
  int raised_within(std::chrono::minutes time) {
    int raised = 0;
    for (auto passed = Millis{0}; passed < time; passed += std::chrono::minutes(1)) {
      clock.advance(std::chrono::minutes(1));
      const auto done = round.step();
      EXPECT_TRUE(done);
      raised += done ? done->raised : 0;
    }
    return raised;
  }
  void put(const Result<TenantUpdate>& update) {
    hillside = static_cast<TenantStore&>(store).put_tenant(kTenant, *update).value();
  }

  SimulatedClock clock{kStart};
  MemoryStore store;
  Tenant hillside;
  SilenceRound round{{store, store, store, store}, clock, [](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
                       return std::make_shared<const Policy>(
                           Policy{.tenant = tenant, .rules = rules::load_rules({}).rules, .settings = {}});
                     }};
};

TEST_F(SilenceOfTenants, WhoIsSuspendedIsNotSilent) {
  ASSERT_EQ(raised_within(std::chrono::minutes(1)), 0);
  for (int time = 0; time < 3; ++time) {
    put(commands::suspend_tenant(hillside, "user:root", clock.now()));
    EXPECT_EQ(raised_within(std::chrono::minutes(9)), 0) << "nothing of a suspended tenant fires";
    put(commands::resume_tenant(hillside, "user:root", clock.now()));
    EXPECT_EQ(raised_within(std::chrono::minutes(1)), 0) << "nor for that time when it is back";
  }
  EXPECT_EQ(raised_within(std::chrono::minutes(20)), 1) << "and then it listens as before";
}

}  // namespace
}  // namespace orgo::world
