#include "core/processing/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

Trace full_trace() {
  Trace trace;
  trace.findings = {{"follow_up", "it answers T-12"}};
  trace.keywords = {"urgent", "leak"};
  rules::RuleTrace water{.rule = "water", .matched = true, .why = "subject contains 'leak'"};
  water.parts = {{.text = "subject contains 'leak'", .held = true, .words = {{"subject", 0, 6, 4}, {"to", 2, 1, 3}}},
                 {.text = "hour < 8", .held = false, .words = {}, .negated = true, .found = "14"}};
  water.condition = "subject contains 'leak' and not hour < 8";
  trace.rules = {water, {.rule = "92 other rules", .matched = false, .why = "no"}};
  trace.routed_to = {"maintenance@school.example"};
  trace.thread = "In-Reply-To: <a@x>";
  trace.thread_refused = "it bears a marker, but \"...\"";
  trace.not_answered = "because of a list";
  return trace;
}

TEST(Trace, HasTheFormThatTheApiTells) {
  EXPECT_EQ(to_json(full_trace()),
            R"({"findings":[{"kind":"follow_up","detail":"it answers T-12"}],"keywords":["urgent","leak"],)"
            R"("rules":[{"rule":"water","matched":true,"why":"subject contains 'leak'",)"
            R"("condition":"subject contains 'leak' and not hour < 8","parts":[{"text":"subject contains 'leak'",)"
            R"("held":true,"words":[{"field":"subject","offset":6,"length":4},)"
            R"({"field":"to","value":2,"offset":1,"length":3}]},)"
            R"({"text":"hour < 8","held":false,"negated":true,"found":"14"}]},)"
            R"({"rule":"92 other rules","matched":false,"why":"no"}],"routed_to":["maintenance@school.example"],)"
            R"("thread":"In-Reply-To: <a@x>","thread_refused":"it bears a marker, but \"...\"",)"
            R"("not_answered":"because of a list"})");
  EXPECT_EQ(to_json({}), R"({"findings":[],"keywords":[],"rules":[],"routed_to":[]})");
}

TEST(Trace, ComesBackWhole) {
  const auto stored = to_json(full_trace());
  const auto read = parse_trace(stored);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), stored);
  EXPECT_EQ(read->rules.at(0).parts.at(0).words.at(1).value, 2U);
  EXPECT_TRUE(read->rules.at(0).parts.at(1).helps());
}

TEST(Trace, WhatIsDamagedIsLeftOut) {
  for (const auto* stored : {"", "{", "[]", "7", "null", "{\"rules\":"}) EXPECT_FALSE(parse_trace(stored)) << stored;
  const auto read = parse_trace(R"({"rules":[1,null,{"a":{"b":[1]}},{"rule":"x","parts":[7,{"words":[{"offset":-1}]}]}],
      "keywords":[1,"leak"],"findings":7,"thread":{}})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->rules.size(), 2U);
  EXPECT_EQ(read->rules[1].parts.at(0).words.at(0).offset, 0U);
  EXPECT_THAT(read->keywords, testing::ElementsAre("leak"));
  EXPECT_TRUE(read->findings.empty());
}

}  // namespace
}  // namespace orgo
