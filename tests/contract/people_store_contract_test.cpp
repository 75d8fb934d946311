// What every PeopleStore must do (port/people_store.h), and every ChangeStore with a PersonChange.
#include "core/parts/parts.h"
#include "core/people/people_commands.h"
#include "core/people/person_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;

class PeopleStoreContract : public Suite {
 protected:
  void add(std::string_view login, const people::PersonFields& fields = {}, TenantId tenant = kTenant) {
    const auto made = commit(people::add(tenant, login, fields, "user:admin", kStart).value());
    ASSERT_TRUE(made) << made.error().message;
  }
  Person find(std::string_view login, TenantId tenant = kTenant) {
    return stores.people.find_person(tenant, login).value().value();
  }
  std::vector<std::string> logins(TenantId tenant, std::string_view after = {}, int limit = 10) {
    std::vector<std::string> out;
    const auto page = stores.people.list_people(tenant, after, limit).value();
    for (const auto& person : page) {
      EXPECT_EQ(person.tenant, tenant);
      out.push_back(person.login);
    }
    return out;
  }
};

TEST_P(PeopleStoreContract, KeepsAnAccountAsItIs) {
  add("anna", {.name = "Anna Müller",
               .address = "Anna@school.example",
               .zone = "Europe/Berlin",
               .teams = std::vector<std::string>{"office", "it, and more"},
               .role = Role::manager});
  auto person = find("anna");
  EXPECT_EQ(person.version, 1);
  EXPECT_EQ(person.name, "Anna Müller");
  EXPECT_EQ(person.address, "Anna@school.example");
  EXPECT_EQ(person.zone, "Europe/Berlin");
  EXPECT_THAT(person.teams, ElementsAre("office", "it, and more"));
  EXPECT_EQ(person.role, Role::manager);
  EXPECT_EQ(person.created_at, kStart);
  EXPECT_EQ(person.last_login, std::nullopt);
  auto next = person;
  next.version = 2;
  next.password = "$argon2id$x";
  next.last_login = kStart + Millis{2};
  next.sessions_valid_after = kStart + Millis{3};
  next.disabled = true;
  next.updated_at = kStart + Millis{4};
  Changes changes{.tenant = kTenant, .at = kStart};
  changes.add(PersonChange{next});
  ASSERT_TRUE(commit(changes));
  EXPECT_EQ(find("anna"), next);
}

TEST_P(PeopleStoreContract, OfTwoWritersOneHasToReadAgain) {
  add("anna");
  const auto seen = find("anna");
  ASSERT_TRUE(commit(people::set(seen, {.name = "Anna"}, "user:a", kStart).value()));
  EXPECT_EQ(commit(people::set(seen, {.name = "Ana"}, "user:b", kStart).value()).error().code, Errc::conflict);
  EXPECT_EQ(find("anna").name, "Anna");
  EXPECT_EQ(commit(people::add(kTenant, "anna", {}, "user:b", kStart).value()).error().code, Errc::conflict);
}

TEST_P(PeopleStoreContract, AnAddressIsOfOneAccount) {
  add("anna", {.address = "anna@school.example"});
  EXPECT_EQ(
      commit(people::add(kTenant, "anna2", {.address = "ANNA@School.example"}, "user:b", kStart).value()).error().code,
      Errc::conflict);
  add("anna", {.address = "anna@school.example"}, kOtherTenant);
  add("ben");
  add("carl");
  ASSERT_TRUE(commit(people::set(find("anna"), {.address = "a@school.example"}, "user:b", kStart).value()));
  add("anna2", {.address = "anna@school.example"});
}

TEST_P(PeopleStoreContract, AreListedByLoginAPageAtATime) {
  for (const auto* login : {"carl", "anna", "ben"}) add(login);
  add("zoe", {}, kOtherTenant);
  EXPECT_THAT(logins(kTenant), ElementsAre("anna", "ben", "carl"));
  EXPECT_THAT(logins(kTenant, "anna", 1), ElementsAre("ben"));
  EXPECT_THAT(logins(kTenant, "carl"), ElementsAre());
  EXPECT_THAT(logins(kOtherTenant), ElementsAre("zoe"));
}

TEST_P(PeopleStoreContract, AreFoundByTheirAddress) {
  add("anna", {.address = "Anna@school.example"});
  add("ben");
  EXPECT_EQ(stores.people.find_person_by_address(kTenant, "ANNA@school.example").value().value().login, "anna");
  EXPECT_EQ(stores.people.find_person_by_address(kTenant, "").value(), std::nullopt) << "ben has none";
  // A domain beyond ASCII is one in both its forms, whichever was typed.
  add("dora", {.address = "dora@xn--bcher-kva.example"});
  for (const auto* asked : {"dora@b\u00FCcher.example", "Dora@xn--bcher-kva.example", "dora@B\u00DCCHER.example"})
    EXPECT_EQ(stores.people.find_person_by_address(kTenant, asked).value().value().login, "dora") << asked;
  EXPECT_EQ(find("dora").address, "dora@b\u00FCcher.example");
  const auto taken =
      commit(people::set(find("ben"), {.address = "dora@b\u00FCcher.example"}, "user:b", kStart).value());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::conflict);
  EXPECT_EQ(stores.people.find_person_by_address(kOtherTenant, "anna@school.example").value(), std::nullopt);
}

TEST_P(PeopleStoreContract, TheLastAdministratorStays) {
  add("anna", {.role = Role::administrator});
  add("zoe", {.role = Role::administrator}, kOtherTenant);
  const auto refused = [&](Result<Changes> changes) {
    const auto made = commit(changes.value());
    return !made && made.error().code == Errc::conflict &&
           made.error().message.find("the last administrator") != std::string::npos;
  };
  EXPECT_TRUE(refused(people::disable(find("anna"), "user:a", kStart)));
  EXPECT_TRUE(refused(people::set(find("anna"), {.role = Role::manager}, "user:a", kStart)));
  add("ben", {.role = Role::administrator});
  // Both were read while there were two: whoever comes second is told.
  const auto anna = people::disable(find("anna"), "user:ben", kStart);
  const auto ben = people::set(find("ben"), {.role = Role::staff}, "user:anna", kStart);
  ASSERT_TRUE(commit(anna.value()));
  EXPECT_TRUE(refused(ben));
  EXPECT_EQ(stores.people.count_administrators(kTenant).value(), 1);
}

TEST_P(PeopleStoreContract, WhoCannotLogInIsNoAdministratorToRelyOn) {
  add("anna", {.role = Role::administrator});
  ASSERT_TRUE(commit(people::set_password(find("anna"), "hash", "user:anna", kStart).value()));
  add("ghost", {.role = Role::administrator});
  const auto disable = [&](std::string_view login) {
    const auto made = commit(people::disable(find(login), "user:anna", kStart).value());
    return made ? std::string("done") : made.error().message;
  };
  EXPECT_NE(disable("anna").find("the last administrator"), std::string::npos) << "ghost has no password";
  const auto locked_out = commit(people::set_password(find("anna"), "", "user:anna", kStart).value());
  ASSERT_FALSE(locked_out) << "nobody could log in";
  EXPECT_NE(locked_out.error().message.find("the last administrator"), std::string::npos);
  EXPECT_TRUE(commit(people::set_password(find("anna"), "another", "user:anna", kStart).value()));
  const auto anna = people::disable(find("anna"), "user:anna", kStart);
  ASSERT_TRUE(commit(people::set_password(find("ghost"), "hash", "user:anna", kStart).value()));
  EXPECT_TRUE(commit(anna.value())) << "now somebody else gets in";
  EXPECT_NE(disable("ghost").find("the last administrator"), std::string::npos);
}

class LoginAttemptsContract : public PeopleStoreContract {
 protected:
  Result<Committed> count(const LoginAttempts& attempts) {
    Changes changes{.tenant = attempts.tenant, .at = kStart};
    changes.add(LoginAttemptsChange{attempts});
    return commit(changes);
  }
  std::vector<LoginAttempts> known(std::vector<std::string> names, TenantId tenant = kTenant) {
    return stores.people.find_login_attempts(tenant, names).value();
  }
};

TEST_P(LoginAttemptsContract, AreKeptForEachTenantAndOfTwoWritersOneHasToReadAgain) {
  LoginAttempts first{.tenant = kTenant, .name = "name:1", .version = 1, .failures = 1, .last_at = kStart};
  ASSERT_TRUE(count(first));
  EXPECT_EQ(count(first).error().code, Errc::conflict);
  auto second = first;
  second.version = 2;
  second.failures = 5;
  second.locked_until = kStart + Millis{30'000};
  second.last_at = kStart + Millis{7};
  ASSERT_TRUE(count(second));
  EXPECT_EQ(count(second).error().code, Errc::conflict);
  EXPECT_THAT(known({"name:1", "name:2"}), ElementsAre(second));
  EXPECT_THAT(known({"name:1"}, kOtherTenant), ElementsAre());
  first.tenant = kOtherTenant;
  ASSERT_TRUE(count(first));
  EXPECT_THAT(known({"name:1"}), ElementsAre(second));
  EXPECT_THAT(known({"name:1"}, kOtherTenant), ElementsAre(first));
}

TEST_P(LoginAttemptsContract, AreForgottenAfterADay) {
  LoginAttempts old{.tenant = kTenant, .name = "old", .version = 1, .failures = 1, .last_at = kStart};
  LoginAttempts edge = old, next = old, theirs = old;
  edge.name = "edge";
  edge.last_at = kStart + Millis{1};
  next.name = "next";
  next.last_at = kStart + Millis{1} + kLoginAttemptsKept;
  theirs.tenant = kOtherTenant;
  for (const auto& one : {old, edge, theirs, next}) ASSERT_TRUE(count(one));
  EXPECT_THAT(known({"old", "edge", "next"}), ElementsAre(edge, next));
  EXPECT_THAT(known({"old"}, kOtherTenant), ElementsAre(theirs));
}

TEST_P(LoginAttemptsContract, AreNeverMoreThanTheirLimit) {
  std::vector<Changes> batch;
  for (std::size_t i = 0; i <= kLoginAttemptsMost; ++i) {
    batch.push_back({.tenant = kTenant, .at = kStart});
    batch.back().add(LoginAttemptsChange{{.tenant = kTenant,
                                          .name = "n" + std::to_string(i),
                                          .version = 1,
                                          .failures = 1,
                                          .last_at = kStart + Millis{static_cast<std::int64_t>(i)}}});
  }
  const auto all = std::span<const Changes>(batch);
  ASSERT_TRUE(stores.changes.commit(all.first(kLoginAttemptsMost), within(Millis{60'000})));
  EXPECT_EQ(known({"n0", "n1"}).size(), 2U) << "at the limit nothing goes";
  ASSERT_TRUE(stores.changes.commit(all.last(1), within(kPatience)));
  EXPECT_THAT(known({"n0"}), ElementsAre()) << "one past it: the oldest goes";
  EXPECT_EQ(known({"n1", "n" + std::to_string(kLoginAttemptsMost)}).size(), 2U);
}

TEST_P(PeopleStoreContract, TenantsNeverSeeEachOther) {
  add("anna", {.name = "ours", .role = Role::administrator});
  add("ben", {.role = Role::administrator});
  add("anna", {.name = "theirs", .role = Role::administrator}, kOtherTenant);
  ASSERT_TRUE(commit(people::set(find("anna"), {.name = "ours still"}, "user:a", kStart).value()));
  EXPECT_EQ(find("anna", kOtherTenant).name, "theirs");
  EXPECT_EQ(find("anna", kOtherTenant).version, 1);
  EXPECT_EQ(stores.people.find_person(TenantId{99}, "anna").value(), std::nullopt);
  EXPECT_EQ(stores.people.count_administrators(kTenant).value(), 2);
  ASSERT_TRUE(commit(people::disable(find("anna"), "user:a", kStart).value()));
  EXPECT_EQ(stores.people.count_administrators(kTenant).value(), 1);
  EXPECT_EQ(stores.people.count_administrators(kOtherTenant).value(), 1);
}

ORGO_CONTRACT(PeopleStoreContract);
ORGO_CONTRACT(LoginAttemptsContract);

}  // namespace
}  // namespace orgo::contract
