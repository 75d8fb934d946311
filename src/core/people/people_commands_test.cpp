#include "core/people/people_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/parts/parts.h"
#include "core/people/person_change.h"
#include "tests/support/tenants.h"

namespace orgo::people {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

Person anna() {
  return {.tenant = kTenant,
          .login = "anna",
          .version = 3,
          .name = "Anna",
          .address = "anna@school.example",
          .role = Role::administrator,
          .password = "$argon2id$..."};
}

const Person& person_in(const Changes& changes) {
  return changes.find<PersonChange>()->person;
}

TEST(People, LoginNamesAreSmallAndPlain) {
  for (const auto* right : {"anna", "a", "anna.mueller", "a-1", "x_y", "7"}) EXPECT_TRUE(check_login(right)) << right;
  for (const auto* wrong : {"", "Anna", ".anna", "anna-", "an na", "änna", "a/b", "a\nb"})
    EXPECT_FALSE(check_login(wrong)) << wrong;
  EXPECT_TRUE(check_login(std::string(kLoginMost, 'a')));
  EXPECT_FALSE(check_login(std::string(kLoginMost + 1, 'a')));
}

TEST(People, ANewAccountHasAnEventAndNoPassword) {
  const auto made = add(kTenant, "anna", {.name = "Anna", .role = Role::manager}, "user:admin", kNow);
  ASSERT_TRUE(made);
  const auto& person = person_in(*made);
  EXPECT_EQ(person.version, 1);
  EXPECT_EQ(person.role, Role::manager);
  EXPECT_TRUE(person.password.empty());
  ASSERT_EQ(made->events.size(), 1U);
  EXPECT_EQ(made->events[0].kind, EventKind::person_added);
  EXPECT_EQ(made->events[0].data, R"({"login":"anna","name":"Anna","role":"manager"})");
}

TEST(People, TheirClockIsSetAndTold) {
  const auto changes = set(anna(), {.zone = "America/New_York"}, "user:admin", kNow);
  ASSERT_TRUE(changes);
  EXPECT_EQ(person_in(*changes).zone, "America/New_York");
  EXPECT_EQ(changes->events[0].data, R"({"login":"anna","zone":"America/New_York"})");
}

TEST(People, WhatIsWrongIsSaid) {
  const auto refused = [](const PersonFields& fields) { return !set(anna(), fields, "user:admin", kNow); };
  EXPECT_TRUE(refused({.name = "a\nb"}));
  EXPECT_TRUE(refused({.name = std::string(kPersonNameMost + 1, 'x')}));
  EXPECT_TRUE(refused({.address = "nowhere"}));
  EXPECT_TRUE(refused({.zone = "Mars/Olympus"}));
  EXPECT_TRUE(refused({.teams = std::vector<std::string>{""}}));
  EXPECT_TRUE(refused({.teams = std::vector<std::string>{" "}}));
  EXPECT_TRUE(refused({.teams = std::vector<std::string>(kPersonTeamsMost + 1, "x")}));
  EXPECT_TRUE(refused({})) << "nothing is no change";
  EXPECT_TRUE(refused({.name = "Anna"})) << "nor is what is so already";
}

TEST(People, WhoIsAdministratorNoMoreNeedsAnotherOne) {
  const auto needs = [](const Result<Changes>& made) {
    return made.value().find<PersonChange>()->needs_other_administrator;
  };
  EXPECT_TRUE(needs(disable(anna(), "user:anna", kNow)));
  EXPECT_TRUE(needs(set(anna(), {.role = Role::manager}, "user:anna", kNow)));
  EXPECT_FALSE(needs(set(anna(), {.name = "A"}, "user:anna", kNow)));
  EXPECT_TRUE(needs(set_password(anna(), "", "user:anna", kNow))) << "nobody else might get in";
  EXPECT_FALSE(needs(set_password(anna(), "another", "user:anna", kNow)));
  auto other = anna();
  other.role = Role::staff;
  EXPECT_FALSE(needs(disable(other, "user:anna", kNow)));
  other = anna();
  other.disabled = true;
  EXPECT_FALSE(needs(set(other, {.role = Role::staff}, "user:anna", kNow)));
  EXPECT_FALSE(needs(add(kTenant, "ben", {}, "user:anna", kNow)));
}

TEST(People, APasswordIsLongAndNotTheName) {
  EXPECT_FALSE(check_password(anna(), "nine char"));
  EXPECT_TRUE(check_password(anna(), "ten chars!"));
  EXPECT_TRUE(check_password(anna(), "ääääääääää")) << "characters, not bytes";
  EXPECT_FALSE(check_password(anna(), "ääääää"));
  EXPECT_FALSE(check_password(anna(), "ANNA@school.example"));
}

TEST(People, ANewPasswordALogoutAndTheEndOfAnAccountEndItsSessions) {
  const auto before = kNow - Millis{1};
  for (const auto& changes : {*set_password(anna(), "$argon2id$new", "user:anna", kNow),
                              *log_out(anna(), "user:anna", kNow), *disable(anna(), "user:admin", kNow)}) {
    EXPECT_TRUE(session_holds(anna(), before));
    EXPECT_FALSE(session_holds(person_in(changes), before));
  }
  const auto after = person_in(*log_out(anna(), "user:anna", kNow));
  EXPECT_FALSE(session_holds(after, kNow)) << "one of the same millisecond too";
  EXPECT_TRUE(session_holds(after, session_begin(after, kNow))) << "and one that begins then holds";
  EXPECT_FALSE(session_holds(person_in(*disable(anna(), "user:admin", kNow)), kNow + Millis{1}));
}

TEST(People, ALoginIsRememberedAndToldAndARefusalOnlyTold) {
  const auto in = logged_in(anna(), "10.0.0.1", kNow);
  EXPECT_EQ(person_in(in).last_login, kNow);
  EXPECT_EQ(in.events.at(0).actor, "user:anna");
  EXPECT_EQ(in.events.at(0).data, R"({"login":"anna","address":"10.0.0.1"})");
  const auto out = refused(kTenant, "anna", "10.0.0.1", kNow);
  EXPECT_TRUE(out.parts.empty());
  EXPECT_EQ(out.events.at(0).data, R"({"login":"anna","address":"10.0.0.1"})");
  EXPECT_EQ(refused(kTenant, "", "10.0.0.1", kNow).events.at(0).data, R"({"address":"10.0.0.1"})");
}

TEST(People, SessionsEndAlsoWhenAClockWasSetBack) {
  auto person = person_in(logged_in(anna(), "", kNow));
  const auto began_at = *person.last_login;
  ASSERT_TRUE(session_holds(person, began_at));
  person = person_in(*log_out(person, "user:anna", kNow - Millis{3'600'000}));
  EXPECT_FALSE(session_holds(person, began_at));
  const auto again = logged_in(person, "", kNow - Millis{3'599'999});
  EXPECT_TRUE(session_holds(person_in(again), *person_in(again).last_login)) << "the next one holds";
}

TEST(People, AreFoundByLoginAndAddressAndTheNearestIsNamed) {
  const std::vector<Person> people{anna(), {.tenant = kTenant, .login = "ben"}};
  EXPECT_EQ((*resolve_person(people, " Anna "))->login, "anna");
  EXPECT_EQ((*resolve_person(people, "ANNA@school.example"))->login, "anna");
  const auto missing = resolve_person(people, "ana");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("did you mean 'anna'?"));
  EXPECT_FALSE(resolve_person(people, "")) << "who has no address is not found by none";
}

}  // namespace
}  // namespace orgo::people
