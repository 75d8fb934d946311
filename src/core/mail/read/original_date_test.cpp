#include "core/mail/read/original_date.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};
constexpr TimePoint kFallback = kNow - std::chrono::hours(5);

TEST(OriginalDate, IsTheDateOfTheMail) {
  Message message;
  message.date = kNow - std::chrono::hours(24 * 4000);
  EXPECT_EQ(original_date(message, kFallback, kNow), *message.date);
}

TEST(OriginalDate, ADateThatCannotBeIsNotTaken) {
  Message message;
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = kNow + Millis{1};
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = TimePoint{Millis{315'532'799'999}};
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = TimePoint{Millis{315'532'800'000}};
  EXPECT_EQ(original_date(message, kFallback, kNow), *message.date);
  EXPECT_EQ(original_date(Message{}, kNow + std::chrono::hours(1), kNow), kNow);
}

TEST(OriginalDate, AskTheServersWhenTheSenderDidNotSay) {
  Message message;
  message.make_mail().headers = {{"Received", "from a by b; garbage"},
                                 {"received", "from a by b with ESMTP; Tue, 12 Jan 2016 10:00:00 +0100"},
                                 {"Received", "from x by a; Tue, 12 Jan 2016 09:00:00 +0100"}};
  EXPECT_EQ(to_rfc3339(original_date(message, kFallback, kNow)), "2016-01-12T09:00:00Z");
}

}  // namespace
}  // namespace orgo
