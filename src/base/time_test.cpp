#include "base/time.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Duration, ReadsWhatPeopleWrite) {
  EXPECT_EQ(*parse_duration("2 hours"), Millis{7'200'000});
  EXPECT_EQ(*parse_duration("90s"), Millis{90'000});
  EXPECT_EQ(*parse_duration("1 h 30 min"), Millis{5'400'000});
  EXPECT_EQ(*parse_duration("500 ms"), Millis{500});
  EXPECT_EQ(*parse_duration("2 weeks"), Millis{14LL * 86'400'000});
}

TEST(Duration, SaysWhatIsWrong) {
  for (const auto* bad : {"", "2", "hours", "2 hourz", "-1 s", "99999999999999999999 s", "11 years", "2 hours x"}) {
    const auto result = parse_duration(bad);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, Errc::invalid_input);
  }
  EXPECT_EQ(parse_duration("2 hourz").error().message,
            "'2 hourz' is not a duration; write a number and a unit, as in \"2 hours\"");
}

TEST(Duration, WritesTheShortestExactForm) {
  EXPECT_EQ(format_duration(Millis{7'200'000}), "2 hours");
  EXPECT_EQ(format_duration(Millis{5'400'000}), "1 hour 30 minutes");
  EXPECT_EQ(format_duration(Millis{500}), "500 ms");
}

TEST(Duration, SurvivesARoundTrip) {
  for (std::int64_t ms = 1; ms < 30LL * 86'400'000; ms = ms * 3 + 7)
    EXPECT_EQ(*parse_duration(format_duration(Millis{ms})), Millis{ms}) << ms;
}

TEST(Rfc3339, RoundTripsAndReadsOffsets) {
  EXPECT_EQ(to_rfc3339(from_ms(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(*parse_rfc3339("2024-02-29T23:59:59.250+05:30")), "2024-02-29T18:29:59.250Z");
  EXPECT_EQ(to_rfc3339(from_ms(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(to_rfc3339(from_ms(253'402'300'799'007)), "9999-12-31T23:59:59.007Z");
  for (std::int64_t ms = -62'167'219'200'000; ms < 253'402'300'800'000; ms += 1'234'567'890'123) {
    const auto text = to_rfc3339(from_ms(ms));
    EXPECT_EQ(text.size(), ms % 1'000 == 0 ? 20U : 24U) << text;
    EXPECT_EQ(parse_rfc3339(text), from_ms(ms)) << text;
  }
  for (const auto* bad : {"", "2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T25:00:00Z", "2024-01-01T00:00:00",
                          "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+5:30", "2024-01-01T00:00:00Zx"})
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
}

}  // namespace
}  // namespace orgo
