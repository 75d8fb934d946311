#include "core/workplace/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

Workplace house() {
  Workplace workplace;
  workplace.teams["it"] = {.name = "it", .address = "it@school.example"};
  workplace.teams["office"] = {.name = "office", .members = {"head@school.example"}};
  OnCall rota{.name = "plumbers"};
  rota.overrides = {{kNow - Millis{1}, kNow + Millis{1}, "bob@school.example"}};
  workplace.on_call["plumbers"] = rota;
  return workplace;
}
std::vector<Colleague> people() {
  return {{"anna", "anna@school.example", {"it"}}, {"ben", "", {}}, {"carl", "carl@school.example", {}, true}};
}

std::string said(const Result<Named>& named) {
  return named ? named->name + " <" + named->address + ">" : named.error().message;
}

TEST(Names, OneIsMeantByNameAndByAddress) {
  const auto workplace = house();
  const Names names(workplace, people());
  for (const auto* typed : {"anna", " Anna ", "ANNA@school.example"})
    EXPECT_EQ(said(names.assignee(typed, kNow)), "anna <anna@school.example>") << typed;
  EXPECT_EQ(said(names.assignee("ben", kNow)), "ben <>");
  for (const auto* typed : {"it", "IT", "it@school.example", "IT@School.Example"}) {
    EXPECT_EQ(said(names.assignee(typed, kNow)), "it <it@school.example>") << typed;
    EXPECT_EQ(said(names.receiver(typed, kNow)), "it <it@school.example>") << typed;
  }
  EXPECT_EQ(said(names.assignee("office", kNow)), "office <head@school.example>");
  EXPECT_EQ(said(names.assignee("plumbers", kNow)), "plumbers <bob@school.example>");
  EXPECT_EQ(said(names.assignee("firm@outside.example", kNow)), "firm@outside.example <firm@outside.example>");
  EXPECT_EQ(said(names.assignee("", kNow)), " <>") << "nobody";
}

TEST(Names, AnUnknownOneIsAnErrorWithTheNearest) {
  const auto workplace = house();
  const Names names(workplace, people());
  EXPECT_EQ(names.assignee("ana", kNow).error().code, Errc::invalid_input);
  EXPECT_THAT(said(names.assignee("ana", kNow)), HasSubstr("did you mean 'anna'?"));
  EXPECT_THAT(said(names.receiver("offise", kNow)), HasSubstr("did you mean 'office'?"));
  EXPECT_THAT(said(names.assignee("xyzzyx", kNow)), testing::Not(HasSubstr("did you mean")));
  EXPECT_EQ(names.assignee("carl", kNow).error().code, Errc::conflict) << "and not one whose account is over";
  EXPECT_EQ(names.assignee("carl@school.example", kNow).error().code, Errc::conflict);
  EXPECT_THAT(names.all(), ElementsAre("anna", "ben", "it", "office", "plumbers"));
}

TEST(Names, WhatIsNoAddressIsNobodyThoughItHasAnAt) {
  const auto workplace = house();
  const Workplace nothing;
  for (const auto* wrong :
       {"@", "lib@", "@school.example", "a@b@c", "it@school.example,office@school.example", "mailto:it@school.example",
        "<it@school.example>", "Anna <anna@school.example", "it @school.example", "it@school example",
        "it\u202E@school.example", "it\u200B@school.example", "anna@school..example", "it@-school.example",
        "it@school.example.", ".it@school.example", "it.@school.example", "it@school.example;",
        "\"it\"@school.example"})
    for (const auto* place : {&workplace, &nothing}) {
      const Names names(*place, {});
      EXPECT_FALSE(names.receiver(wrong, kNow)) << wrong;
      EXPECT_FALSE(names.assignee(wrong, kNow)) << wrong;
    }
  for (const auto* good : {"nina@school.example", "n.i+x_y'z@sub.school.example", "desk@mail_server.example",
                           "root@localhost", "büro@bücher.example", "it@xn--bcher-kva.example"})
    EXPECT_TRUE(Names(workplace, {}).receiver(good, kNow)) << good;
}

TEST(Names, AreFreeInAHouseThatHasToldNobodys) {
  const Workplace nothing;
  const Names names(nothing, {});
  EXPECT_EQ(said(names.assignee("whoever", kNow)), "whoever <>");
  EXPECT_EQ(said(Names(nothing, {{"admin", "", {}}}).assignee("whoever", kNow)), "whoever <>");
  const Person admin{.tenant = kTenant, .login = "admin", .role = Role::administrator};
  const Person erp{.tenant = kTenant, .login = "erp", .role = Role::integration};
  const Person anna{.tenant = kTenant, .login = "anna"};
  EXPECT_EQ(everybody(std::vector{admin, erp}).size(), 1U);
  EXPECT_TRUE(colleagues(std::vector{admin}).empty());
  EXPECT_TRUE(colleagues(std::vector{admin, erp}).empty());
  EXPECT_EQ(colleagues(std::vector{admin, anna, erp}).size(), 2U);
}

TEST(Names, WhereTeamsAreDeclaredATypingMistakeIsOneWithoutAccountsToo) {
  const auto workplace = house();
  for (const auto& known : {std::vector<Colleague>{}, std::vector<Colleague>{{"admin", "a@school.example", {}}}}) {
    const Names names(workplace, known);
    EXPECT_THAT(said(names.receiver("offise", kNow)), HasSubstr("did you mean 'office'?"));
    EXPECT_THAT(said(names.receiver("plumber", kNow)), HasSubstr("did you mean 'plumbers'?"));
    EXPECT_EQ(names.assignee("nina", kNow).error().code, Errc::invalid_input);
    EXPECT_EQ(said(names.receiver("it@school.example", kNow)), "it <it@school.example>");
    EXPECT_EQ(said(names.assignee("nina@school.example", kNow)), "nina@school.example <nina@school.example>");
  }
  EXPECT_EQ(said(Names(workplace, {{"admin", "a@school.example", {}}}).assignee("admin", kNow)),
            "admin <a@school.example>");
}

TEST(Names, RulesAndListsKnowOneByNameAndByAddressToo) {
  auto place = house();
  for (const auto& one : people()) place.people[one.login] = one;
  for (const auto* written : {"it", "IT", "it@school.example", "IT@School.Example"}) {
    EXPECT_EQ(place.receiver_name(written), "it") << written;
    EXPECT_EQ(place.names_of(written)[0], "it") << written;
    EXPECT_EQ(place.names_of(written)[1], "it@school.example") << "as tasks stand from before it had a name";
  }
  for (const auto* written : {"anna", "ANNA", "Anna@school.example"}) {
    EXPECT_EQ(place.assignee_name(written), "anna") << written;
    EXPECT_EQ(place.receiver_name(written), "anna") << written;
  }
  EXPECT_EQ(place.assignee_name("carl@school.example"), "carl@school.example") << "no work for an account that is over";
  EXPECT_EQ(place.names_of("x@y.org"), std::vector<std::string>{"x@y.org"});
  place.teams["helpdesk"] = {.name = "helpdesk", .address = "it@school.example"};
  EXPECT_THAT(place.names_of("it"), ElementsAre("it", "it@school.example", "helpdesk")) << "a module's name for it";
}

TEST(Names, AllWaysToWriteTheSameAreTheSame) {
  Workplace place;
  place.teams["b\u00fccherei"] = {.name = "b\u00fccherei", .address = "lib@school.example"};
  place.teams["\u30ab\u30b9\u30bf\u30de\u30fc"] = {.name = "\u30ab\u30b9\u30bf\u30de\u30fc"};
  place.on_call["h\u00e9lp"].members = {"dan@school.example"};
  place.slas["b\u00fcro"].name = "b\u00fcro";
  const Names names(place, {});
  for (const auto* written :
       {"b\u00fccherei", "bu\u0308cherei", "B\u00dcCHEREI", "BU\u0308CHEREI", " bu\u0308cherei "}) {
    EXPECT_EQ(said(names.receiver(written, kNow)), "b\u00fccherei <lib@school.example>") << written;
    EXPECT_EQ(said(names.assignee(written, kNow)), "b\u00fccherei <lib@school.example>") << written;
  }
  EXPECT_EQ(place.receiver_name("bu\u0308cherei"), "b\u00fccherei");
  EXPECT_EQ(place.names_of("bu\u0308cherei")[0], "b\u00fccherei");
  EXPECT_EQ(place.team_address("Bu\u0308cherei"), "lib@school.example");
  EXPECT_EQ(place.receiver_name("\uff76\uff7d\uff80\uff8f\uff70"), "\u30ab\u30b9\u30bf\u30de\u30fc") << "half-width";
  EXPECT_EQ(said(names.assignee("he\u0301lp", kNow)), "h\u00e9lp <dan@school.example>") << "a rota";
  EXPECT_EQ(place.assignee_name("he\u0301lp"), "h\u00e9lp");
  ASSERT_TRUE(place.sla_for("bu\u0308ro", "", ""));
  EXPECT_EQ(place.sla_for("bu\u0308ro", "", "")->sla.name, "b\u00fcro");
  EXPECT_THAT(said(names.receiver("bucherei", kNow)), HasSubstr("did you mean 'b\u00fccherei'?")) << "other letters";
}

TEST(Names, WhoIsOneOfUsAndWhoNoLonger) {
  auto place = house();
  place.on_call["plumbers"].members = {"dan@school.example"};
  place.on_call["plumbers"].shifts = {{kNow, kNow + Millis{1}, "eva@school.example"}};
  for (const auto& one : people()) place.people[one.login] = one;
  for (const auto* ours : {"it@school.example", "head@school.example", "bob@school.example", "dan@school.example",
                           "eva@school.example", "anna@school.example", "ANNA@School.example"})
    EXPECT_TRUE(place.is_staff(ours)) << ours;
  for (const auto* others : {"", "carl@school.example", "parent@home.example", "anna", "it", "@school.example"})
    EXPECT_FALSE(place.is_staff(others)) << others;
  // Nothing is given to one whose account is over, and nothing goes to their address by their name.
  EXPECT_EQ(place.assignee_name("carl@school.example"), "carl@school.example");
  EXPECT_EQ(place.receiver_name("carl@school.example"), "carl@school.example");
  EXPECT_EQ(place.assignee_name("ANNA@school.example"), "anna");
  EXPECT_EQ(place.address_of("carl", kNow, true), "");
  place.people["carl"].disabled = false;
  EXPECT_TRUE(place.is_staff("carl@school.example")) << "let in again";
  EXPECT_EQ(place.assignee_name("Carl@school.example"), "carl");
}

TEST(Names, WordForATaskGoesToWhoeverHasIt) {
  auto place = house();
  for (const auto& one : people()) place.people[one.login] = one;
  EXPECT_EQ(place.address_of_holder("anna", "it", kNow), "anna@school.example");
  EXPECT_EQ(place.address_of_holder("carl", "it", kNow), "it@school.example") << "whom the assignee's would not reach";
  EXPECT_EQ(place.address_of_holder("ben", "it", kNow), "it@school.example") << "who has no address";
  EXPECT_EQ(place.address_of_holder("", "", kNow), "");
}

}  // namespace
}  // namespace orgo
