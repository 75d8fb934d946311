#include "core/alarm/alarm_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/task/task_change.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

TEST(AlarmTask, EachAdministratorIsToldOnceWhyAndAsUrgentlyAsItIs) {
  const std::vector<std::string> who{"root@school.example", "nobody", "Root@school.example", "ina@school.example"};
  for (const auto priority : {Priority::high, Priority::urgent}) {
    const auto changes = raise_alarm(
        kTenant,
        {.source = "x", .actor = "ledger", .title = "Mails are gone", .why = "Two of them.", .priority = priority}, who,
        kNow);
    ASSERT_EQ(changes.sends.size(), 2U);
    EXPECT_EQ(changes.sends[1].recipient, mail_contact("ina@school.example"));
    for (const auto& send : changes.sends) {
      EXPECT_EQ(send.priority, notice_priority(priority));
      EXPECT_EQ(send.note, "Two of them.");
    }
    EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, priority);
  }
  EXPECT_NE(notice_priority(Priority::urgent), Priority::normal);
}

TEST(AlarmTask, TwentyAreTold) {
  std::vector<std::string> who;
  for (int i = 0; i < 25; ++i) who.push_back("a" + std::to_string(i) + "@school.example");
  EXPECT_EQ(raise_alarm(kTenant, {.source = "x", .actor = "ledger"}, who, kNow).sends.size(), 20U);
}

}  // namespace
}  // namespace orgo
