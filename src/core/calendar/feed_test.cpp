#include "core/calendar/feed.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}
const TimePoint kNow = at("2026-11-22T12:00:00Z");
constexpr Millis kDay = hours{24};
constexpr std::string_view kGood =
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:"
    "VCALENDAR\r\n";

std::string wrong(std::string_view text) {
  const auto judged = judge_feed(text);
  return judged ? "none" : judged.error().message;
}

TEST(Feed, OnlyAWholeCalendarWithEventsIsTaken) {
  EXPECT_EQ(judge_feed(kGood)->events, 1U);
  EXPECT_EQ(judge_feed(std::string(kGood) + "\n \n")->events, 1U);
  EXPECT_EQ(wrong("<html><body>Please log in</body></html>"), "iCalendar: no BEGIN:VCALENDAR in it");
  EXPECT_EQ(wrong(""), "iCalendar: no BEGIN:VCALENDAR in it");
  // A connection that broke without a word: each beginning of it is no feed.
  for (std::size_t cut = 0; cut + 3 < kGood.size(); ++cut) EXPECT_NE(wrong(kGood.substr(0, cut)), "none") << cut;
  EXPECT_EQ(wrong(kGood.substr(0, kGood.size() - 20)), "iCalendar: it is cut off, END:VCALENDAR is missing");
  EXPECT_EQ(wrong("BEGIN:VCALENDAR\nEND:VCALENDAR\n"), "iCalendar: there is no event in it");
}

TEST(Feed, IsLookedAtWhenItsTimeHasCome) {
  FeedState state;
  state.url = "https://example.org/a.ics";
  EXPECT_TRUE(is_due(state, kDay, kNow));
  state = after_change(state, {3}, 100, "\"v1\"", "Sun, 22 Nov 2026 00:00:00 GMT", kDay, 0, kNow);
  EXPECT_EQ(state.next_at, kNow + hours{24} - minutes{144});  // a tenth sooner
  EXPECT_LT(after_no_change(state, kDay, 0.999999, kNow).next_at, kNow + hours{24} + minutes{144});
  EXPECT_FALSE(is_due(state, kDay, kNow + hours{20}));
  EXPECT_TRUE(is_due(state, kDay, state.next_at));
  EXPECT_TRUE(is_due(state, hours{1}, kNow + minutes{66}));  // the setting was changed
  EXPECT_FALSE(is_due(state, hours{1}, kNow + minutes{65}));
  EXPECT_TRUE(is_due(state, kDay, kNow - minutes{1}));  // the clock was
}

TEST(Feed, FailuresKeepTheVersionAndWaitLonger) {
  FeedState state;
  state.url = "https://example.org/a.ics";
  EXPECT_EQ(feed_trouble(state, kNow), "was never fetched: nothing of it counts yet");
  state = after_failure(state, "no route", {}, kDay, 0.5, kNow);
  EXPECT_EQ(state.next_at, kNow + minutes{1});
  EXPECT_EQ(feed_trouble(state, kNow),
            "the last look failed: no route; it was never fetched: nothing of it counts yet");
  state = after_change(state, {3}, 100, "\"v1\"", "", kDay, 0.5, kNow);
  EXPECT_EQ(feed_trouble(state, kNow), "");
  for (int i = 0; i < 5; ++i) state = after_failure(state, "HTTP 500", {}, kDay, 0.5, kNow + hours{2});
  EXPECT_EQ(state.next_at, kNow + hours{2} + minutes{16});
  EXPECT_TRUE(state.has_version());
  EXPECT_EQ(state.etag, "\"v1\"");
  EXPECT_EQ(feed_trouble(state, kNow + hours{2}),
            "the last 5 looks failed: HTTP 500; the version fetched 2 hours ago stays in force, confirmed 2 hours ago");
  for (int i = 0; i < 1'000; ++i) state = after_failure(state, std::string(10'000, 'x'), {}, kDay, 0, kNow);
  EXPECT_EQ(state.next_at, kNow + hours{18});
  EXPECT_EQ(state.error.size(), 500U);
  EXPECT_EQ(after_failure(state, "busy", hours{20}, hours{1}, 0, kNow).next_at, kNow + hours{20});   // Retry-After
  EXPECT_EQ(after_failure(state, "busy", hours{900}, hours{1}, 0, kNow).next_at, kNow + hours{24});  // within reason
  state = after_no_change(state, kDay, 0, kNow);
  EXPECT_EQ(state.failures, 0);
  EXPECT_EQ(feed_trouble(state, kNow), "");
}

TEST(Feed, StateComesBackFromItsText) {
  FeedState state;
  state.url = "https://example.org/a.ics?x=\"1\"";
  state = after_change(state, {3}, 1'234, "W/\"v1\"", "Sun, 22 Nov 2026 00:00:00 GMT", kDay, 0.5, kNow);
  state = after_failure(state, "HTTP 500 \n", {}, kDay, 0.5, kNow + hours{1});
  EXPECT_EQ(*parse_feed_state(to_text(state)), state);
  for (const auto* text : {"", "{", "[]", "{}", "{\"url\":7}", "null"}) EXPECT_FALSE(parse_feed_state(text)) << text;
  EXPECT_EQ(parse_feed_state(R"({"url":"u","failures":-5,"next_at":"x","bytes":1.5})")->failures, 0);
  // What a server sent never becomes a header of ours in several lines.
  EXPECT_EQ(after_change(state, {1}, 1, "a\r\nHost: b", std::string(2'000, 'a'), kDay, 0, kNow).etag, "");
  EXPECT_EQ(parse_feed_state(R"({"url":"u","etag":"a\r\nb"})")->etag, "");
}

TEST(Feed, ItsLabelKeepsThePathSecret) {
  const auto label = feed_label("https://anna:pw@Calendar.Example.org:8443/private-0123/basic.ics?key=1");
  EXPECT_EQ(label.substr(0, label.size() - 8), "calendar.example.org:8443#");
  EXPECT_NE(feed_label("https://a.org/1"), feed_label("https://a.org/2"));
  EXPECT_EQ(feed_label("https://a.org/1").find("/"), std::string::npos);
}

}  // namespace
}  // namespace orgo
