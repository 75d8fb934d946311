#include "service/gateway/core/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/gateway/core/cookies.h"
#include "service/gateway/core/cursor.h"
#include "service/gateway/pages/html.h"

namespace orgo::gateway {
namespace {

TEST(Url, TakesPathAndQueryApart) {
  const auto url = Url::parse("/tasks/T-12/?q=a+b%26c&x");
  ASSERT_TRUE(url);
  EXPECT_THAT(url->segments(), testing::ElementsAre("tasks", "T-12"));
  EXPECT_EQ(url->query(), (Parameters{{"q", "a b&c"}, {"x", ""}}));
  EXPECT_TRUE(Url::parse("/")->segments().empty());
  EXPECT_TRUE(Url::parse("/?")->query().empty());
  EXPECT_EQ(Url::parse("/a+b")->segments()[0], "a+b") << "a plus is a space in queries only";
}

TEST(Url, SegmentsStayWhereTheyAreWhenItMoves) {
  const std::string target = "/m%C3%A4il/plain/a%20b";
  auto url = Url::parse(target);
  ASSERT_TRUE(url);
  const Url moved = *std::move(url);
  EXPECT_THAT(moved.segments(), testing::ElementsAre("m\xC3\xA4il", "plain", "a b"));
}

TEST(Url, RefusesWhatCouldMeanTwoThings) {
  for (const auto* bad : {"", "x", "//x", "/a//b", "/a/../b", "/%2e%2e", "/a%2fb", "/%00", "/%", "/%1", "/%zz", "/%ff",
                          "/a b", "/a#b", "/?a=1&a=2", "/?%zz=1"})
    EXPECT_FALSE(Url::parse(bad)) << bad;
}

TEST(Url, HoldsItsLimits) {
  std::string path;
  for (int i = 0; i < 16; ++i) path += "/a";
  EXPECT_TRUE(Url::parse(path));
  EXPECT_FALSE(Url::parse(path + "/a"));
  std::string query = "/?";
  for (int i = 0; i < 100; ++i) query += "p" + std::to_string(i) + "=1&";
  EXPECT_TRUE(Url::parse(query));
  EXPECT_FALSE(Url::parse(query + "z=1"));
}

TEST(Url, WhatIsEncodedComesBack) {
  std::string all;
  for (int c = 1; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\xC3\xA4";
  EXPECT_EQ(parse_form("x=" + percent_encoded(all))->at("x"), all);
}

TEST(Cursors, BelongToTheirListAndKey) {
  const Cursors cursors("key");
  EXPECT_EQ(*cursors.read("tasks/1", cursors.make("tasks/1", 42)), 42);
  EXPECT_FALSE(cursors.read("tasks/2", cursors.make("tasks/1", 42)));
  EXPECT_FALSE(Cursors("other").read("tasks/1", cursors.make("tasks/1", 42)));
  for (const auto* bad : {"", ".", "42", "42.", "x.abc", "-1.abc", "99999999999999999999.abc"})
    EXPECT_FALSE(cursors.read("tasks/1", bad)) << bad;
}

TEST(Cookies, AreRead) {
  EXPECT_EQ(cookie_value("a=1; orgo_session=abc; b=2", "orgo_session"), "abc");
  EXPECT_EQ(cookie_value("xorgo_session=abc", "orgo_session"), "");
  EXPECT_EQ(cookie_value("", "orgo_session"), "");
}

TEST(Html, EscapesEverythingThatIsNotOurs) {
  page::Html html;
  html.raw("<p")
      .attribute("title", "a\"b'<>&")
      .raw(">")
      .text(
          "<i>\x01\xff\xC2\x9B"
          "31m ok\n\xC3\xA4</i>")
      .raw("</p>");
  page::Html turned;
  turned.text("report\xE2\x80\xAEgnp.exe");
  EXPECT_EQ(turned.take(), "report\xEF\xBF\xBDgnp.exe");
  EXPECT_EQ(html.take(),
            "<p title=\"a&quot;b&#39;&lt;&gt;&amp;\">&lt;i&gt;\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
            "31m ok\n\xC3\xA4&lt;/i&gt;</p>");
}

TEST(Html, SaysAgesAsAPersonWould) {
  using namespace std::chrono;
  const auto words = [](auto age) { return page::age_in_words(duration_cast<Millis>(age)); };
  EXPECT_EQ(words(seconds(59)), "just now");
  EXPECT_EQ(words(seconds(-59)), "just now") << "a clock that was set back";
  EXPECT_EQ(words(minutes(59)), "59 min");
  EXPECT_EQ(words(hours(1)), "1 h");
  EXPECT_EQ(words(hours(47)), "47 h");
  EXPECT_EQ(words(hours(48)), "2 d");
  EXPECT_EQ(words(hours(24 * 28)), "4 weeks");
}

}  // namespace
}  // namespace orgo::gateway
