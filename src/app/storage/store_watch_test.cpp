#include "app/storage/store_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

const Deadline kNow = Deadline{} + std::chrono::hours(1);

TEST(StoreTrials, OneThatHangsIsTroubleAfterAWhile) {
  StoreTrials trials{.begun = kNow, .ended = {}, .trouble = {}};
  EXPECT_EQ(store_trouble(trials, kNow + seconds(4)), "");
  EXPECT_THAT(store_trouble(trials, kNow + seconds(60)), HasSubstr("not answered for 60 seconds"));
  EXPECT_FALSE(is_trial_due(trials, kNow + seconds(60))) << "one at a time";
}

TEST(StoreTrials, WhatTheLastOneFoundStandsUntilTheNext) {
  StoreTrials trials{.begun = {}, .ended = kNow, .trouble = "no such table"};
  EXPECT_EQ(store_trouble(trials, kNow + std::chrono::hours(5)), "no such table");
  trials.begun = kNow + seconds(1);
  EXPECT_EQ(store_trouble(trials, kNow + seconds(2)), "no such table");
}

TEST(StoreTrials, TroubleIsLookedAtSooner) {
  EXPECT_TRUE(is_trial_due({}, kNow));
  EXPECT_FALSE(is_trial_due({.begun = {}, .ended = kNow, .trouble = {}}, kNow + seconds(2)));
  EXPECT_TRUE(is_trial_due({.begun = {}, .ended = kNow, .trouble = {}}, kNow + seconds(5)));
  EXPECT_TRUE(is_trial_due({.begun = {}, .ended = kNow, .trouble = "x"}, kNow + seconds(2)));
}

TEST(StoreWatch, TriesOnceForEachTimeThatItIsDueAndTellsWhatItFound) {
  Status next;
  int trials = 0, woken = 0;
  StoreWatch watch([&] { return ++trials, next; }, [&] { ++woken; });
  watch.step();
  EXPECT_EQ(trials, 0) << "nobody has asked";
  EXPECT_EQ(watch.trouble(), "");
  EXPECT_EQ(watch.trouble(), "");
  EXPECT_EQ(woken, 1);
  next = failure(Errc::conflict, "permission denied for table events");
  watch.step();
  EXPECT_EQ(watch.trouble(), "permission denied for table events");
  watch.step();
  EXPECT_EQ(trials, 1);
}

}  // namespace
}  // namespace orgo
