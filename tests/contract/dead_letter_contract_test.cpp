// What every store must do with a dead letter that a person ends (core/work/dead_letter_change.h).
#include "core/work/dead_letter_change.h"

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WorkKey kWork{kTenant, WorkKind::process, 7};

class DeadLetterContract : public Suite {
 protected:
  /// The work is there, is claimed and dies.
  void bury_anew(std::string_view error) {
    ASSERT_TRUE(stores.work.add(std::span(&kWork, 1), kStart));
    const auto lease = stores.work.claim(kOwner, std::span(&kWork, 1), kStart, Millis{60'000}).value().at(0);
    ASSERT_TRUE(stores.work.bury(lease, kStart, error));
  }
  Result<Committed> revive() { return commit(retry_dead_letter(kWork, "x", "user:anna", kStart)); }
};

TEST_P(DeadLetterContract, AMoveOfADeadLetterAndItsEventStandTogetherOrNotAtAll) {
  bury_anew("x");
  const auto queue_events = [&] {
    std::vector<EventKind> kinds;
    const auto events = stores.tasks.events_after(kTenant, 0, 100).value();
    for (const auto& stored : events) kinds.push_back(stored.event.kind);
    return kinds;
  };
  EXPECT_EQ(commit(retry_dead_letter({kTenant, WorkKind::process, 8}, "", "user:anna", kStart)).error().code,
            Errc::not_found);
  EXPECT_THAT(queue_events(), IsEmpty()) << "no event of what did not happen";
  ASSERT_TRUE(revive());
  EXPECT_EQ(revive().error().code, Errc::not_found) << "it is no dead letter any more";
  EXPECT_EQ(commit(drop_dead_letter(kWork, "x", "no", "user:anna", kStart)).error().code, Errc::not_found);
  bury_anew("y");
  // Both in one batch: the second finds what the first left.
  const std::vector batch{drop_dead_letter(kWork, "y", "of no use", "user:anna", kStart),
                          retry_dead_letter(kWork, "y", "user:bert", kStart)};
  const auto answers = stores.changes.commit(batch, within(kPatience)).value();
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, Errc::not_found);
  EXPECT_THAT(queue_events(), ElementsAre(EventKind::queue_retried, EventKind::queue_dropped));
  const auto told = stores.tasks.events_after(kTenant, 0, 100)->at(1).event;
  EXPECT_EQ(told.message, MessageId{7});
  EXPECT_EQ(told.actor, "user:anna");
  EXPECT_EQ(told.data, R"({"item":"q7","error":"y","reason":"of no use"})");
}

ORGO_CONTRACT(DeadLetterContract);

}  // namespace
}  // namespace orgo::contract
