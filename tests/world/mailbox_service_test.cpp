// Mailboxes over the memory store and a server of our imagination: nothing lost, nothing twice, none stops another.
#include "service/mailbox/mailbox_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "adapter/memory/memory_store.h"
#include "base/metrics.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/scripted_mailbox.h"

namespace orgo::world {
namespace {

using contract::kStart;
using contract::mail;
using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;
using testing::SizeIs;
using State = MailboxStatus::State;

/// A store that can be made to fail.
class TroubledStore : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (lose_position) return failure(Errc::unavailable, "disk gone");
    return MemoryStore::commit(batch, deadline);
  }
  std::atomic<bool> lose_position{false};
};

class Mailboxes : public testing::Test {
 protected:
  MailboxSetup setup(const std::string& name = "office") {
    MailboxSetup made{.tenant = kTenant};
    made.label_of_metrics = name;
    made.name = name;
    made.source = "imap://" + name + "@mail.school.example:993/INBOX";
    made.recipient = name + "@school.example";
    return made;
  }
  StoreMails storing() {
    return [this](std::vector<std::pair<Envelope, std::string>> mails,
                  Deadline deadline) -> Result<std::vector<Accepted>> {
      if (store_fails) return failure(Errc::resource_exhausted, "the disk is full");
      std::vector<RawMessage> messages;
      for (const auto& [envelope, bytes] : mails) messages.push_back({envelope, bytes});
      return static_cast<MessageStore&>(store).accept(messages, deadline);
    };
  }
  MailboxReader reader(std::unique_ptr<Mailbox> mailbox, MailboxSetup made) {
    return MailboxReader(std::move(made), std::move(mailbox), store, store, storing(), clock, [this] { return share; });
  }
  MailboxReader reader() { return reader(std::make_unique<ScriptedMailbox>(server), setup()); }
  std::vector<MessageSummary> messages() { return store.list(MessageListRequest{.tenant = kTenant}).value(); }

  SimulatedClock clock{kStart};
  TroubledStore store;
  std::shared_ptr<MailServer> server = std::make_shared<MailServer>();
  bool store_fails = false;
  double share = 1;
};

TEST_F(Mailboxes, NewMailIsStoredWithItsEnvelopeAndThePositionKept) {
  server->add("Return-Path: <anna@school.example>\r\n" + mail("a@x"));
  auto box = reader();
  EXPECT_EQ(box.status().state, State::starting);
  const auto done = box.step();
  EXPECT_FALSE(done.more);
  EXPECT_EQ(done.pause, Millis{0});
  ASSERT_THAT(messages(), SizeIs(1));
  const auto envelope = messages()[0].message.envelope;
  EXPECT_EQ(envelope.channel, Channel::imap);
  EXPECT_EQ(envelope.recipient.address, "office@school.example");
  EXPECT_EQ(envelope.sender.address, "anna@school.example");
  EXPECT_EQ(envelope.peer, "mailbox:office");
  EXPECT_EQ(envelope.received_at, kStart);
  EXPECT_EQ(envelope.archived, std::nullopt);
  const auto kept = store.find_mailbox(kTenant, "office").value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->position.last_uid, 1U);
  EXPECT_EQ(kept->taken, 1);
  const auto status = box.status();
  EXPECT_EQ(status.state, State::waiting);
  EXPECT_EQ(status.record.last_success, kStart);
  EXPECT_EQ(status.record.connection, "scripted, IDLE");
}

TEST_F(Mailboxes, WhatTheMailboxHadBeforeARestoreCountsAsReceivedThen) {
  const auto taken = [&](const char* id, TimePoint in_the_mailbox) {
    server->add(mail(id));
    auto box = std::make_unique<ScriptedMailbox>(server);
    box->received_at = in_the_mailbox;
    auto made = setup();
    made.restored_at = kStart - Millis{1'000};
    reader(std::move(box), made).step();
    return messages()[0].message.envelope.received_at;
  };
  const auto before = kStart - Millis{60'000};
  EXPECT_EQ(taken("a@x", before), before) << "it may have been taken behind the backup";
  EXPECT_EQ(taken("b@x", kStart - Millis{500}), kStart) << "it came since";
  EXPECT_EQ(taken("c@x", TimePoint{}), kStart) << "nobody knows";
  clock.set(kStart + std::chrono::hours(24 * 30));
  EXPECT_EQ(taken("d@x", before), kStart + std::chrono::hours(24 * 30)) << "an old mail that somebody moved there";
}

TEST_F(Mailboxes, GoesOnWhereTheLastRunEnded) {
  for (int i = 0; i < 5; ++i) server->add(mail(std::to_string(i) + "@x"));
  auto small = setup();
  small.batch = 3;
  EXPECT_TRUE(reader(std::make_unique<ScriptedMailbox>(server), small).step().more);
  EXPECT_THAT(messages(), SizeIs(3));
  auto again = reader(std::make_unique<ScriptedMailbox>(server), small);
  EXPECT_FALSE(again.step().more);
  EXPECT_THAT(messages(), SizeIs(5));
  EXPECT_EQ(again.status().record.taken, 5);
  EXPECT_EQ(again.status().record.duplicates, 0);
}

TEST_F(Mailboxes, ALostPositionMakesNothingTwice) {
  for (int i = 0; i < 4; ++i) server->add(mail(std::to_string(i) + "@x"));
  store.lose_position = true;  // killed between the two commits
  auto first = reader();
  EXPECT_GT(first.step().pause, Millis{0});
  EXPECT_THAT(messages(), SizeIs(2)) << "the first batch was durable";
  store.lose_position = false;
  auto second = reader();
  EXPECT_FALSE(second.step().more);
  EXPECT_THAT(messages(), SizeIs(4));
  EXPECT_EQ(second.status().record.duplicates, 2);
}

TEST_F(Mailboxes, AFolderThatWasNumberedAnewIsReadAgainAndNothingIsTwice) {
  for (int i = 0; i < 3; ++i) server->add(mail(std::to_string(i) + "@x"));
  auto box = reader();
  box.step();
  server->renumber();
  server->add(mail("new@x"));
  EXPECT_EQ(box.step().pause, Millis{0});
  EXPECT_THAT(messages(), SizeIs(4));
}

TEST_F(Mailboxes, WhatCouldNotBeStoredIsFetchedAgain) {
  server->add(mail("a@x"));
  store_fails = true;
  auto box = reader();
  EXPECT_GT(box.step().pause, Millis{0});
  EXPECT_THAT(box.status().record.last_error, HasSubstr("the disk is full"));
  EXPECT_EQ(store.find_mailbox(kTenant, "office").value()->position.last_uid, 0U);
  store_fails = false;
  box.step();
  EXPECT_THAT(messages(), SizeIs(1));
}

TEST_F(Mailboxes, ThePauseGrowsWithJitterAndEndsWithTheTrouble) {
  server->fail_with(Error{Errc::unavailable, "no connection to mail.school.example:993"});
  auto box = reader();
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 10; ++i) pauses.push_back(box.step().pause.count() / 1000);
  EXPECT_THAT(pauses, testing::ElementsAre(5, 10, 20, 40, 80, 160, 320, 600, 600, 600));
  share = 0;
  EXPECT_EQ(box.step().pause, Millis{300'000});
  auto status = box.status();
  EXPECT_EQ(status.state, State::failing);
  EXPECT_EQ(status.record.failures, 11);
  EXPECT_EQ(status.next_try, kStart + Millis{300'000});
  EXPECT_EQ(status.record.last_error, "no connection to mail.school.example:993");
  EXPECT_EQ(status.record.last_success, std::nullopt);

  server->fail_with({});
  EXPECT_EQ(box.step().pause, Millis{0});
  status = box.status();
  EXPECT_EQ(status.state, State::waiting);
  EXPECT_EQ(status.record.failures, 0);
  EXPECT_EQ(status.record.last_error, "no connection to mail.school.example:993") << "kept, to be seen afterwards";
}

TEST_F(Mailboxes, ARefusedLoginIsTriedSeldom) {
  server->fail_with(Error{Errc::not_permitted, "the login was refused"});
  auto box = reader();
  EXPECT_EQ(box.step().pause, Millis{60'000});
  for (int i = 0; i < 20; ++i) EXPECT_LE(box.step().pause, Millis{3'600'000});
  EXPECT_EQ(box.step().pause, Millis{3'600'000});
}

TEST_F(Mailboxes, WhatIsTooLargeIsCountedAndHoldsNothingUp) {
  server->add(mail("a@x", std::string(20'000, 'x')));
  server->add(mail("b@x"));
  auto box = reader();
  box.step();
  EXPECT_THAT(messages(), SizeIs(1));
  EXPECT_EQ(box.status().record.refused, 1);
}

/// The value of a series as /metrics shows it; 0: it is not there.
double shown(const std::string& name, const std::string& mailbox) {
  const auto line = "\norgo_mailbox_" + name + "{mailbox=\"" + mailbox + "\"} ";
  const auto all = metrics::exposition();
  const auto at = all.find(line);
  return at == std::string::npos ? 0 : std::stod(all.substr(at + line.size()));
}

TEST_F(Mailboxes, TheMetricsOfEachCountWhatItsRecordCounts) {
  const auto other_server = std::make_shared<MailServer>();
  auto box = reader(std::make_unique<ScriptedMailbox>(server), setup("counted"));
  auto other = reader(std::make_unique<ScriptedMailbox>(other_server), setup("beside"));
  for (int i = 0; i < 3; ++i) server->add(mail(std::to_string(i) + "@x"));
  server->add(mail("large@x", std::string(20'000, 'x')));
  other_server->add(mail("other@x"));
  box.step();
  other.step();
  server->renumber();  // all of them come once more
  server->add(mail("new@x"));
  box.step();
  server->fail_with(Error{Errc::unavailable, "no connection"});
  box.step();
  const auto record = box.status().record;
  EXPECT_EQ(record.taken, 4);
  EXPECT_EQ(record.duplicates, 3);
  EXPECT_EQ(record.refused, 2);
  EXPECT_EQ(shown("taken_total", "counted"), 4);
  EXPECT_EQ(shown("duplicates_total", "counted"), 3);
  EXPECT_EQ(shown("refused_total", "counted"), 2);
  EXPECT_EQ(shown("failures_total", "counted"), 1);
  EXPECT_EQ(shown("up", "counted"), 0);
  EXPECT_EQ(shown("taken_total", "beside"), 1);
  EXPECT_EQ(shown("failures_total", "beside"), 0);
  EXPECT_EQ(shown("up", "beside"), 1);
}

TEST_F(Mailboxes, AnotherServerUnderTheSameNameIsReadFromItsBegin) {
  server->add(mail("a@x"));
  reader().step();
  auto moved = setup();
  moved.source = "imap://office@new.school.example:993/INBOX";
  auto other = std::make_shared<MailServer>();
  other->add(mail("b@x"));
  reader(std::make_unique<ScriptedMailbox>(other), moved).step();
  EXPECT_THAT(messages(), SizeIs(2));
}

TEST_F(Mailboxes, WithoutARecipientTheMailSaysForWhomItIs) {
  server->add("Delivered-To: head@school.example\r\n" + mail("a@x"));
  server->add(mail("b@x"));
  auto open = setup();
  open.recipient.clear();
  reader(std::make_unique<ScriptedMailbox>(server), open).step();
  const auto all = messages();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[1].message.envelope.recipient.address, "head@school.example");
  EXPECT_EQ(all[0].message.envelope.recipient.address, "office@school.example");
}

TEST_F(Mailboxes, AnArchivedMailboxIsHistoryUpToItsDay) {
  server->add("Date: Tue, 12 Jan 2016 10:00:00 +0000\r\n" + mail("a@x"));
  server->add("Date: Wed, 31 Dec 2025 23:00:00 +0000\r\n" + mail("b@x"));
  server->add(mail("c@x"));
  auto old = setup();
  old.archive = true;
  old.archive_until = parse_rfc3339("2020-01-01T00:00:00Z").value();
  old.archive_state = TaskState::resolved;
  old.label = "Old";
  auto scripted = std::make_unique<ScriptedMailbox>(server);
  scripted->received_at = parse_rfc3339("2017-01-01T00:00:00Z").value();
  reader(std::move(scripted), old).step();
  const auto all = messages();
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[2].message.envelope.archived,
            (Archived{parse_rfc3339("2016-01-12T10:00:00Z").value(), TaskState::resolved}));
  EXPECT_EQ(all[1].message.envelope.archived, std::nullopt);
  EXPECT_EQ(all[0].message.envelope.archived->at, parse_rfc3339("2017-01-01T00:00:00Z").value())
      << "no Date: as the server received it";
  EXPECT_EQ(all[0].message.envelope.label, "Old");
}

TEST_F(Mailboxes, AProblemBesideTheMailIsTold) {
  auto scripted = std::make_unique<ScriptedMailbox>(server);
  scripted->problem = "3 mails could not be moved to Done: [OVERQUOTA]";
  auto box = reader(std::move(scripted), setup());
  EXPECT_EQ(box.step().pause, Millis{0});
  EXPECT_EQ(box.status().state, State::waiting);
  EXPECT_THAT(box.status().record.last_error, HasSubstr("OVERQUOTA"));
}

/// Waits until it holds; false after ten seconds.
template <typename Holds>
bool eventually(Holds holds) {
  const auto deadline = within(Millis{10'000});
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST_F(Mailboxes, OneThatFailsOrHangsStopsNoOther) {
  auto refused = std::make_shared<MailServer>(), hanging = std::make_shared<MailServer>();
  refused->fail_with(Error{Errc::not_permitted, "the login was refused"});
  hanging->hang(true);
  IntakeService intake(store, {}, nullptr);
  intake.start();
  {
    MailboxService service(intake, store, store, clock, [] { return 1.0; });
    service.add(setup("refused"), std::make_unique<ScriptedMailbox>(refused));
    service.add(setup("hanging"), std::make_unique<ScriptedMailbox>(hanging));
    service.add(setup("office"), std::make_unique<ScriptedMailbox>(server));
    service.start();
    for (int i = 0; i < 200; ++i) server->add(mail(std::to_string(i) + "@x"));
    EXPECT_TRUE(eventually([&] { return messages().size() >= 50 && service.statuses()[2].record.taken == 200; }));
    EXPECT_TRUE(eventually([&] { return service.statuses()[0].state == State::failing; }));
    server->add(mail("late@x"));  // told by the server while it is waited for
    EXPECT_TRUE(eventually([&] { return service.statuses()[2].record.taken == 201; }));
    EXPECT_TRUE(eventually([&] { return service.statuses()[1].state == State::reading; }));
    const auto began = std::chrono::steady_clock::now();
    service.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5)) << "also when one hangs";
    EXPECT_EQ(service.statuses()[2].state, State::off);
  }
  intake.stop();
  EXPECT_EQ(refused->looks(), 1);
}

TEST_F(Mailboxes, TheyComeAndGoWhileTheOthersReadOn) {
  IntakeService intake(store, {}, nullptr);
  intake.start();
  {
    MailboxService service(intake, store, store, clock, [] { return 1.0; });
    const auto taken = [&](std::size_t place) { return service.statuses().at(place).record.taken; };
    auto later = std::make_shared<MailServer>();
    service.add(setup("office"), std::make_unique<ScriptedMailbox>(server));
    service.start();
    later->add(mail("waits@x"));
    service.add(setup("later"), std::make_unique<ScriptedMailbox>(later));
    EXPECT_TRUE(eventually([&] { return taken(1) == 1; })) << "one that is added is read";
    service.remove(kOtherTenant, "later");
    ASSERT_THAT(service.statuses(), SizeIs(2)) << "names are per tenant";
    later->hang(true);
    later->add(mail("hangs@x"));
    EXPECT_TRUE(eventually([&] { return later->looks() >= 2; }));
    service.remove(kTenant, "later");
    ASSERT_THAT(service.statuses(), SizeIs(1)) << "also when it hangs";
    server->add(mail("goes on@x"));
    EXPECT_TRUE(eventually([&] { return taken(0) == 1; }));
    later->hang(false);
    service.add(setup("later"), std::make_unique<ScriptedMailbox>(later));
    EXPECT_TRUE(eventually([&] { return taken(1) == 2; })) << "it goes on where it was";
    EXPECT_EQ(service.statuses()[1].record.duplicates, 0);
    service.stop();
    service.add(setup("late"), std::make_unique<ScriptedMailbox>(later));
    EXPECT_THAT(service.statuses(), SizeIs(2)) << "behind the end nothing begins";
  }
  intake.stop();
}

TEST_F(Mailboxes, WhenIntakeIsFullTheMailsStayWhereTheyAre) {
  IntakeLimits narrow;
  narrow.waiting_bytes = 1;  // one submission at a time
  IntakeService intake(store, narrow, nullptr);
  for (int i = 0; i < 2; ++i) server->add(mail(std::to_string(i) + "@x"));
  MailboxReader box(setup(), std::make_unique<ScriptedMailbox>(server), store, store, through_intake(intake), clock,
                    [] { return 1.0; });
  intake.start();
  EXPECT_TRUE(eventually([&] {
    box.step();
    return box.status().record.position.last_uid == 2;
  }));
  EXPECT_THAT(messages(), SizeIs(2));
  intake.stop();
}

}  // namespace
}  // namespace orgo::world
