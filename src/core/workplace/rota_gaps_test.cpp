#include "core/workplace/rota_gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rules/rule_set.h"

namespace orgo {
namespace {

using testing::HasSubstr;

const TimePoint kToday = *parse_rfc3339("2026-11-29T12:00:00Z");

std::string said_of(const std::string& rota) {
  const auto loaded =
      rules::load_rules({{"rules.yaml", "on_call: {night: {time_zone: UTC, " + rota + "}}\nrules: []\n"}});
  if (!loaded.rules) return loaded.errors.front().message;
  return rota_gap(loaded.rules->workplace().on_call.at("night"), kToday).value_or("");
}

TEST(RotaGap, ARotaThatAlwaysHasSomebodyIsSilent) {
  for (const auto* rota :
       {"members: [a@x.org]", "rotation: weekly, start: 2026-01-05, handover: \"09:00\", members: [a@x.org, b@x.org]",
        "rotation: daily, start: 2026-11-29, members: [a@x.org, b@x.org, c@x.org]",
        "start: 2026-01-05, members: [a@x.org], overrides: [{from: \"2026-12-01 00:00\", to: \"2026-12-05 00:00\", "
        "who: v@x.org}]"})
    EXPECT_EQ(said_of(rota), "") << rota;
}

TEST(RotaGap, WhatHasNotBegunSaysWhenItDoes) {
  EXPECT_THAT(said_of("start: 2027-01-05, handover: \"09:00\", members: [a@x.org]"),
              HasSubstr("has not begun: nobody is on duty before 2027-01-05 09:00"));
}

TEST(RotaGap, ACoverBeforeTheBeginningLeavesAGap) {
  EXPECT_THAT(said_of("start: 2026-12-10, members: [a@x.org], overrides: [{from: \"2026-11-01 00:00\", to: "
                      "\"2026-12-01 00:00\", who: v@x.org}]"),
              HasSubstr("has a gap: nobody is on duty from 2026-12-01 00:00"));
}

}  // namespace
}  // namespace orgo
