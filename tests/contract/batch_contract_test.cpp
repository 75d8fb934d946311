// What a later Changes of a batch finds of the earlier ones, in every store: all of it, as if each had been committed
// alone.
#include "core/delivery/send_outcome.h"
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::SizeIs;

constexpr Millis kHour{3'600'000};

class BatchContract : public Suite {
 protected:
  /// Opens a task with a mail and a timer.
  static Changes whole() {
    auto changes = opening();
    changes.sends.push_back(notification());
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
    return changes;
  }
  static Changes commenting(TaskNumber number) {
    auto task = new_task("changed");
    task.number = number;
    task.version = 1;
    Changes changes{.tenant = kTenant, .at = kStart};
    changes.add(TaskChange{std::move(task)});
    return changes;
  }
  static Changes about_nothing() { return {.tenant = kTenant, .at = kStart}; }
  std::vector<Result<Committed>> commit_all(const std::vector<Changes>& batch) {
    return stores.changes.commit(batch, within(kPatience)).value();
  }
};

TEST_P(BatchContract, FindsTheTasksMailsAndTimersThatTheEarlierOnesMade) {
  std::int64_t tasks = 0, mails = 0;  // that there are
  for (int made = 1; made <= 18; ++made) {
    std::vector<Changes> batch(static_cast<std::size_t>(made), whole());
    const TaskNumber last{tasks += made};
    batch.push_back(commenting(last));
    auto about_it = about_nothing();
    about_it.add(SendBounced{.send = SendId{mails += made}, .detail = "no such mailbox"});
    about_it.timers.push_back(deadline_fired(last, kStart + kHour));
    about_it.timers.push_back(deadline_set(last, kStart + kHour * 2));
    about_it.sends.push_back(notification());
    about_it.sends[0].subject = last;
    batch.push_back(about_it);
    auto again = about_nothing();
    again.timers.push_back(deadline_fired(last, kStart + kHour));
    batch.push_back(again);
    auto cleared = about_nothing();
    cleared.timers.push_back(deadline_cleared(last));
    batch.push_back(cleared);
    const auto answers = commit_all(batch);
    ASSERT_THAT(answers, SizeIs(batch.size()));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (i != batch.size() - 2) {
        EXPECT_TRUE(answers[i]) << i << " of " << made << ": " << answers[i].error().message;
      }
    }
    EXPECT_EQ(answers[batch.size() - 2].error().code, Errc::conflict) << "it has fired already";
    EXPECT_EQ(stores.tasks.read(kTenant, last)->title, "changed");
    const auto sends = stores.outbox.sends_of_task(kTenant, last).value();
    ASSERT_THAT(sends, SizeIs(2));
    EXPECT_EQ(sends[0].state, SendState::bounced);
    const auto due = stores.tasks.due_timers(kDeadlineTimer, kStart + kHour * 9, 1'000).value();
    EXPECT_EQ(std::ranges::count_if(due, [&](const PendingTimer& timer) { return timer.subject == Subject(last); }), 0);
    ++mails;
  }
}

TEST_P(BatchContract, ATimerThatIsSetTwiceIsOne) {
  auto twice = whole();
  twice.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour * 3));
  const auto task = must_commit(twice).task;
  const auto due = stores.tasks.due_timers(kDeadlineTimer, kStart + kHour * 9, 10).value();
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].subject, Subject(task));
  EXPECT_EQ(due[0].due_at, kStart + kHour * 3) << "the last word counts";
}

TEST_P(BatchContract, EventsOfABatchKeepItsOrder) {
  std::vector<Changes> batch(20, whole());
  const auto answers = commit_all(batch);
  const auto events = stores.tasks.events_after(kTenant, 0, 1'000).value();
  ASSERT_THAT(events, SizeIs(20));
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].sequence, answers[i]->last_event);
    EXPECT_EQ(events[i].event.subject, Subject(answers[i]->task));
  }
}

ORGO_CONTRACT(BatchContract);

}  // namespace
}  // namespace orgo::contract
