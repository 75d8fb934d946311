// One mailbox and two nodes: one reads at a time, another goes on where it ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/in_process/in_process_locks.h"
#include "adapter/memory/memory_store.h"
#include "service/mailbox/mailbox_service.h"
#include "service/turn/turn.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/scripted_mailbox.h"

namespace orgo::world {
namespace {

using contract::kStart;
using contract::mail;
using testing::SizeIs;

constexpr Millis kTtl{60'000};

class MailboxTurns : public testing::Test {
 protected:
  MailboxTurns() {
    for (int i = 0; i < 4; ++i) server->add(mail(std::to_string(i) + "@x"));
  }
  std::unique_ptr<MailboxReader> node(const std::string& name) {
    MailboxSetup setup{.tenant = kTenant};
    setup.name = "office";
    setup.source = "imap://office@mail.school.example:993/INBOX";
    setup.recipient = "office@school.example";
    auto reader = std::make_unique<MailboxReader>(std::move(setup), std::make_unique<ScriptedMailbox>(server), store,
                                                  store, storing(), clock, [] { return 1.0; });
    reader->take_turns(std::make_unique<Turn>(locks, clock, "mailbox/office", name, kTtl));
    return reader;
  }
  StoreMails storing() {
    return [this](std::vector<std::pair<Envelope, std::string>> mails,
                  Deadline deadline) -> Result<std::vector<Accepted>> {
      std::vector<RawMessage> messages;
      for (const auto& [envelope, bytes] : mails) messages.push_back({envelope, bytes});
      auto accepted = static_cast<MessageStore&>(store).accept(messages, deadline);
      if (std::exchange(stands_still, false)) {
        clock.advance(kTtl);
        EXPECT_TRUE(other.is_ours());
      }
      return accepted;
    };
  }
  std::size_t messages() { return store.list(MessageListRequest{.tenant = kTenant}).value().size(); }
  std::int64_t last_uid() {
    const auto kept = store.find_mailbox(kTenant, "office").value();
    return kept ? kept->position.last_uid : 0;
  }

  SimulatedClock clock{kStart};
  MemoryStore store;
  InProcessLocks locks{kStart};
  Turn other{locks, clock, "mailbox/office", "other", kTtl};
  std::shared_ptr<MailServer> server = std::make_shared<MailServer>();
  bool stands_still = false;  ///< behind the first batch, for so long that the turn is over
};

TEST_F(MailboxTurns, OneReadsAndAnotherGoesOnWhereItEnded) {
  auto one = node("one");
  auto two = node("two");
  EXPECT_EQ(one->step().pause, Millis{0});
  EXPECT_EQ(messages(), 4U);
  server->add(mail("late@x"));
  EXPECT_GT(two->step().pause, Millis{0}) << "not its turn";
  EXPECT_EQ(two->status().record.failures, 0) << "which is no failure";
  EXPECT_EQ(messages(), 4U);
  one.reset();
  EXPECT_EQ(two->step().pause, Millis{0});
  EXPECT_EQ(messages(), 5U);
  EXPECT_EQ(two->status().record.duplicates, 0) << "it began where the other ended";
  EXPECT_EQ(two->status().record.taken, 5);
}

/// What a node that stood still goes on to do belongs to a turn that is over: its position would undo the other's.
TEST_F(MailboxTurns, ANodeWhoseTurnIsOverKeepsNoPosition) {
  auto one = node("one");
  stands_still = true;
  EXPECT_GT(one->step().pause, Millis{0});
  EXPECT_EQ(messages(), 2U) << "the batch that was under way is durable, and known when it comes again";
  EXPECT_EQ(last_uid(), 0);
  other.give_up();
  EXPECT_EQ(one->step().pause, Millis{0});
  EXPECT_EQ(messages(), 4U);
  EXPECT_EQ(one->status().record.duplicates, 2);
  EXPECT_EQ(last_uid(), 4);
}

TEST_F(MailboxTurns, ADeadNodesMailboxIsReadOnWhenItsTurnIsOver) {
  auto one = node("one");
  one->step();
  server->add(mail("late@x"));
  auto two = node("two");
  EXPECT_GT(two->step().pause, Millis{0});
  clock.advance(kTtl);
  EXPECT_EQ(two->step().pause, Millis{0});
  EXPECT_EQ(messages(), 5U);
  server->add(mail("later@x"));
  EXPECT_GT(one->step().pause, Millis{0}) << "it was not dead: the turn is the other's now";
  EXPECT_EQ(messages(), 5U);
}

}  // namespace
}  // namespace orgo::world
