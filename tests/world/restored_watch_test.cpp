// What a restore holds is told until a person has decided about it: one alarm, one task, also over crashes.
#include "service/delivery/restored_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "core/delivery/restored_alarm.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RestoredWatchTest : public testing::Test {
 protected:
  RestoredWatch watch() {
    return RestoredWatch(store, AlarmKeeper(kRestoredAlarm, store, store, store), clock, {"it@school.example"});
  }
  void queue(int count) {
    auto changes = contract::opening();
    for (int i = 0; i < count; ++i) changes.sends.push_back(contract::notification());
    commit(changes);
  }
  void commit(const Changes& changes) {
    const auto done = static_cast<ChangeStore&>(store).commit(std::span(&changes, 1), within(Millis{1'000}));
    ASSERT_TRUE(done && done->at(0));
  }
  std::vector<Task> alarms() {
    auto tasks = static_cast<TaskStore&>(store).list({.tenant = kTenant, .limit = 100}).value();
    std::erase_if(tasks, [](const Task& task) { return task.tags != std::vector<std::string>{"restore"}; });
    return tasks;
  }

  SimulatedClock clock{kStart};
  MemoryStore store;
};

TEST_F(RestoredWatchTest, SaysNothingWhenNothingIsHeld) {
  queue(3);
  auto watch = this->watch();
  EXPECT_EQ(watch.step()->raised, 0);
  EXPECT_THAT(watch.trouble(), IsEmpty());
  EXPECT_THAT(alarms(), IsEmpty());
}

TEST_F(RestoredWatchTest, OneTaskUntilAllIsDecided) {
  queue(2);
  ASSERT_EQ(store.begin_epoch({.epoch = 2}).value(), 2);
  {
    auto before = watch();
    EXPECT_EQ(before.step()->raised, 1);
    EXPECT_EQ(before.step()->raised, 0);
    EXPECT_THAT(before.trouble(), HasSubstr("2 mails and webhooks"));
  }
  auto watch = this->watch();
  EXPECT_EQ(watch.step()->raised, 0) << "the alarm of the process before is open";
  ASSERT_THAT(alarms(), SizeIs(1));
  EXPECT_EQ(alarms()[0].priority, Priority::urgent);
  EXPECT_EQ(alarms()[0].team, "it@school.example");
  const auto told = store.lease_sends(contract::kOwner, kStart, Millis{1'000}, 10).value();
  ASSERT_THAT(told, SizeIs(1)) << "the administrators are told, since that is new";
  EXPECT_THAT(told[0].send.note, HasSubstr("orgo queue release"));
  commit(release_restored(kTenant, SendId{1}, {}, {}, "user:anna", kStart));
  ASSERT_TRUE(watch.step());
  EXPECT_THAT(watch.trouble(), HasSubstr("1 mails"));
  EXPECT_THAT(store.open_alarms(kTenant).value(), SizeIs(1));
  commit(drop_restored(kTenant, SendId{2}, {}, {}, "went out", "user:anna", kStart));
  ASSERT_TRUE(watch.step());
  EXPECT_THAT(watch.trouble(), IsEmpty());
  EXPECT_THAT(store.open_alarms(kTenant).value(), IsEmpty());
}

}  // namespace
}  // namespace orgo::world
