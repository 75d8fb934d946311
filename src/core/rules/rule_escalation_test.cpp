#include "core/rules/rule_escalation.h"

#include <gtest/gtest.h>

#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

std::vector<EscalationStep> chain_of(const std::string& action) {
  const auto loaded = load_rules({{"rules.yaml",
                                   "calendars: {night: {time_zone: UTC, hours: {daily: \"20:00-23:00\"}}}\n"
                                   "rules: [{action: {" +
                                       action + "}}]\n"}});
  EXPECT_TRUE(loaded.rules) << loaded.errors.front().message;
  const Message message;
  const Envelope envelope{.tenant = kTenant};
  return loaded.rules ? loaded.rules->decide({message, envelope, {}, {}}).escalation : std::vector<EscalationStep>();
}

TEST(RuleEscalation, WithACalendarNamedTheWholeChainCountsOpenTime) {
  const std::string steps = "escalate_after: 1 hour, escalate_to: [{after: 2 hours, to: a@b.org}]";
  for (const auto& step : chain_of("escalate_calendar: night, " + steps)) EXPECT_TRUE(step.business);
  const auto wall = chain_of(steps);
  ASSERT_EQ(wall.size(), 2U);
  for (const auto& step : wall) EXPECT_FALSE(step.business);
}

}  // namespace
}  // namespace orgo::rules
