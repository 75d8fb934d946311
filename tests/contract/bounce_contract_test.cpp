// What every store must do with bounces, the suppression list and the threads that they need (port/outbox.h,
// port/context_reader.h and SendBounced, SuppressionChange, ThreadAlias).
#include "core/delivery/send_outcome.h"
#include "core/processing/message_decision.h"
#include "core/suppression/suppression_change.h"
#include "core/threading/thread_alias.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr Millis kLease{60'000};

class BounceContract : public Suite {
 protected:
  TaskNumber queue(std::vector<Send> sends, TimePoint at = kStart, TenantId tenant = kTenant, Task task = new_task()) {
    task.created_at = at;
    auto changes = opening(std::move(task), tenant);
    changes.at = at;
    changes.sends = std::move(sends);
    return must_commit(changes).task;
  }
  static Send answer(std::string_view recipient) {
    auto send = notification(recipient);
    send.kind = SendKind::reply;
    return send;
  }
  SendId only_send(TaskNumber task) { return stores.outbox.sends_of_task(kTenant, task)->at(0).id; }
  static Changes bounce(SendId send, TenantId tenant = kTenant) {
    Changes changes{.tenant = tenant};
    changes.at = kStart + Millis{5};
    changes.add(SendBounced{send, "bounced: userunknown"});
    return changes;
  }
  static Suppression entry(std::string address, std::int64_t version = 1) {
    Suppression made{.tenant = kTenant};
    made.address = std::move(address);
    made.version = version;
    made.active = true;
    made.reason = "userunknown";
    made.detail = "550 5.1.1";
    made.count = 2;
    made.since = kStart;
    made.updated_at = kStart + Millis{1};
    made.actor = "rules";
    return made;
  }
  static Changes listing(Suppression suppression, bool removed = false, TenantId tenant = kTenant) {
    Changes changes{.tenant = tenant};
    changes.at = kStart;
    suppression.tenant = tenant;
    changes.add(SuppressionChange{std::move(suppression), removed});
    return changes;
  }
  std::vector<Suppression> find(std::vector<std::string> addresses, TenantId tenant = kTenant) {
    return stores.outbox.find_suppressions(tenant, addresses).value();
  }
  std::vector<std::string> listed(std::string_view after = {}, bool active = false, int limit = 100) {
    std::vector<std::string> addresses;
    const auto page = stores.outbox.list_suppressions(kTenant, after, active, limit);
    for (const auto& one : *page) addresses.push_back(one.address);
    return addresses;
  }
};

TEST_P(BounceContract, OneSendIsReadByItsNumber) {
  const auto task = queue({notification("anna@school.example")});
  const auto id = only_send(task);
  const auto send = stores.outbox.read_send(kTenant, id);
  ASSERT_TRUE(send);
  EXPECT_EQ(send->send.recipient.address, "anna@school.example");
  EXPECT_EQ(send->send.subject.task(), task);
  EXPECT_EQ(send->state, SendState::queued);
  EXPECT_EQ(stores.outbox.read_send(kTenant, SendId{id.value + 100}).error().code, Errc::not_found);
  EXPECT_EQ(stores.outbox.read_send(kOtherTenant, id).error().code, Errc::not_found);
}

TEST_P(BounceContract, ADeliveredSendBouncesOnce) {
  const auto task = queue({notification()});
  const auto leased = stores.outbox.lease_sends(kOwner, kStart, kLease, 10)->at(0);
  Changes told{.tenant = kTenant};
  told.at = kStart;
  told.add(
      SendOutcome{.send = leased.id, .lease = leased.lease, .kind = SendOutcome::Kind::delivered, .detail = "250 ok"});
  must_commit(told);
  must_commit(bounce(leased.id));
  const auto stored = stores.outbox.sends_of_task(kTenant, task)->at(0);
  EXPECT_EQ(stored.state, SendState::bounced);
  EXPECT_EQ(stored.detail, "bounced: userunknown");
  EXPECT_EQ(stored.updated_at, kStart + Millis{5});
  EXPECT_EQ(commit(bounce(leased.id)).error().code, Errc::conflict);
  EXPECT_EQ(commit(bounce(SendId{leased.id.value + 100})).error().code, Errc::not_found);
  EXPECT_EQ(commit(bounce(leased.id, kOtherTenant)).error().code, Errc::not_found);
}

TEST_P(BounceContract, ASendThatStillWaitsDoesNotGoOutAgain) {
  queue({notification()});
  const auto leased = stores.outbox.lease_sends(kOwner, kStart, kLease, 10)->at(0);
  must_commit(bounce(leased.id));
  EXPECT_THAT(stores.outbox.lease_sends(kOwner, kStart + 10 * kLease, kLease, 10).value(), IsEmpty());
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt);
  Changes late{.tenant = kTenant};
  late.at = kStart;
  late.add(
      SendOutcome{.send = leased.id, .lease = leased.lease, .kind = SendOutcome::Kind::delivered, .detail = "250"});
  EXPECT_EQ(commit(late).error().code, Errc::conflict) << "the bounce is the later news";
}

TEST_P(BounceContract, AnEntryComesBackWhole) {
  auto made = entry("anna@example.org");
  made.message = accept(raw(mail("a@x")));
  made.expires_at = kStart + Millis{7};
  must_commit(listing(made));
  EXPECT_THAT(find({"anna@example.org", "nobody@example.org"}), ElementsAre(made));
  made.version = 2;
  made.expires_at.reset();
  made.active = false;
  made.count = 3;
  must_commit(listing(made));
  EXPECT_THAT(find({"anna@example.org"}), ElementsAre(made));
  EXPECT_THAT(find({"anna@example.org"}, kOtherTenant), IsEmpty());
  EXPECT_THAT(find({}), IsEmpty());
}

TEST_P(BounceContract, AnEntryIsChangedOnlyByWhoSawItsVersion) {
  must_commit(listing(entry("a@x.example", 1)));
  EXPECT_EQ(commit(listing(entry("a@x.example", 1))).error().code, Errc::conflict);
  EXPECT_EQ(commit(listing(entry("a@x.example", 3))).error().code, Errc::conflict);
  EXPECT_EQ(commit(listing(entry("b@x.example", 2))).error().code, Errc::conflict) << "there is none";
  EXPECT_EQ(commit(listing(entry("a@x.example", 1), true)).error().code, Errc::conflict);
  must_commit(listing(entry("a@x.example", 2), true));
  EXPECT_THAT(find({"a@x.example"}), IsEmpty());
  must_commit(listing(entry("a@x.example", 1)));
}

TEST_P(BounceContract, AConflictWritesNothing) {
  must_commit(listing(entry("a@x.example", 1)));
  auto changes = opening();
  changes.add(listing(entry("a@x.example", 1)).all<SuppressionChange>().front());
  EXPECT_EQ(commit(changes).error().code, Errc::conflict);
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant}).value(), IsEmpty());
}

TEST_P(BounceContract, TheListGoesByAddressAndPages) {
  for (const char* address : {"c@x.example", "a@x.example", "d@x.example"}) must_commit(listing(entry(address)));
  auto counted = entry("b@x.example");
  counted.active = false;
  must_commit(listing(counted));
  must_commit(listing(entry("z@other.example"), false, kOtherTenant));
  EXPECT_THAT(listed(), ElementsAre("a@x.example", "b@x.example", "c@x.example", "d@x.example"));
  EXPECT_THAT(listed({}, true), ElementsAre("a@x.example", "c@x.example", "d@x.example"));
  EXPECT_THAT(listed({}, false, 2), ElementsAre("a@x.example", "b@x.example"));
  EXPECT_THAT(listed("b@x.example"), ElementsAre("c@x.example", "d@x.example"));
}

TEST_P(BounceContract, AnswersToAnAddressOverAllTasks) {
  queue({answer("anna@example.org"), notification("anna@example.org")}, kStart);
  queue({answer("Anna@Example.ORG"), answer("bert@example.org")}, kStart + Millis{10});
  const auto third = queue({answer("anna@example.org")}, kStart + Millis{20});
  queue({answer("anna@example.org")}, kStart + Millis{20}, kOtherTenant);
  const auto count = [&](TimePoint since, SendId upto = {}, int limit = 100) {
    return stores.outbox.answers_to(kTenant, "anna@EXAMPLE.org", since, upto, limit)->size();
  };
  EXPECT_EQ(count(kStart), 3U);
  EXPECT_EQ(count(kStart + Millis{1}), 2U);
  EXPECT_EQ(count(kStart, SendId{only_send(third).value - 1}), 2U);
  EXPECT_EQ(count(kStart, {}, 1), 1U);
  EXPECT_EQ(stores.outbox.answers_to(kTenant, "anna@example.org", kStart, {}, 1)->at(0).send.subject.task(), third)
      << "newest first";
}

TEST_P(BounceContract, TheFirstWhoNamesAnIdKeepsIt) {
  auto changes = opening();
  changes.add(ThreadAlias{77, TaskRef::nth_new(0), SendId{3}});
  const auto first = must_commit(changes).task;
  auto more = opening();
  more.add(ThreadAlias{-78, TaskRef::nth_new(0), SendId{}});
  const auto second = must_commit(more).task;
  Changes joins{.tenant = kTenant};
  joins.at = kStart;
  joins.add(ThreadAlias{77, second, SendId{}});
  must_commit(joins);
  auto opens = opening();
  opens.add(ThreadAlias{77, TaskRef::nth_new(0), SendId{}});
  EXPECT_EQ(commit(opens).error().code, Errc::conflict) << "decided again it joins the first";
  const auto aliases = [&](TenantId tenant) {
    ContextQuery query{.tenant = tenant};
    query.reported_ids = {-78, 77, 79};
    return stores.context.load(std::span(&query, 1)).at(0)->reported_aliases;
  };
  const auto found = aliases(kTenant);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].task, second);
  EXPECT_EQ(found[1].task, first);
  EXPECT_EQ(found[1].send, SendId{3});
  EXPECT_THAT(aliases(kOtherTenant), IsEmpty());
  Changes nowhere{.tenant = kTenant};
  nowhere.at = kStart;
  nowhere.add(ThreadAlias{80, TaskNumber{999}, SendId{}});
  EXPECT_EQ(commit(nowhere).error().code, Errc::not_found);
}

ORGO_CONTRACT(BounceContract);

}  // namespace
}  // namespace orgo::contract
