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

TEST(RulePeople, TeamsAloneMakeNamesKnown) {
  WorkplaceScope nobody;
  nobody.strict = true;
  const auto in_house = [](const std::string& rule) {
    return "teams: {network: network@h.example, maintenance: m@h.example}\nrules: [{" + rule + "}]\n";
  };
  for (const auto* rule : {"action: {route_to: netwrok}", "action: {route_to: [maintenance, netwrok]}",
                           "action: {route_to: network, assign: netwrok}",
                           "condition: \"thread team is 'netwrok'\", action: {route_to: network}",
                           "condition: \"not thread team is 'netwrok'\", action: {route_to: network}",
                           "condition: \"thread team in ['maintenance', 'netwrok']\", action: {tag: x}",
                           "condition: \"thread assignee is 'netwrok' or size > 5 MB\", action: {tag: x}"}) {
    const auto said = errors(in_house(rule), nobody);
    ASSERT_EQ(said.size(), 1U) << rule;
    EXPECT_THAT(said[0], testing::AllOf(HasSubstr("'netwrok'"), HasSubstr("'network'"))) << rule;
    auto lenient = nobody;
    lenient.strict = false;
    const auto loaded = load_rules({{"rules.yaml", in_house(rule)}}, lenient);
    EXPECT_TRUE(loaded.rules) << rule << ": a server goes on with rules that were taken once";
    EXPECT_EQ(loaded.warnings.size(), 1U) << rule;
  }
  for (const auto* rule :
       {"action: {route_to: network, assign: maintenance}", "action: {route_to: NETWORK}",
        "action: {route_to: someone@else.example}", "condition: \"thread team is ''\", action: {tag: x}",
        "condition: \"thread team is 'network'\", action: {tag: x}",
        "condition: \"thread team contains 'netw'\", action: {tag: x}",
        "condition: \"thread assignee is 'anna@school.org'\", action: {tag: x}",
        "condition: \"x = /(.+)/ in subject and thread team is '{{x}}'\", action: {tag: x}"})
    EXPECT_THAT(errors(in_house(rule), nobody), IsEmpty()) << rule;
}

TEST(RulePeople, WordsOfAListAreOneOfIt) {
  const auto with = [](const std::string& condition) {
    return "rules: [{condition: \"" + condition + "\", action: {route_to: a@b.example}}]\n";
  };
  for (const auto& [condition, nearest] :
       std::vector<std::pair<std::string, std::string>>{{"thread priority is 'hihg'", "'high'"},
                                                        {"thread priority is urgnet", "'urgent'"},
                                                        {"thread priority in ['low', 'nromal']", "'normal'"},
                                                        {"thread is 'opne'", "'open'"},
                                                        {"language is 'german'", "'de'"},
                                                        {"language is 'French'", "'fr'"},
                                                        {"language is 'dee'", "as in de"},
                                                        {"language in ['de', 'english']", "'en'"},
                                                        {"language is 'no'", "'nb'"},
                                                        {"not language is 'chinese'", "'zh'"},
                                                        {"language is 'klingon'", "as in de"},
                                                        {"channel is 'imapp'", "'imap'"}}) {
    const auto said = errors(with(condition), {});
    ASSERT_EQ(said.size(), 1U) << condition;
    EXPECT_THAT(said[0], HasSubstr(nearest)) << condition;
  }
  for (const auto* condition : {"thread priority is 'HIGH'", "thread priority is urgent", "language is 'de'",
                                "language is 'zh-Hant'", "language is 'EN'", "language in ['hi', 'he', 'nb', 'pt']",
                                "language is ''", "language starts with 'zh'", "thread priority exists"})
    EXPECT_THAT(errors(with(condition), {}), IsEmpty()) << condition;
}

TEST(RulePeople, AFileThatIsCutOffBeforeItsRulesIsRefused) {
  WorkplaceScope served;
  served.must_have_rules = true;
  for (const auto* text :
       {"match: first\n", "teams: {it: it@school.org}\n", "teams:\n  it: it@school.org\n  office: o@school.org\n",
        "quiet_hours: {time_zone: UTC, hours: {daily: \"20:00-21:00\"}}\n", "templates: {a: {subject: b, body: c}}\n",
        "calendars: {office: {time_zone: UTC, hours: {mon: \"08:00-17:00\"}}}\n", "match: all\nteams:\n",
        "keywords: {leak: [water]}\n", "extract: {room: '/Room ([0-9]+)/ in subject'}\n", "# rules\nmatch: first\n"}) {
    const auto said = errors(text, served);
    ASSERT_EQ(said.size(), 1U) << text;
    EXPECT_THAT(said[0], HasSubstr("there are no rules in this file | write rules: []")) << text;
    EXPECT_THAT(errors(std::string(text) + "rules: []\n", served), IsEmpty()) << text;
  }
  const SourceFile teams{"teams.yaml", "teams: {it: it@school.org}\n"};
  EXPECT_TRUE(load_rules({teams, {"rules.yaml", "rules: []\n"}}, served).rules) << "one of them is enough";
  const auto cut = load_rules({teams, {"rules.yaml", "match: first\n"}}, served);
  ASSERT_FALSE(cut.rules);
  EXPECT_THAT(cut.errors.at(0).message, HasSubstr("in any of these files"));
  EXPECT_TRUE(load_rules({}, served).rules) << "a house without files";
}

TEST(RulePeople, AHouseThatHasToldNobodysNameWorksWithAny) {
  const std::string plain = "rules: [{name: all, action: {route_to: maintenance, assign: whoever}}]\n";
  EXPECT_THAT(errors(plain, {}), IsEmpty());
  EXPECT_THAT(errors(plain), testing::SizeIs(2));
}

}  // namespace
}  // namespace orgo::rules
