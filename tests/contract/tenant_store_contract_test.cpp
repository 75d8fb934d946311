// What every TenantStore must do (port/tenant_store.h).
#include <set>

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class TenantStoreContract : public Suite {
 protected:
  Result<Tenant> put(const Result<TenantUpdate>& update) {
    EXPECT_TRUE(update) << update.error().message;
    return stores.tenants.put_tenant(kTenant, *update);
  }
  Result<Tenant> add(std::string_view name, std::vector<std::string> recipients = {}) {
    return put(commands::add_tenant(name, recipients, "user:root", kStart));
  }
  std::vector<std::string> names(TenantId after, int limit) {
    std::vector<std::string> found;
    const auto page = stores.tenants.list_tenants(after, limit).value();
    for (const auto& tenant : page) found.push_back(tenant.name);
    return found;
  }
  std::string owner(std::string_view address) {
    const auto found = stores.tenants.find_recipient(address).value();
    return found ? found->name : "nobody";
  }
};

TEST_P(TenantStoreContract, TheFirstIsThereByItsName) {
  const auto first = stores.tenants.find_tenant(kFirstTenantName).value();
  EXPECT_EQ(first.id, kTenant);
  EXPECT_EQ(first.state, TenantState::active);
  EXPECT_THAT(first.recipients, IsEmpty());
}

TEST_P(TenantStoreContract, AddedOnesAreFoundByNameAndNumber) {
  const auto made = add("school", {"school.org", "office@college.org"}).value();
  EXPECT_EQ(made.name, "school");
  EXPECT_EQ(made.version, 1);
  EXPECT_EQ(made.created_at, kStart);
  EXPECT_THAT(made.recipients, ElementsAre("office@college.org", "school.org"));
  EXPECT_EQ(stores.tenants.find_tenant("school").value(), made);
  EXPECT_EQ(stores.tenants.read_tenant(made.id).value(), made);
  EXPECT_EQ(stores.tenants.find_tenant("School").error().code, Errc::not_found);
  EXPECT_EQ(stores.tenants.read_tenant(TenantId{99}).error().code, Errc::not_found);
}

TEST_P(TenantStoreContract, ANameIsGivenOnce) {
  ASSERT_TRUE(add("school"));
  EXPECT_EQ(add("school").error().code, Errc::conflict);
  EXPECT_EQ(add("default").error().code, Errc::conflict);
}

TEST_P(TenantStoreContract, ARecipientIsOneTenantsOnly) {
  const auto school = add("school", {"school.org"}).value();
  EXPECT_EQ(add("college", {"college.org", "school.org"}).error().code, Errc::conflict);
  EXPECT_EQ(stores.tenants.find_tenant("college").error().code, Errc::not_found) << "nothing of it was written";
  EXPECT_EQ(owner("x@college.org"), "nobody");
  ASSERT_TRUE(add("college", {"office@school.org"})) << "an address of another's domain may be its own";
  EXPECT_EQ(owner("office@school.org"), "college");
  EXPECT_EQ(owner("anna@school.org"), "school");
  EXPECT_EQ(owner("school.org"), "school");
  EXPECT_EQ(owner("anna@sub.school.org"), "nobody");
  ASSERT_TRUE(put(commands::set_tenant_recipients(school, {"school.example"}, "user:root", kStart)));
  EXPECT_EQ(owner("anna@school.org"), "nobody");
  EXPECT_EQ(owner("anna@school.example"), "school");
}

TEST_P(TenantStoreContract, AChangeNamesTheVersionItSaw) {
  const auto school = add("school", {"school.org"}).value();
  const auto suspended = put(commands::suspend_tenant(school, "user:root", kStart)).value();
  EXPECT_EQ(suspended.version, 2);
  EXPECT_EQ(suspended.state, TenantState::suspended);
  EXPECT_THAT(suspended.recipients, ElementsAre("school.org"));
  EXPECT_EQ(put(commands::set_tenant_recipients(school, {"late.org"}, "user:root", kStart)).error().code,
            Errc::conflict);
  EXPECT_EQ(stores.tenants.read_tenant(school.id).value(), suspended);
  EXPECT_EQ(owner("x@school.org"), "school") << "suspended ones, too: who asks decides";
  EXPECT_EQ(put(commands::resume_tenant(suspended, "user:root", kStart))->state, TenantState::active);
}

TEST_P(TenantStoreContract, WhatASuspendedOneHasStandsStillAndGoesOnAfterwards) {
  const auto school = add("school").value();
  const auto letter = mail("a@x");
  for (const auto tenant : {kTenant, school.id}) {
    auto changes = deciding(accept(raw(letter, "office@school.example", tenant)), tenant);
    changes.sends.push_back(notification());
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
    must_commit(changes);
  }
  const auto waiting = [&] {
    std::set<TenantId> of;
    const auto keys = stores.work.unclaimed(WorkKind::process, kStart, 100).value();
    for (const auto& key : keys) of.insert(key.tenant);
    return of;
  };
  const WorkKey work{school.id, WorkKind::process, 1};
  const auto lease = Millis{1'000};
  const auto suspended = put(commands::suspend_tenant(school, "user:root", kStart)).value();
  EXPECT_THAT(waiting(), ElementsAre(kTenant));
  EXPECT_THAT(stores.work.claim(kOwner, std::span(&work, 1), kStart, lease).value(), IsEmpty());
  const auto sends = stores.outbox.lease_sends(kOwner, kStart, lease, 100, {}).value();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_EQ(sends[0].tenant, kTenant);
  EXPECT_EQ(stores.outbox.next_send().value(), kStart + lease) << "of the other's, whose lease ends then";
  const auto timers = stores.tasks.claim_timers(kOwner, kDeadlineTimer, kStart, lease, 100).value();
  ASSERT_THAT(timers, SizeIs(1));
  EXPECT_EQ(timers[0].tenant, kTenant);
  EXPECT_EQ(stores.tasks.next_timer(kDeadlineTimer).value(), kStart + lease);

  ASSERT_TRUE(put(commands::resume_tenant(suspended, "user:root", kStart)));
  EXPECT_THAT(waiting(), ElementsAre(kTenant, school.id));
  EXPECT_THAT(stores.work.claim(kOwner, std::span(&work, 1), kStart, lease).value(), SizeIs(1));
  EXPECT_EQ(stores.outbox.next_send().value(), kStart);
  EXPECT_THAT(stores.outbox.lease_sends(kOwner, kStart, lease, 100, {}).value(), SizeIs(1));
  EXPECT_EQ(stores.tasks.next_timer(kDeadlineTimer).value(), kStart);
  EXPECT_THAT(stores.tasks.claim_timers(kOwner, kDeadlineTimer, kStart, lease, 100).value(), SizeIs(1));
}

TEST_P(TenantStoreContract, EachChangeHasItsEventInTheOperatorsLog) {
  const auto before = stores.tasks.events_after(kTenant, 0, 100).value();
  const auto school = add("school", {"school.org"}).value();
  ASSERT_TRUE(put(commands::suspend_tenant(school, "user:root", kStart)));
  EXPECT_FALSE(add("school"));
  const auto events = stores.tasks.events_after(kTenant, before.empty() ? 0 : before.back().sequence, 100).value();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].event.kind, EventKind::tenant_added);
  EXPECT_EQ(events[0].event.actor, "user:root");
  EXPECT_THAT(events[0].event.data, testing::HasSubstr("school.org"));
  EXPECT_EQ(events[1].event.kind, EventKind::tenant_suspended);
  EXPECT_THAT(stores.tasks.events_after(school.id, 0, 100).value(), IsEmpty());
}

TEST_P(TenantStoreContract, ListsByNumberInPages) {
  ASSERT_TRUE(add("b", {"b.org"}));
  ASSERT_TRUE(add("a"));
  EXPECT_THAT(names(TenantId{0}, 2), ElementsAre("default", "other"));
  EXPECT_THAT(names(kNeighbour, 2), ElementsAre("b", "a"));
  EXPECT_THAT(names(stores.tenants.find_tenant("a").value().id, 2), IsEmpty());
  const auto page = stores.tenants.list_tenants(kNeighbour, 1).value();
  EXPECT_THAT(page.at(0).recipients, ElementsAre("b.org"));
}

ORGO_CONTRACT(TenantStoreContract);

}  // namespace
}  // namespace orgo::contract
