// What every LedgerReader must count (port/ledger_reader.h): after each step of a message's life the ledger balances.
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "core/work/dead_letter_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::IsEmpty;

class LedgerReaderContract : public Suite {
 protected:
  LedgerLine line(std::string_view channel = "lmtp", TenantId tenant = kTenant) {
    const auto lines = stores.ledger.count_ledger().value();
    LedgerLine found{.tenant = kTenant};
    for (const auto& one : lines) {
      EXPECT_THAT(imbalances(one), IsEmpty());
      if (one.channel == channel && one.tenant == tenant) found = one;
    }
    return found;
  }
};

TEST_P(LedgerReaderContract, NothingBalances) {
  EXPECT_EQ(line().accepted, 0);
}

TEST_P(LedgerReaderContract, CountsEachMessageInOneState) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<MessageId> ids;
  for (const auto& one : bytes) ids.push_back(accept(raw(one)));
  accept(raw(bytes[0]));  // a duplicate is not accepted again
  EXPECT_EQ(line().accepted, 8);
  EXPECT_EQ(line().stored, 8);
  EXPECT_EQ(line().waiting, 8);

  const auto task = must_commit(deciding(ids[0])).task;
  must_commit(deciding(ids[1]));
  const auto decided_as = [&](MessageId id, Outcome outcome, TaskNumber joined = {}) {
    auto changes = deciding(id);
    changes.remove_all<TaskChange>();
    changes.find<MessageDecision>()->outcome = outcome;
    changes.find<MessageDecision>()->task = joined;
    for (auto& one : changes.events) one.subject = joined;
    must_commit(changes);
  };
  decided_as(ids[2], Outcome::task_joined, task);
  decided_as(ids[3], Outcome::recorded);
  decided_as(ids[4], Outcome::dropped);
  EXPECT_EQ(line().decided, 5) << "also while their work items are still in the queue";
  EXPECT_EQ(line().waiting, 3);

  const auto keys = stores.work.unclaimed(WorkKind::process, kStart, 100).value();
  auto leases = stores.work.claim(kOwner, keys, kStart, Millis{60'000}).value();
  std::vector<WorkLease> done;
  for (const auto& one : leases) {
    if (one.key.reference == ids[5].value || one.key.reference == ids[6].value) {
      ASSERT_TRUE(stores.work.bury(one, kStart, "poison"));
    } else if (one.key.reference != ids[7].value) {
      done.push_back(one);
    }
  }
  EXPECT_EQ(stores.work.complete(done).value(), 5);
  auto counted = line();
  EXPECT_EQ(counted.opened, 2);
  EXPECT_EQ(counted.joined, 1);
  EXPECT_EQ(counted.recorded, 1);
  EXPECT_EQ(counted.dropped, 1);
  EXPECT_EQ(counted.waiting, 1) << "under lease is waiting";
  EXPECT_EQ(counted.dead, 2);
  EXPECT_EQ(counted.refused, 0);

  const auto letters = stores.work.dead(std::nullopt, 10).value();
  ASSERT_EQ(letters.size(), 2U);
  ASSERT_TRUE(commit(drop_dead_letter(letters[0].key, "", "a reason", "test", kStart)));
  ASSERT_TRUE(commit(retry_dead_letter(letters[1].key, "", "test", kStart)));
  counted = line();
  EXPECT_EQ(counted.dead, 0);
  EXPECT_EQ(counted.refused, 1);
  EXPECT_EQ(counted.waiting, 2);
  EXPECT_EQ(counted.accepted, 8);
}

TEST_P(LedgerReaderContract, ALineForEachTenantAndChannel) {
  const auto other = kOtherTenant;
  const auto bytes = mail("a@x");
  accept(raw(bytes));
  accept(raw(bytes, "office@school.example", kTenant, Channel::http));
  accept(raw(bytes, "it@school.example", kTenant, Channel::http));
  accept(raw(bytes, "office@school.example", other));
  EXPECT_EQ(line("lmtp").accepted, 1);
  EXPECT_EQ(line("http").accepted, 2);
  EXPECT_EQ(line("lmtp", other).accepted, 1);
  EXPECT_EQ(line("http", other).accepted, 0);
}

TEST_P(LedgerReaderContract, AMessageInNoStateIsFoundWhereverItLies) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 7; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<MessageId> ids;
  for (const auto& one : bytes) ids.push_back(accept(raw(one)));
  const auto foreign = accept(raw(bytes[0], "office@school.example", kOtherTenant));
  must_commit(deciding(ids[0]));
  const auto look = [&](int at_once) {
    std::vector<LedgerPlace> stateless, seen;
    for (LedgerPlace after{.tenant = kTrialTenant};;) {
      const auto states = stores.ledger.look_at_states(after, at_once).value();
      stateless.insert(stateless.end(), states.stateless.begin(), states.stateless.end());
      seen.insert(seen.end(), states.seen.begin(), states.seen.end());
      EXPECT_THAT(states.lost, IsEmpty());
      after = states.last;
      if (states.seen.size() < static_cast<std::size_t>(at_once)) break;
    }
    EXPECT_EQ(seen.size(), 9U) << "each once, and the neighbour's";
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    return stateless;
  };
  for (const int at_once : {1, 2, 3, 8, 100}) EXPECT_THAT(look(at_once), IsEmpty()) << at_once;
  // Work that is gone without a decision: what a bug of ours, or a database that lost a page, would leave.
  const auto claim = [&](TenantId tenant, MessageId id) {
    const WorkKey key{tenant, WorkKind::process, id.value};
    const auto lease = stores.work.claim(kOwner, std::span(&key, 1), kStart, Millis{60'000}).value();
    ASSERT_EQ(stores.work.complete(lease).value(), 1);
  };
  claim(kTenant, ids[0]);
  EXPECT_THAT(look(3), IsEmpty()) << "it is decided";
  claim(kTenant, ids[3]);
  claim(kTenant, ids[6]);
  claim(kOtherTenant, foreign);
  const std::vector<LedgerPlace> wanted{{kTenant, ids[3]}, {kTenant, ids[6]}, {kOtherTenant, foreign}};
  for (const int at_once : {1, 2, 3, 8, 100}) EXPECT_EQ(look(at_once), wanted) << at_once;
}

TEST_P(LedgerReaderContract, TheHistoryTellsOfDecisions) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<MessageId> ids;
  for (const auto& one : bytes) ids.push_back(accept(raw(one)));
  accept(raw(bytes[0], "office@school.example", kOtherTenant));
  const auto task = must_commit(deciding(ids[1])).task;
  must_commit(deciding(ids[2]));
  must_commit(deciding(MessageId{1}, kOtherTenant));
  const std::vector<MessageId> wanted{ids[0], ids[1], MessageId{99}};
  const auto events = stores.ledger.decided_events(kTenant, wanted).value();
  ASSERT_EQ(events.size(), 1U) << "of those that were asked for, and of this tenant";
  EXPECT_EQ(events[0].kind, EventKind::message_decided);
  EXPECT_EQ(events[0].message, ids[1]);
  EXPECT_EQ(events[0].subject.task(), task);
  EXPECT_EQ(events[0].at, kStart);
  EXPECT_THAT(stores.ledger.decided_events(kTenant, {}).value(), IsEmpty());
}

TEST_P(LedgerReaderContract, OfDecisionsTheLastCounts) {
  std::vector<MessageId> ids;
  for (int i = 0; i < 2; ++i) {
    const auto bytes = mail("m" + std::to_string(i) + "@x");
    ids.push_back(accept(raw(bytes)));
    must_commit(deciding(ids.back()));
  }
  // As a repair leaves it that had to decide anew.
  Changes anew{.tenant = kTenant, .at = kStart + Millis{5}};
  anew.events.push_back({.kind = EventKind::message_decided, .message = ids[0], .at = anew.at, .actor = "rules"});
  must_commit(anew);
  auto events = stores.ledger.decided_events(kTenant, ids).value();
  ASSERT_EQ(events.size(), 2U) << "one of each";
  std::ranges::sort(events, {}, &Event::message);
  EXPECT_EQ(events[0].at, anew.at);
  EXPECT_EQ(events[1].at, kStart);
}

ORGO_CONTRACT(LedgerReaderContract);

}  // namespace
}  // namespace orgo::contract
