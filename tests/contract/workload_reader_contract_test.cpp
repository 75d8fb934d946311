// What every WorkloadReader must count (port/workload_reader.h). The neighbour has open tasks and sends, too, which
// count like all others: what is asked is what each step adds.
#include "core/task/task_change.h"
#include "port/workload_reader.h"
#include "tests/contract/support/outbox_contract.h"

namespace orgo::contract {
namespace {

class WorkloadReaderContract : public OutboxContract {
 protected:
  Workload now(TimePoint at = kStart) { return stores.workload.read_workload(at).value(); }
  static std::int64_t count(const Workload& load, TaskState state) {
    const auto found = load.open.find(state);
    return found == load.open.end() ? 0 : found->second;
  }
  TaskNumber open_task(TaskState state, std::optional<TimePoint> due, TenantId tenant = kTenant) {
    auto task = new_task();
    task.state = state;
    task.due_at = due;
    return must_commit(opening(std::move(task), tenant)).task;
  }
};

TEST_P(WorkloadReaderContract, CountsWhatIsOpenByStateAndWhatIsLate) {
  const auto before = now();
  open_task(TaskState::fresh, kStart + Millis{10});
  open_task(TaskState::pending, kStart + Millis{20}, kOtherTenant);
  open_task(TaskState::pending, std::nullopt);
  open_task(TaskState::resolved, kStart);
  open_task(TaskState::closed, kStart);
  const auto after = now();
  EXPECT_EQ(count(after, TaskState::fresh), count(before, TaskState::fresh) + 1);
  EXPECT_EQ(count(after, TaskState::pending), count(before, TaskState::pending) + 2);
  EXPECT_EQ(count(after, TaskState::resolved), 0);
  EXPECT_EQ(after.overdue, before.overdue);
  EXPECT_EQ(now(kStart + Millis{10}).overdue, before.overdue) << "not before its time is over";
  EXPECT_EQ(now(kStart + Millis{11}).overdue, before.overdue + 1);
  EXPECT_EQ(now(kStart + Millis{21}).overdue, before.overdue + 2);
}

TEST_P(WorkloadReaderContract, AClosedTaskIsNoWorkAnyMore) {
  const auto number = open_task(TaskState::fresh, kStart);
  const auto before = now(kStart + Millis{1});
  auto task = stores.tasks.read(kTenant, number).value();
  ++task.version;
  task.state = TaskState::closed;
  Changes changes{.tenant = kTenant, .at = kStart};
  changes.add(TaskChange{std::move(task)});
  must_commit(changes);
  const auto after = now(kStart + Millis{1});
  EXPECT_EQ(count(after, TaskState::fresh), count(before, TaskState::fresh) - 1);
  EXPECT_EQ(after.overdue, before.overdue - 1);
}

TEST_P(WorkloadReaderContract, KnowsWhatWaitsToGoOutAndSinceWhen) {
  const auto before = now();
  const auto early = kStart - Millis{60'000}, later = kStart - Millis{30'000};
  queue({notification("a@x.example", later)}, later);
  queue({notification("b@x.example", early)}, early, kOtherTenant);
  const auto waiting = now();
  EXPECT_EQ(waiting.sends, before.sends + 2);
  EXPECT_EQ(waiting.oldest_send, early);
  auto oldest = stores.workload.oldest_send().value();
  ASSERT_TRUE(oldest);
  EXPECT_EQ(oldest->tenant, kOtherTenant);
  EXPECT_EQ(oldest->created_at, early);
  EXPECT_EQ(oldest->attempts, 0);
  EXPECT_NE(oldest->recipient.find("b@x.example"), std::string::npos);

  for (const auto& send : lease(kStart))
    if (send.send.recipient.address == "b@x.example")
      must_commit(outcome(send, SendOutcome::Kind::deferred, kStart, "451 later", kStart + kLease * 5));
    else if (send.send.recipient.address == "a@x.example") must_commit(outcome(send, SendOutcome::Kind::delivered));
  EXPECT_EQ(now().sends, before.sends + 1) << "what is tried again later waits; what is delivered does not";
  oldest = stores.workload.oldest_send().value();
  ASSERT_TRUE(oldest);
  EXPECT_EQ(oldest->detail, "451 later");
  EXPECT_EQ(oldest->attempts, 1);
}

TEST_P(WorkloadReaderContract, NothingWaitsInAnEmptyOutbox) {
  ASSERT_EQ(now().sends, 0);
  EXPECT_FALSE(now().oldest_send.has_value());
  EXPECT_FALSE(stores.workload.oldest_send().value().has_value());
}

ORGO_CONTRACT(WorkloadReaderContract);

}  // namespace
}  // namespace orgo::contract
