#include "core/tenant/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::ElementsAre;

constexpr TimePoint kNow{Millis{1'767'225'600'000}};

TEST(TenantNames, StandInPathsAndDomains) {
  for (const char* name : {"a", "7", "hillside-school", "x-9-y"}) EXPECT_TRUE(check_tenant_name(name)) << name;
  EXPECT_TRUE(check_tenant_name(std::string(kTenantNameMax, 'a')));
  for (const char* name : {"", "-a", "a-", "Hillside", "a b", "a.b", "../x", "a/b", "schule\xC3\xA4"})
    EXPECT_EQ(check_tenant_name(name).error().code, Errc::invalid_input) << name;
  EXPECT_FALSE(check_tenant_name(std::string(kTenantNameMax + 1, 'a')));
}

TEST(TenantRecipients, AreDomainsAndAddresses) {
  EXPECT_EQ(tenant_recipient(" @School.ORG ").value(), "school.org");
  EXPECT_EQ(tenant_recipient("school.org").value(), "school.org");
  EXPECT_EQ(tenant_recipient("Office@School.org").value(), "office@school.org");
  EXPECT_EQ(tenant_recipient("@M\xC3\x9CNCHEN.example").value(), "xn--mnchen-3ya.example");
  EXPECT_EQ(tenant_recipient("xn--mnchen-3ya.example.").value(), "xn--mnchen-3ya.example");
  EXPECT_EQ(tenant_recipient("B\xC3\xBCro@m\xC3\xBCnchen.example").value(), "b\xC3\xBCro@xn--mnchen-3ya.example");
  for (const char* text : {"",
                           "@",
                           "a b",
                           "office@",
                           "a@b@c d",
                           "*.org",
                           "*",
                           "@*.school.org",
                           "office@*.org",
                           "school..org",
                           ".org",
                           "xn--",
                           "xn--.org",
                           "office@xn--",
                           "@xn--99999999999.org",
                           "-school.org",
                           "school-.org",
                           "school_x.org",
                           "office@[10.0.0.1]",
                           "school.org/x"})
    EXPECT_FALSE(tenant_recipient(text)) << text;
}

TEST(TenantRecipients, AreTakenFromWhoCallsThemHis) {
  const std::vector<std::string> own{"@School.org", "office@College.org", "@M\xC3\xBCnchen.example"};
  const auto taken = [&](std::vector<std::string> recipients) { return taken_from(own, recipients); };
  EXPECT_EQ(taken({"a.org", "school.org"}), "@School.org");
  EXPECT_EQ(taken({"office@college.org"}), "office@College.org");
  EXPECT_EQ(taken({"college.org"}), "office@College.org") << "with the domain goes the address";
  EXPECT_EQ(taken({"xn--mnchen-3ya.example"}), "@M\xC3\xBCnchen.example");
  EXPECT_EQ(taken({"office@school.org"}), "") << "one address out of a domain may be another's";
  EXPECT_EQ(taken({"lab@college.org", "sub.school.org"}), "");
  EXPECT_EQ(taken({}), "");
}

TEST(TenantCommands, ANewOneHasItsRecipientsOnceAndInOrder) {
  const auto made = commands::add_tenant("school", {"b.org", "@A.org", "b.org"}, "user:root", kNow).value();
  EXPECT_THAT(made.tenant.recipients, ElementsAre("a.org", "b.org"));
  EXPECT_EQ(made.tenant.version, 1);
  EXPECT_EQ(made.event.kind, EventKind::tenant_added);
  EXPECT_EQ(made.event.data, R"({"tenant":"school","recipients":["a.org","b.org"]})");
  const std::vector<std::string> many(kTenantRecipientsMax + 1, "a.org");
  EXPECT_FALSE(commands::add_tenant("school", many, "user:root", kNow));
}

TEST(TenantCommands, TheOperatorsOwnStaysAsItIs) {
  const Tenant first{.id = TenantId{1}, .version = 1, .name = std::string(kFirstTenantName)};
  EXPECT_EQ(commands::suspend_tenant(first, "user:root", kNow).error().code, Errc::not_permitted);
  EXPECT_EQ(commands::set_tenant_recipients(first, {"a.org"}, "user:root", kNow).error().code, Errc::not_permitted);
}

TEST(TenantCommands, SuspendingTwiceIsAConflict) {
  const Tenant school{.id = TenantId{2}, .version = 4, .name = "school"};
  const auto suspended = commands::suspend_tenant(school, "user:root", kNow).value();
  EXPECT_EQ(suspended.tenant.version, 5);
  EXPECT_EQ(suspended.event.kind, EventKind::tenant_suspended);
  EXPECT_EQ(commands::suspend_tenant(suspended.tenant, "user:root", kNow).error().code, Errc::conflict);
  EXPECT_EQ(commands::resume_tenant(school, "user:root", kNow).error().code, Errc::conflict);
  EXPECT_EQ(commands::resume_tenant(suspended.tenant, "user:root", kNow)->tenant.state, TenantState::active);
}

}  // namespace
}  // namespace orgo
