#include "protocol/mime/date.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

std::string read(std::string_view value) {
  const auto date = parse_date(value);
  return date ? to_rfc3339(*date) : "none";
}

TEST(Date, FollowsRfc5322) {
  EXPECT_EQ(read("Fri, 21 Nov 1997 09:55:06 -0600"), "1997-11-21T15:55:06Z");
  EXPECT_EQ(read("Tue, 1 Jul 2003 10:52:37 +0200"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("Thu,\r\n   13\r\n  Feb\r\n    1969\r\n  23:32\r\n  -0330 (Newfoundland Time)"),
            "1969-02-14T03:02:00Z");
  EXPECT_EQ(read("21 Nov 97 09:55:06 GMT"), "1997-11-21T09:55:06Z");
  EXPECT_EQ(read("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600").substr(0, 10), "1997-11-21")
      << "white space in the time";
  EXPECT_EQ(read("Fri, 21 Nov 103 09:55:06 EST"), "2003-11-21T14:55:06Z") << "three-digit years count from 1900";
  EXPECT_EQ(read("29 Feb 2024 23:59:60 +0000"), "2024-02-29T23:59:59Z") << "a leap second";
  EXPECT_EQ(read("1 Jan 2020 00:00:00 ZZZZ"), "2020-01-01T00:00:00Z");
}

TEST(Date, ReadsWhatMailersWriteInstead) {
  EXPECT_EQ(read("Tue Jul  1 10:52:37 2003"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tue Jul  1 10:52:37 CEST 2003"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("2003-07-01T10:52:37Z"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("2003-07-01T10:52:37.250+02:00"), "2003-07-01T08:52:37.250Z");
  EXPECT_EQ(read("2003-07-01 10:52:37"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tuesday, 1-Jul-03 10:52:37 GMT"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tue, 01 Jul 2003 10.52.37 +0200"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("7/1/2003 10:52:37 PM"), "2003-07-01T22:52:37Z");
  EXPECT_EQ(read("1.7.2003 10:52"), "2003-07-01T10:52:00Z");
  EXPECT_EQ(read("July 1, 2003 10:52 GMT+0200"), "2003-07-01T08:52:00Z");
  EXPECT_EQ(read("1 Jul 2003 12:05 am"), "2003-07-01T00:05:00Z");
  EXPECT_EQ(read("1 Jul 2003"), "2003-07-01T00:00:00Z");
}

TEST(Date, RefusesWhatIsNone) {
  EXPECT_EQ(read(""), "none");
  EXPECT_EQ(read("yesterday"), "none");
  EXPECT_EQ(read("13 zzz 2021 09:55:06 +0200"), "none");
  EXPECT_EQ(read("Tue, 7 Bog 2026 19:14:51 +0000"), "none");
  EXPECT_EQ(read("31 Feb 2021 09:55:06 +0200"), "none");
  EXPECT_EQ(read("1 Jul 2003 25:00:00"), "none");
  EXPECT_EQ(read("99999999999999999999 Jul 2003"), "none");
}

}  // namespace
}  // namespace orgo::mime
