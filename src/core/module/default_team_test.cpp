#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/module/module_set.h"
#include "core/rules/rule_file.h"
#include "core/rules/rule_set.h"
#include "core/workplace/workplace.h"

// Who hears when a team has nobody to tell, or can't be told without the word coming back.

namespace orgo {
namespace {

using testing::HasSubstr;

constexpr TimePoint kNow{};

rules::Loaded read(const std::string& text, const WorkplaceScope& scope = {}) {
  return rules::load_rules({{"rules.yaml", text}}, scope);
}

std::shared_ptr<const rules::RuleSet> with_module(const std::string& own,
                                                  const std::map<std::string, std::string>& addresses = {},
                                                  const WorkplaceScope& scope = {}) {
  modules::ModuleSource source{"help", "modules/help", {}};
  source.files.push_back({"modules/help/module.yaml",
                          "name: help\nversion: 1.0.0\nteams: {desk: first line}\n"
                          "roles: {head: the boss}\n"});
  source.files.push_back({"modules/help/teams.yaml", "teams:\n  crew: {}\n  night: {members: [n@help.example]}\n"});
  const auto shelf = modules::load_modules({source});
  EXPECT_TRUE(shelf.refused.empty()) << to_string(shelf.refused.front().errors, source.files);
  return modules::combine(read(own, scope).rules, shelf.modules, {}, addresses);
}

std::string told(const rules::RuleSet& rules, const std::string& who) {
  return rules.workplace().address_of(who, kNow, false);
}

constexpr const char* kHouse =
    "teams:\n  office: {address: office@school.example, default: true}\n  it: it@school.example\n";

TEST(DefaultTeam, HearsForTeamsOfModulesThatReachNobody) {
  const auto rules = with_module(kHouse);
  for (const auto* nobody : {"desk", "head", "help/crew"})
    EXPECT_EQ(told(*rules, nobody), "office@school.example") << nobody;
  EXPECT_EQ(told(*rules, "help/night"), "n@help.example");
  EXPECT_EQ(rules->workplace().receiver_name("office@school.example"), "office") << "the address stays the team's own";
  const auto known = with_module(kHouse, {{"desk", "desk@school.example"}});
  EXPECT_EQ(told(*known, "desk"), "desk@school.example");
  EXPECT_EQ(told(*known, "head"), "office@school.example");
}

TEST(DefaultTeam, IsTheOnlyOneWhereNoneSaysSo) {
  EXPECT_EQ(told(*with_module("teams: {office: office@school.example}\n"), "desk"), "office@school.example");
  EXPECT_EQ(told(*with_module("teams: {office: office@school.example, it: it@school.example}\n"), "desk"), "");
  EXPECT_EQ(told(*with_module("rules: []\n"), "desk"), "");
}

TEST(DefaultTeam, IsOneAndTheOrganizationSaysWhich) {
  const auto two =
      read("teams:\n  a: {address: a@x.example, default: true}\n  b: {address: b@x.example, default: true}\n");
  ASSERT_EQ(two.errors.size(), 1U);
  EXPECT_THAT(two.errors.front().message, HasSubstr("team 'a' is the default one already"));
  ASSERT_EQ(read("teams:\n  a: {address: a@x.example, default: maybe}\n").errors.size(), 1U);
  modules::ModuleSource source{"m", "modules/m", {}};
  source.files.push_back({"modules/m/module.yaml", "name: m\nversion: 1.0.0\n"});
  source.files.push_back({"modules/m/teams.yaml", "teams: {crew: {default: true}}\n"});
  EXPECT_EQ(modules::load_modules({source}).refused.size(), 1U);
}

TEST(FetchedTeam, IsToldThroughItsMembers) {
  const WorkplaceScope scope{.fetched = {"Office@school.example", "help@school.example"}};
  const auto rules = read(
      "teams:\n  office: {address: office@school.example, members: [help@school.example, anna@school.example]}\n"
      "  help: help@school.example\n  it: {address: it@school.example, members: [ben@school.example]}\n",
      scope);
  ASSERT_TRUE(rules.rules);
  EXPECT_EQ(told(*rules.rules, "office"), "anna@school.example") << "the mailbox is fetched: word would come back";
  EXPECT_EQ(told(*rules.rules, "help"), "help@school.example") << "nobody else is there to tell";
  EXPECT_EQ(told(*rules.rules, "it"), "it@school.example");
  EXPECT_EQ(told(*with_module("teams: {office: {address: office@school.example, members: [anna@school.example]}}\n", {},
                              scope),
                 "desk"),
            "anna@school.example");
}

}  // namespace
}  // namespace orgo
