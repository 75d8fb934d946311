// What people do with modules (service/modules/module_service.h).
#include "service/modules/module_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/support/memory_modules.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ModulesOfPeople : public testing::Test {
 protected:
  std::vector<std::string> standing() {
    std::vector<std::string> all;
    const auto entries = service.list();
    EXPECT_TRUE(entries);
    for (const auto& entry : *entries)
      all.push_back(entry.name + " " + std::string(to_string(entry.standing)) + (entry.module ? "" : " bad"));
    return all;
  }
  static std::vector<std::string> told(const std::vector<modules::Change>& changes) {
    std::vector<std::string> texts;
    for (const auto& change : changes) texts.push_back(to_text(change));
    return texts;
  }

  MemoryModules store;
  std::vector<SourceFile> own;
  ModuleService service{store, [this] { return own; }};
};

TEST_F(ModulesOfPeople, AreListedAsTheyStand) {
  store.shipped = {MemoryModules::made("hr"), MemoryModules::made("sales")};
  EXPECT_THAT(standing(), ElementsAre("hr available", "sales available"));
  store.add(MemoryModules::made("sales"));
  store.add(MemoryModules::made("water"));
  ASSERT_TRUE(service.disable("water", "user:anna"));
  EXPECT_THAT(standing(), ElementsAre("sales enabled", "water disabled", "hr available"));
  store.copies.clear();
  EXPECT_THAT(standing(), ElementsAre("sales enabled bad", "water disabled bad", "hr available"));
}

TEST_F(ModulesOfPeople, GoAndComeBack) {
  store.add(MemoryModules::made("hr"));
  ASSERT_TRUE(service.disable("hr", "user:anna"));
  EXPECT_THAT(service.in_force()->modules, IsEmpty());
  ASSERT_TRUE(service.undo("user:anna"));
  EXPECT_THAT(service.in_force()->modules, testing::SizeIs(1));
  ASSERT_TRUE(service.remove("hr", "user:anna"));
  EXPECT_THAT(standing(), IsEmpty());
  EXPECT_EQ(store.state.removed.at(0).name, "hr");
  EXPECT_EQ(service.enable("hr", "user:anna").error().code, Errc::not_found);
  EXPECT_EQ(service.show("hr").error().code, Errc::not_found);
}

TEST_F(ModulesOfPeople, WhatIsNeededStays) {
  store.add(MemoryModules::made("hr"));
  store.add(MemoryModules::made("floor", "1.0.0", "needs: {hr: 1}\n"));
  const auto refused = service.disable("hr", "user:anna");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("module 'floor' needs 'hr' (modules/floor/module.yaml:4)"));
  EXPECT_EQ(service.remove("hr", "user:anna").error().code, Errc::conflict);
  ASSERT_TRUE(service.disable("floor", "user:anna"));
  EXPECT_TRUE(service.disable("hr", "user:anna"));
  EXPECT_EQ(service.enable("floor", "user:anna").error().code, Errc::conflict) << "what it needs is not in force";
}

TEST_F(ModulesOfPeople, AClashWithOurOwnRulesIsToldWithBothPlaces) {
  store.add(MemoryModules::made("hr"));
  ASSERT_TRUE(service.disable("hr", "user:anna"));
  own = {{"rules.yaml", "rules:\n  - {name: hr/any, action: {tag: a}}\n"}};
  const auto refused = service.enable("hr", "user:anna");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("rule 'hr/any' of module 'hr' is also in rules.yaml:2"));
  EXPECT_FALSE(store.state.installed.at(0).enabled);
}

TEST_F(ModulesOfPeople, TeamsAreSomebody) {
  store.add(MemoryModules::made("hr"));
  store.add(MemoryModules::made("sales"));
  ASSERT_TRUE(service.set_team("desk", "desk@school.org", "user:anna"));
  ASSERT_TRUE(service.set_team("head", "head@school.org", "user:anna"));
  const auto teams = service.teams();
  ASSERT_TRUE(teams);
  ASSERT_THAT(*teams, testing::SizeIs(2));
  EXPECT_EQ(teams->at(0).address, "desk@school.org");
  EXPECT_THAT(teams->at(0).used_by, ElementsAre("hr", "sales"));
  EXPECT_THAT(teams->at(1).used_by, IsEmpty());
  ASSERT_TRUE(service.set_team("head", "", "user:anna"));
  EXPECT_THAT(*service.teams(), testing::SizeIs(1));
  for (const auto* bad : {"nobody", "@school.org", "a@", "a b@c.org", "a@b.c\r\nBcc: d@e.f"})
    EXPECT_EQ(service.set_team("desk", bad, "").error().code, Errc::invalid_input) << bad;
  for (const auto* bad : {"", "a/b", "a,b", "a@b"})
    EXPECT_EQ(service.set_team(bad, "a@b.c", "").error().code, Errc::invalid_input) << bad;
}

TEST_F(ModulesOfPeople, AreRestoredAsTheyWere) {
  store.add(MemoryModules::made("hr"));
  store.add(MemoryModules::made("sales"));
  store.state.addresses = {{"desk", "old@school.org"}};
  const auto then = *service.in_force();
  store.add(MemoryModules::made("hr", "2.0.0"));
  store.add(MemoryModules::made("water"));
  ASSERT_TRUE(service.disable("sales", "user:anna"));
  ASSERT_TRUE(service.set_team("desk", "new@school.org", "user:anna"));
  const auto now = *service.in_force();

  const auto restored = service.restore(then, {}, "user:anna");
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_THAT(told(restored->changes),
              ElementsAre("module hr 2.0.0 -> 1.0.0", "module sales 1.0.0 enabled", "module water 1.0.0 disabled",
                          "team desk: new@school.org -> old@school.org"));
  EXPECT_THAT(restored->missing, IsEmpty());
  EXPECT_EQ(*service.in_force(), then);
  EXPECT_THAT(service.restore(then, {}, "user:anna")->changes, IsEmpty());
  ASSERT_TRUE(service.undo("user:anna"));
  EXPECT_EQ(*service.in_force(), now) << "what changed nothing is no change to take back";
}

TEST_F(ModulesOfPeople, ACopyThatIsGoneOrChangedIsToldAndStays) {
  const auto old = store.add(MemoryModules::made("hr"));
  const auto other = store.add(MemoryModules::made("sales"));
  const auto then = *service.in_force();
  store.add(MemoryModules::made("hr", "2.0.0"));
  store.copies.erase(old.folder);
  store.copies[other.folder].files.back().text += "# edited\n";
  const auto restored = service.restore(then, {}, "user:anna");
  ASSERT_TRUE(restored);
  EXPECT_THAT(restored->missing, ElementsAre(HasSubstr("hr 1.0.0 ("), HasSubstr("sales 1.0.0 (")));
  EXPECT_THAT(restored->changes, IsEmpty());
  EXPECT_EQ(store.state.find("hr")->version, "2.0.0");
}

TEST_F(ModulesOfPeople, ARestoreThatClashesChangesNothing) {
  store.add(MemoryModules::made("hr"));
  const auto then = *service.in_force();
  ASSERT_TRUE(service.disable("hr", "user:anna"));
  const auto refused =
      service.restore(then, {{"rules.yaml", "rules:\n  - {name: hr/any, action: {tag: a}}\n"}}, "user:anna");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_FALSE(store.state.installed.at(0).enabled);
}

}  // namespace
}  // namespace orgo::contract
