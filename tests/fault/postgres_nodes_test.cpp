// Nodes of one database: who is there, who has a name, and that a dead one's work goes to the others once, whatever it
// does when it wakes up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/postgres/postgres_locks.h"
#include "adapter/sql/postgres/postgres_nodes.h"
#include "adapter/sql/stores.h"
#include "base/hash.h"
#include "core/access/token_change.h"
#include "core/parts/parts.h"
#include "tests/contract/support/samples.h"
#include "tests/support/postgres_schema.h"

namespace orgo::fault {
namespace {

using contract::kStart;
using contract::notification;
using contract::opening;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::Postgres;
using tests::PostgresSchema;

constexpr Millis kHour{3'600'000};
constexpr Millis kPatience{10'000};
constexpr MembershipTimes kTimes;

/// One process, with all that it has of the database.
struct Process {
  Process(const PostgresSchema& schema, const std::string& folder, const std::string& name, const std::string& boot)
      : owner{name, boot},
        info{.name = name, .boot = boot, .address = "http://" + name, .version = "1", .secret = "s1", .mails = "m1"},
        line(std::make_unique<sql::PostgresLine>(schema.options())), locks(*line),
        stores(sql::PostgresEngine::open({.server = schema.options()}).value(),
               SegmentStore::open({folder + "/blobs"}).value(), nullptr, MailPlace::folder, name),
        nodes(*line, *stores.engine) {}

  LeaseOwner owner;
  NodeInfo info;
  std::unique_ptr<sql::PostgresLine> line;
  sql::PostgresLocks locks;
  SqlStores stores;
  sql::PostgresNodes nodes;
};

class PostgresNodesFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    std::string name = (std::filesystem::temp_directory_path() / "orgo-nodes-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    schema_.emplace();
  }
  void TearDown() override {
    schema_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  Process process(const std::string& name, const std::string& boot) { return {*schema_, folder_, name, boot}; }
  static void must_join(Process& process) {
    const auto joined = process.nodes.join(process.info, std::nullopt);
    ASSERT_TRUE(joined) << joined.error().message;
    ASSERT_FALSE(*joined) << "the name is not free";
  }
  void age(const std::string& name, Millis by) const {
    schema_->execute("UPDATE nodes SET heard_at = heard_at - " + std::to_string(by.count()) + " WHERE name = '" + name +
                     "'");
  }
  static NodeSeen seen(Process& by, const std::string& name) {
    const auto all = by.nodes.list().value();
    for (const auto& node : all)
      if (node.info.name == name) return node;
    ADD_FAILURE() << "there is no node " << name;
    return {};
  }

  std::string folder_;
  std::optional<PostgresSchema> schema_;
};

TEST_F(PostgresNodesFault, EachSeesAllAndWhoLeftIsGone) {
  auto a = process("a", "a1"), b = process("b", "b1");
  must_join(a);
  must_join(b);
  b.info.load = 70;
  b.info.draining = true;
  const auto before = b.nodes.beat(b.info).value();
  ASSERT_THAT(before, SizeIs(2));
  EXPECT_EQ(before[1].beats, 1) << "as it was before the beat";
  const auto all = a.nodes.list().value();
  ASSERT_THAT(all, SizeIs(2));
  auto expected = b.info;
  expected.schema = all[1].info.schema;
  EXPECT_EQ(all[1].info, expected);
  EXPECT_GT(all[1].info.schema, 1);
  EXPECT_EQ(all[1].beats, 2);
  EXPECT_TRUE(all[0].is_connected && all[1].is_connected);
  EXPECT_GT(to_ms(all[1].started_at), 0);
  EXPECT_TRUE(b.nodes.leave(b.info));
  EXPECT_TRUE(b.nodes.leave(b.info));
  EXPECT_THAT(a.nodes.list().value(), SizeIs(1));
}

TEST_F(PostgresNodesFault, TheNameOfALivingNodeIsRefused) {
  auto first = process("a", "a1"), second = process("a", "a2");
  must_join(first);
  const auto asked = second.nodes.join(second.info, std::nullopt);
  ASSERT_TRUE(asked && *asked) << "it waits whether the first one beats";
  ASSERT_TRUE(first.nodes.beat(first.info));
  const auto again = second.nodes.join(second.info, *asked);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_TRUE(first.nodes.beat(first.info)) << "the first one goes on";
}

TEST_F(PostgresNodesFault, AKilledNodeThatStartsAgainHasItsNameAtOnce) {
  std::optional<Process> first(std::in_place, *schema_, folder_, "a", "a1");
  auto second = process("a", "a2");
  must_join(*first);
  first->line.reset();                     // as the kernel does for a process that ends
  for (bool is_free = false; !is_free;) {  // the server hears of it a moment later
    const auto joined = second.nodes.join(second.info, std::nullopt);
    ASSERT_TRUE(joined) << joined.error().message;
    is_free = !*joined;
  }
  EXPECT_EQ(seen(second, "a").info.boot, "a2");
}

TEST_F(PostgresNodesFault, WhoLostHisNameMeanwhileHearsIt) {
  auto first = process("a", "a1"), second = process("a", "a2");
  must_join(first);
  age("a", kTimes.dead_after);
  must_join(second);
  const auto beat = first.nodes.beat(first.info);
  ASSERT_FALSE(beat);
  EXPECT_EQ(beat.error().code, Errc::conflict);
  EXPECT_TRUE(first.nodes.leave(first.info));
  EXPECT_EQ(seen(second, "a").info.boot, "a2") << "he takes nothing away from the one who has it";
}

TEST_F(PostgresNodesFault, OfTwoWhoTakeAFreeNameOneGetsIt) {
  constexpr int kRounds = 40;
  auto one = process("x", "one"), two = process("x", "two");
  for (int round = 0; round < kRounds; ++round) {
    one.info.name = two.info.name = "x" + std::to_string(round);
    std::optional<bool> got[2];
    const auto take = [](Process& who, std::optional<bool>& has) {
      const auto joined = who.nodes.join(who.info, std::nullopt);
      has = joined && !*joined;
    };
    std::thread beside([&] { take(two, got[1]); });
    take(one, got[0]);
    beside.join();
    EXPECT_NE(*got[0], *got[1]) << "round " << round;
  }
}

TEST_F(PostgresNodesFault, ARowThatIsGoneComesBackWithTheNextBeat) {
  auto a = process("a", "a1");
  must_join(a);
  schema_->execute("DELETE FROM nodes");
  EXPECT_TRUE(a.nodes.beat(a.info));
  EXPECT_THAT(a.nodes.list().value(), SizeIs(1));
}

/// Work, sends, timers and locks of a node that stands still: the others have them, and what it says when it wakes is
/// refused.
TEST_F(PostgresNodesFault, WhatADeadNodeHeldGoesToTheOthersAndItsWordCountsNoMore) {
  auto dead = process("dead", "d1"), living = process("living", "l1");
  must_join(dead);
  must_join(living);
  auto opened = opening();
  opened.sends.push_back(notification());
  opened.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
  const auto committed = dead.stores.changes.commit(std::span(&opened, 1), within(kPatience)).value();
  ASSERT_TRUE(committed.at(0));
  const WorkKey key{kTenant, WorkKind::process, 4711};
  ASSERT_TRUE(dead.stores.work.add(std::span(&key, 1), kStart));
  const auto work = dead.stores.work.claim(dead.owner, std::span(&key, 1), kStart, kHour).value();
  const auto sends = dead.stores.outbox.lease_sends(dead.owner, kStart, kHour, 10, {}, {}).value();
  const auto timers = dead.stores.tasks.claim_timers(dead.owner, kDeadlineTimer, kStart, kHour, 10).value();
  const auto lock = dead.locks.acquire("mailbox/1/office", to_string(dead.owner), kStart, kHour).value();
  ASSERT_THAT(work, SizeIs(1));
  ASSERT_THAT(sends, SizeIs(1));
  ASSERT_THAT(timers, SizeIs(1));
  ASSERT_THAT(living.stores.work.claim(living.owner, std::span(&key, 1), kStart, kHour).value(), IsEmpty());

  age("dead", kTimes.dead_after);
  const auto found = died(living.nodes.beat(living.info).value(), "l1");
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_TRUE(living.nodes.bury(found[0], kStart).value());
  EXPECT_FALSE(living.nodes.bury(found[0], kStart).value()) << "once";

  const auto work_again = living.stores.work.claim(living.owner, std::span(&key, 1), kStart, kHour).value();
  ASSERT_THAT(work_again, SizeIs(1));
  const auto sends_again = living.stores.outbox.lease_sends(living.owner, kStart, kHour, 10, {}, {}).value();
  ASSERT_THAT(sends_again, SizeIs(1));
  EXPECT_THAT(living.stores.tasks.claim_timers(living.owner, kDeadlineTimer, kStart, kHour, 10).value(), SizeIs(1));
  const auto lock_again = living.locks.acquire("mailbox/1/office", to_string(living.owner), kStart, kHour);
  ASSERT_TRUE(lock_again);
  EXPECT_GT(lock_again->token, lock.token);

  // It wakes up, and knows of nothing.
  EXPECT_EQ(dead.stores.work.complete(work).value(), 0);
  Changes outcome{.tenant = kTenant, .at = kStart};
  outcome.add(SendOutcome{
      .send = sends[0].id, .lease = sends[0].lease, .kind = SendOutcome::Kind::deferred, .next_attempt = kStart});
  EXPECT_EQ(dead.stores.changes.commit(std::span(&outcome, 1), within(kPatience))->at(0).error().code, Errc::conflict);
  EXPECT_EQ(dead.locks.renew(lock, kStart, kHour).error().code, Errc::conflict);
  const auto beat = dead.nodes.beat(dead.info).value();
  EXPECT_TRUE(beat[0].is_dead) << "its next beat tells it";
  EXPECT_FALSE(seen(living, "dead").is_dead) << "and it is back";
  EXPECT_EQ(living.stores.work.complete(work_again).value(), 1);
}

TEST_F(PostgresNodesFault, OneThatWasHeardMeanwhileIsNotBuried) {
  auto slow = process("slow", "s1"), living = process("living", "l1");
  must_join(slow);
  must_join(living);
  age("slow", kTimes.dead_after);
  const auto found = died(living.nodes.beat(living.info).value(), "l1");
  ASSERT_THAT(found, SizeIs(1));
  const WorkKey key{kTenant, WorkKind::process, 4712};
  ASSERT_TRUE(slow.stores.work.add(std::span(&key, 1), kStart));
  const auto work = slow.stores.work.claim(slow.owner, std::span(&key, 1), kStart, kHour).value();
  ASSERT_TRUE(slow.nodes.beat(slow.info));
  EXPECT_FALSE(living.nodes.bury(found[0], kStart).value());
  EXPECT_EQ(slow.stores.work.complete(work).value(), 1) << "it has all that it had";
}

/// What ADR 30 promises.
static_assert(SqlTokenStore::kOthersUnknown <= Millis{1'000});

TEST_F(PostgresNodesFault, ATokenThatAnotherNodeRevokedIsNotRememberedForLong) {
  auto a = process("a", "a1"), b = process("b", "b1");
  const auto remembered_under = a.stores.tokens.token_changes();
  const ApiToken token{.tenant = kTenant, .name = "anna", .role = Role::staff, .created_at = kStart};
  ASSERT_TRUE(commit_one(b.stores.changes, make_token(token, sha256("s"), "test"), within(kPatience)));
  bool holds = true;
  for (const auto until = within(30 * SqlTokenStore::kOthersUnknown);
       holds && std::chrono::steady_clock::now() < until;)
    holds = a.stores.tokens.token_changes() == remembered_under;
  EXPECT_FALSE(holds);
}

/// Each node judges by its own marks, and of two who see one restore the second holds nothing once more.
TEST_F(PostgresNodesFault, ARestoreIsBegunOnceAndMarksAreOfTheirNode) {
  auto a = process("a", "a1"), b = process("b", "b1");
  auto fresh = a.stores.lineage.read_lineage().value();
  EXPECT_EQ(fresh, Lineage{}) << "served by nobody yet";
  ASSERT_TRUE(a.stores.lineage.keep(go_on(fresh, "a-one")));
  const auto of_a = a.stores.lineage.read_lineage().value();
  EXPECT_EQ(of_a.last, (LineageMark{1, "a-one"}));
  EXPECT_TRUE(of_a.is_of_this_node);
  const auto seen_by_b = b.stores.lineage.read_lineage().value();
  EXPECT_EQ(seen_by_b.last, of_a.last);
  EXPECT_FALSE(seen_by_b.is_of_this_node);
  ASSERT_TRUE(b.stores.lineage.keep(go_on(seen_by_b, "b-two")));
  EXPECT_EQ(a.stores.lineage.read_lineage().value(), of_a) << "b has gone on, a has not";

  const auto by_a = begin_epoch(of_a, {}, "restored-a", kStart);
  const auto by_b = begin_epoch(b.stores.lineage.read_lineage().value(), {}, "restored-b", kStart + Millis{1});
  ASSERT_TRUE(a.stores.lineage.begin_epoch(by_a));
  EXPECT_TRUE(a.stores.lineage.begin_epoch(by_a)) << "the same call again, since its answer was lost";
  const auto second = b.stores.lineage.begin_epoch(by_b);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  const auto begun = b.stores.lineage.read_lineage().value();
  EXPECT_EQ(begun.epoch, 2);
  EXPECT_EQ(begun.restored_at, kStart);
  EXPECT_FALSE(begun.is_of_this_node) << "its mark is of the epoch before";
  ASSERT_TRUE(b.stores.lineage.keep(go_on(seen_by_b, "b-three"))) << "one that runs has heard nothing of it";
  EXPECT_EQ(b.stores.lineage.read_lineage()->epoch, 2);
  EXPECT_TRUE(b.stores.lineage.read_lineage()->is_of_this_node);
}

TEST_F(PostgresNodesFault, TheTimeIsTheServersForAll) {
  auto a = process("a", "a1"), b = process("b", "b1");
  const auto first = a.nodes.time().value();
  const auto second = b.nodes.time().value();
  EXPECT_LE(first, second);
  EXPECT_LE(second, a.nodes.time().value());
}

/// What is of the same node, but of its next boot, is not a dead one's.
TEST_F(PostgresNodesFault, WhatTheNextBootHoldsIsItsOwn) {
  auto before = process("a", "a1"), after = process("a", "a2"), living = process("living", "l1");
  must_join(before);
  must_join(living);
  age("a", kTimes.dead_after);
  const auto found = died(living.nodes.beat(living.info).value(), "l1");
  ASSERT_THAT(found, SizeIs(1));
  must_join(after);
  const WorkKey key{kTenant, WorkKind::process, 4713};
  ASSERT_TRUE(after.stores.work.add(std::span(&key, 1), kStart));
  const auto work = after.stores.work.claim(after.owner, std::span(&key, 1), kStart, kHour).value();
  EXPECT_FALSE(living.nodes.bury(found[0], kStart).value());
  EXPECT_EQ(after.stores.work.complete(work).value(), 1);
}

}  // namespace
}  // namespace orgo::fault
