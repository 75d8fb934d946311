// What every RuleStore must do (port/rule_store.h).
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

class RuleStoreContract : public Suite {
 protected:
  static RuleVersion version(const std::string& name, const std::string& text, TenantId tenant = kTenant,
                             TimePoint at = kStart) {
    return {.tenant = tenant,
            .version = name,
            .rules = 2,
            .accepted_at = at,
            .files = {{"/etc/orgo/rules.yaml", text}, {"/etc/orgo/same.yaml", "same"}}};
  }
  Result<Committed> add(RuleVersion one) { return commit(add_rule_version(std::move(one))); }
  std::vector<std::string> names(int limit = 10, TenantId tenant = kTenant) {
    std::vector<std::string> found;
    const auto list = stores.rules.list_rule_versions(tenant, limit);
    EXPECT_TRUE(list);
    for (const auto& one : list.value_or(std::vector<RuleVersion>{})) {
      EXPECT_TRUE(one.files.empty());
      found.push_back(one.version);
    }
    return found;
  }
};

TEST_P(RuleStoreContract, KeepsEveryAcceptedVersionWithItsTexts) {
  EXPECT_THAT(names(), testing::IsEmpty());
  ASSERT_TRUE(add(version("aaaa111122223333", "first: \"ä\"\n")));
  ASSERT_TRUE(add(version("bbbb111122223333", "second", kTenant, kStart + Millis{5})));
  EXPECT_THAT(names(), testing::ElementsAre("bbbb111122223333", "aaaa111122223333"));
  EXPECT_THAT(names(1), testing::ElementsAre("bbbb111122223333"));
  const auto first = stores.rules.read_rule_version(kTenant, "aaaa111122223333");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->rules, 2);
  EXPECT_EQ(first->accepted_at, kStart);
  ASSERT_EQ(first->files.size(), 2U);
  EXPECT_EQ(first->files[0].path, "/etc/orgo/rules.yaml");
  EXPECT_EQ(first->files[0].text, "first: \"ä\"\n");
  EXPECT_EQ(first->files[1].text, "same");
  const auto events = stores.tasks.events_after(kTenant, 0, 10);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(events->back().event.kind, EventKind::rules_loaded);
  EXPECT_EQ(events->back().event.data, R"({"version":"bbbb111122223333","rules":2})");
}

TEST_P(RuleStoreContract, KeepsWhichModulesWereInForce) {
  auto some = version("aaaa111122223333", "a");
  some.modules =
      modules::InForce{{{"hr", "1.0.0", "1f2e3d4c"}, {"sales", "1.1.0", "99aa88bb"}}, {{"desk", "desk@school.org"}}};
  ASSERT_TRUE(add(some));
  auto none = version("bbbb111122223333", "a");
  none.modules = modules::InForce{};
  ASSERT_TRUE(add(none));
  ASSERT_TRUE(add(version("cccc111122223333", "a")));
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "aaaa")->modules, some.modules);
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "bbbb")->modules, none.modules)
      << "no modules is not the same as not known";
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "cccc")->modules, std::nullopt);
  const auto list = stores.rules.list_rule_versions(kTenant, 10);
  ASSERT_EQ(list->size(), 3U);
  EXPECT_EQ(list->at(2).modules, some.modules) << "lists have them, too";
}

TEST_P(RuleStoreContract, TheVersionInForceIsNotAddedAgainButOneThatComesBackIs) {
  ASSERT_TRUE(add(version("aaaa111122223333", "a")));
  EXPECT_EQ(add(version("aaaa111122223333", "a")).error().code, Errc::conflict);
  ASSERT_TRUE(add(version("bbbb111122223333", "b")));
  ASSERT_TRUE(add(version("aaaa111122223333", "a")));
  EXPECT_THAT(names(), testing::ElementsAre("aaaa111122223333", "bbbb111122223333", "aaaa111122223333"));
}

TEST_P(RuleStoreContract, FindsByTheBeginningOfAName) {
  ASSERT_TRUE(add(version("aaaa111122223333", "a")));
  ASSERT_TRUE(add(version("aaaa222222223333", "b")));
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "aaaa1")->version, "aaaa111122223333");
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "aaaa").error().code, Errc::conflict);
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "aaa").error().code, Errc::not_found);
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "ffff").error().code, Errc::not_found);
  EXPECT_EQ(stores.rules.read_rule_version(kTenant, "%' OR 1").error().code, Errc::not_found);
}

TEST_P(RuleStoreContract, TenantsDoNotSeeEachOthersRules) {
  const auto second = kOtherTenant;
  ASSERT_TRUE(add(version("aaaa111122223333", "mine")));
  ASSERT_TRUE(add(version("bbbb111122223333", "theirs", second)));
  EXPECT_THAT(names(), testing::ElementsAre("aaaa111122223333"));
  EXPECT_THAT(names(10, second), testing::ElementsAre("bbbb111122223333"));
  EXPECT_EQ(stores.rules.read_rule_version(second, "aaaa1").error().code, Errc::not_found);
}

ORGO_CONTRACT(RuleStoreContract);

}  // namespace
}  // namespace orgo::contract
