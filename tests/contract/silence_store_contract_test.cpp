// What every SilenceStore must do (port/silence_store.h), and ChangeStore with alarms (core/changes/changes.h).
#include "core/alarm/alarm_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

class SilenceStoreContract : public Suite {
 protected:
  static Changes alarming(const std::string& source, TenantId tenant = kTenant) {
    auto changes = opening(new_task("No mail"), tenant);
    changes.add(AlarmOpened{source, TaskRef::nth_new(0)});
    return changes;
  }
  static Changes calming(const std::string& source) {
    Changes changes{.tenant = kTenant};
    changes.at = kStart;
    changes.add(AlarmClosed{source});
    changes.events.push_back(event(EventKind::task_commented));
    return changes;
  }
};

TEST_P(SilenceStoreContract, TellsArrivalsInOrderWithWhatCounts) {
  const auto one = mail("one@x"), two = mail("two@x"), three = mail("three@x"), theirs = mail("four@x");
  auto boxed = raw(two, "office@school.example", kTenant, Channel::imap);
  boxed.envelope.peer = "mailbox:office";
  boxed.envelope.received_at = kStart + Millis{7};
  auto old = raw(three, "office@school.example", kTenant, Channel::import_);
  old.envelope.archived = Archived{kStart - Millis{1'000'000}, TaskState::closed};
  const auto first = accept(raw(one));
  const auto second = accept(boxed);
  accept(raw(theirs, "office@school.example", kOtherTenant));
  const auto third = accept(old);

  const auto all = stores.silence.arrivals_after(kTenant, {}, 10).value();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].message, first);
  EXPECT_EQ(all[0].channel, Channel::lmtp);
  EXPECT_FALSE(all[0].archived);
  EXPECT_EQ(all[1].message, second);
  EXPECT_EQ(all[1].channel, Channel::imap);
  EXPECT_EQ(all[1].peer, "mailbox:office");
  EXPECT_EQ(all[1].at, kStart + Millis{7});
  EXPECT_EQ(all[2].message, third);
  EXPECT_TRUE(all[2].archived);
  EXPECT_THAT(stores.silence.arrivals_after(kTenant, first, 1).value(), ElementsAre(Field(&Arrival::message, second)));
  EXPECT_THAT(stores.silence.arrivals_after(kTenant, third, 10).value(), IsEmpty());
}

TEST_P(SilenceStoreContract, TheEnvelopeKeepsArchiveAndLabel) {
  const auto bytes = mail("one@x");
  auto old = raw(bytes);
  old.envelope.archived = Archived{kStart - Millis{86'400'000}, TaskState::resolved};
  old.envelope.label = "Projects/Röof";
  const auto id = accept(old);
  const auto kept = stores.messages.read(kTenant, id).value().envelope;
  EXPECT_EQ(kept.archived, old.envelope.archived);
  EXPECT_EQ(kept.label, "Projects/Röof");
  const auto plain = mail("two@x");
  const auto fresh = stores.messages.read(kTenant, accept(raw(plain))).value().envelope;
  EXPECT_EQ(fresh.archived, std::nullopt);
  EXPECT_EQ(fresh.label, "");
}

TEST_P(SilenceStoreContract, KeepsRhythmsAndHowFarTheyCounted) {
  EXPECT_EQ(stores.silence.read_rhythms(kTenant).value().upto, MessageId{});
  const std::vector<StoredRhythm> both{{"channel:lmtp", "a"}, {"mailbox:office", "b"}};
  ASSERT_TRUE(commit_part(RhythmsLearned{MessageId{17}, both}));
  const std::vector<StoredRhythm> one{{"mailbox:office", "c"}};
  ASSERT_TRUE(commit_part(RhythmsLearned{MessageId{19}, one}));
  const auto learned = stores.silence.read_rhythms(kTenant).value();
  EXPECT_EQ(learned.upto, MessageId{19});
  EXPECT_THAT(learned.rhythms, ElementsAre(StoredRhythm{"channel:lmtp", "a"}, StoredRhythm{"mailbox:office", "c"}));
  EXPECT_THAT(stores.silence.read_rhythms(kOtherTenant).value().rhythms, IsEmpty());
}

TEST_P(SilenceStoreContract, OneAlarmPerSourceWithItsTask) {
  const auto task = must_commit(alarming("mailbox:office")).task;
  const auto alarms = stores.silence.open_alarms(kTenant).value();
  ASSERT_THAT(alarms, SizeIs(1));
  EXPECT_EQ(alarms[0].source, "mailbox:office");
  EXPECT_EQ(alarms[0].task, task);
  EXPECT_EQ(alarms[0].opened_at, kStart);

  EXPECT_EQ(commit(alarming("mailbox:office")).error().code, Errc::conflict);
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant}).value(), SizeIs(1)) << "nothing of a refused Changes is written";
  EXPECT_TRUE(commit(alarming("mailbox:sales")));
  EXPECT_TRUE(commit(alarming("mailbox:office", kOtherTenant))) << "sources are per tenant";
}

TEST_P(SilenceStoreContract, AClosedAlarmCanOpenAgain) {
  EXPECT_EQ(commit(calming("mailbox:office")).error().code, Errc::conflict);
  must_commit(alarming("mailbox:office"));
  must_commit(calming("mailbox:office"));
  EXPECT_THAT(stores.silence.open_alarms(kTenant).value(), IsEmpty());
  EXPECT_EQ(commit(calming("mailbox:office")).error().code, Errc::conflict);
  must_commit(alarming("mailbox:office"));
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant}).value(), SizeIs(2));
}

TEST_P(SilenceStoreContract, AnAlarmNeedsItsTask) {
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.add(AlarmOpened{"mailbox:office", TaskRef::nth_new(0)});
  EXPECT_EQ(commit(changes).error().code, Errc::invalid_input);
  EXPECT_THAT(stores.silence.open_alarms(kTenant).value(), IsEmpty());
}

ORGO_CONTRACT(SilenceStoreContract);

}  // namespace
}  // namespace orgo::contract
