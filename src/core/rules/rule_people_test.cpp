// Names of people in rule files, in a house that has told who works there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/rule_set.h"

namespace orgo::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WorkplaceScope house() {
  WorkplaceScope scope;
  scope.strict = true;
  scope.people = {{"anna", "anna@school.org", {"it"}}, {"ben", "", {}}, {"carl", "carl@school.org", {}, true}};
  return scope;
}

std::vector<std::string> errors(const std::string& text, const WorkplaceScope& scope = house()) {
  std::vector<std::string> said;
  for (const auto& error : load_rules({{"rules.yaml", text}}, scope).errors)
    said.push_back(error.message + (error.hint.empty() ? "" : " | " + error.hint));
  return said;
}
std::string with_action(const std::string& action) {
  return "teams: {it: it@school.org}\non_call: {night: {time_zone: UTC, members: [anna]}}\nrules: [{name: all, action: "
         "{" +
         action + "}}]\n";
}

TEST(RulePeople, PeopleTeamsRotasAndAddressesAreKnown) {
  for (const auto* name : {"anna", "it", "night", "it@school.org", "firm@outside.org"}) {
    EXPECT_THAT(errors(with_action(std::string("route_to: ") + name)), IsEmpty()) << name;
    EXPECT_THAT(errors(with_action(std::string("route_to: it, assign: ") + name)), IsEmpty()) << name;
    EXPECT_THAT(errors(with_action(std::string("route_to: it, escalate_after: 2 hours, escalate_to: ") + name)),
                IsEmpty())
        << name;
  }
  EXPECT_THAT(errors(with_action("route_to: it, assign: ben")), IsEmpty()) << "who works on it needs no address";
}

TEST(RulePeople, AnUnknownNameIsAnErrorWithTheNearest) {
  for (const auto* action :
       {"route_to: ana", "route_to: it, assign: ana", "route_to: it, escalate_after: 2 hours, escalate_to: ana"}) {
    const auto said = errors(with_action(action));
    ASSERT_EQ(said.size(), 1U) << action;
    EXPECT_THAT(said[0], testing::AllOf(HasSubstr("'ana'"), HasSubstr("nobody's login name"), HasSubstr("'anna'")));
  }
  EXPECT_THAT(errors(with_action("route_to: ben")), ElementsAre(HasSubstr("an account without an address")));
  EXPECT_THAT(errors(with_action("route_to: it, assign: carl")), ElementsAre(HasSubstr("disabled")));
}

TEST(RulePeople, MembersAndWhoIsOnCallMayBePeople) {
  const auto loaded = load_rules({{"rules.yaml",
                                   "teams: {office: {members: [anna, x@school.org]}, it: it@school.org}\n"
                                   "on_call: {night: {time_zone: UTC, start: 2026-01-01, members: [anna]}}\n"}},
                                 house());
  ASSERT_TRUE(loaded.rules);
  const auto& workplace = loaded.rules->workplace();
  EXPECT_THAT(workplace.teams.at("office").members, ElementsAre("anna@school.org", "x@school.org"));
  EXPECT_THAT(workplace.teams.at("it").members, ElementsAre("anna@school.org")) << "as her account says";
  EXPECT_THAT(workplace.on_call.at("night").members, ElementsAre("anna@school.org"));
  EXPECT_EQ(workplace.address_of("anna", TimePoint{}, true), "anna@school.org");
  EXPECT_TRUE(workplace.is_staff("Anna@School.org"));
  EXPECT_FALSE(workplace.is_staff("carl@school.org")) << "no more";
  for (const auto& [member, words] : std::vector<std::pair<std::string, std::string>>{
           {"ana", "'anna'"}, {"ben", "has no address"}, {"carl", "disabled"}})
    EXPECT_THAT(errors("teams: {office: {address: office@school.org, members: [" + member + "]}}\n"),
                ElementsAre(HasSubstr(words)))
        << member;
}

TEST(RulePeople, RulesThatWereTakenOnceHoldWhateverBecomesOfAccounts) {
  auto scope = house();
  scope.strict = false;  // as a server loads them
  const auto said = [&](const std::string& text) {
    const auto loaded = load_rules({{"rules.yaml", text}}, scope);
    EXPECT_TRUE(loaded.rules) << text << loaded.errors.size();
    return loaded.warnings.size();
  };
  EXPECT_EQ(said(with_action("route_to: maintenance, assign: whoever")), 2U) << "names that were free before";
  EXPECT_EQ(said(with_action("route_to: carl, assign: carl")), 2U) << "an account that was disabled later";
  EXPECT_EQ(said("teams: {office: {members: [carl, ben]}}\n"), 2U);
  EXPECT_EQ(said(with_action("route_to: it, assign: anna")), 0U);
  EXPECT_EQ(
      load_rules({{"rules.yaml", with_action("route_to: it, escalate_after: 2 hours, escalate_to: plumber")}}, scope)
          .errors.size(),
      1U)
      << "what was an error before there were accounts still is";
  const auto loaded = load_rules({{"rules.yaml", "teams: {office: {members: [carl]}}\n"}}, scope);
  ASSERT_TRUE(loaded.rules);
  EXPECT_EQ(loaded.rules->workplace().address_of("office", TimePoint{}, true), "carl");
  EXPECT_EQ(loaded.rules->workplace().address_of("carl", TimePoint{}, true), "") << "nobody who is gone is told";
}

TEST(RulePeople, RulesOfThePastAreReadWithoutAccounts) {
  const std::string text = "teams: {office: {members: [anna, x@school.org]}}\n";
  EXPECT_FALSE(load_rules({{"rules.yaml", text}}).rules) << "a member is an address where nobody is known";
  EXPECT_TRUE(load_rules({{"rules.yaml", text}}, {.of_past = true}).rules);
  EXPECT_FALSE(load_rules({{"rules.yaml", "teams: {office: {members: [no name]}}\n"}}, {.of_past = true}).rules);
}

TEST(RulePeople, AHouseThatHasToldNobodysNameWorksWithAny) {
  const std::string plain = "rules: [{name: all, action: {route_to: maintenance, assign: whoever}}]\n";
  EXPECT_THAT(errors(plain, {}), IsEmpty());
  EXPECT_THAT(errors(plain), testing::SizeIs(2));
}

}  // namespace
}  // namespace orgo::rules
