#include "service/feeds/feed_service.h"

#include <gtest/gtest.h>

#include <deque>

namespace orgo {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string feed(int events) {
  std::string text = "BEGIN:VCALENDAR\n";
  for (int i = 0; i < events; ++i)
    text += "BEGIN:VEVENT\nUID:" + std::to_string(i) + "\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n";
  return text + "END:VCALENDAR\n";
}

class SetClock final : public Clock {
 public:
  TimePoint now() override { return at; }
  TimePoint at = *parse_rfc3339("2026-11-22T12:00:00Z");
};
class ScriptedFetcher final : public FeedFetcher {
 public:
  FeedAnswer fetch(const FeedRequest& request) override {
    requests.push_back(request);
    if (answers.empty()) return {};
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void stop() override {}
  std::deque<FeedAnswer> answers;
  std::vector<FeedRequest> requests;
};
class MapStore final : public FeedStore {
 public:
  Result<std::optional<FeedState>> read(const std::string& url) override {
    const auto found = states.find(url);
    return found == states.end() ? std::nullopt : std::optional(found->second);
  }
  Status save(const FeedState& state) override {
    if (full) return failure(Errc::resource_exhausted, "no room");
    states[state.url] = state;
    return {};
  }
  Status save(const FeedState& state, const std::string& text) override {
    ORGO_CHECK(save(state));
    texts[state.url] = text;
    return {};
  }
  std::map<std::string, FeedState> states;
  std::map<std::string, std::string> texts;
  bool full = false;
};

class Feeds : public ::testing::Test {
 protected:
  FeedService service{fetcher, store, clock, {Millis{hours{24}}, [] { return 0.5; }}};
  FeedAnswer fresh(std::string text, std::string etag = "") {
    return {FeedAnswer::Kind::fresh, std::move(text), std::move(etag), "", "", {}};
  }
  const std::string url = "https://example.org/a.ics";
  ScriptedFetcher fetcher;
  MapStore store;
  SetClock clock;
};

TEST_F(Feeds, FetchesKeepsAndAsksAgainInTime) {
  EXPECT_EQ(service.step()->next_at, TimePoint::max());
  service.want({url});
  fetcher.answers.push_back(fresh(feed(2), "\"v1\""));
  auto report = *service.step();
  EXPECT_TRUE(report.looks.at(0).changed);
  EXPECT_EQ(report.next_at, clock.at + hours{24});
  EXPECT_EQ(store.texts.at(url), feed(2));
  EXPECT_EQ(store.states.at(url).events, 2U);
  EXPECT_EQ(service.trouble(), "");
  EXPECT_FALSE(service.step()->looks.at(0).asked);  // not its turn
  clock.at += hours{24};
  fetcher.answers.push_back({FeedAnswer::Kind::unchanged, "", "", "", "", {}});
  report = *service.step();
  EXPECT_TRUE(report.looks.at(0).asked);
  EXPECT_FALSE(report.looks.at(0).changed);
  EXPECT_EQ(fetcher.requests.at(1).etag, "\"v1\"");
  EXPECT_EQ(store.states.at(url).confirmed_at, clock.at);
  EXPECT_TRUE(service.step(true)->looks.at(0).asked);  // by hand, whatever its turn
}

TEST_F(Feeds, WhatIsNoFeedLeavesTheLastGoodOne) {
  service.want({url});
  fetcher.answers.push_back(fresh(feed(2), "\"v1\""));
  ASSERT_TRUE(service.step());
  for (const auto& text : {std::string("<html>"), std::string(), feed(0), feed(3).substr(0, 60)}) {
    clock.at += hours{48};
    fetcher.answers.push_back(fresh(text, "\"v2\""));
    const auto report = *service.step();
    EXPECT_FALSE(report.looks.at(0).changed);
    EXPECT_NE(report.looks.at(0).state.error.find("what came is no feed"), std::string::npos);
    EXPECT_EQ(store.texts.at(url), feed(2));
    EXPECT_EQ(store.states.at(url).etag, "\"v1\"");  // else the server would say that the bad one is still current
    EXPECT_NE(service.trouble().find("stays in force"), std::string::npos);
  }
  clock.at += hours{48};
  fetcher.answers.push_back(fresh(feed(3)));
  ASSERT_TRUE(service.step());
  EXPECT_EQ(service.trouble(), "");
  EXPECT_EQ(store.texts.at(url), feed(3));
}

TEST_F(Feeds, AFeedThatFailsIsAskedAgainSoonAndNotAllTheTime) {
  service.want({url, "https://example.org/b.ics"});
  fetcher.answers = {{FeedAnswer::Kind::failed, "", "", "", "no route", {}}, fresh(feed(1))};
  auto report = *service.step();
  EXPECT_EQ(report.next_at, clock.at + minutes{1});
  EXPECT_NE(service.trouble().find("never fetched"), std::string::npos);
  EXPECT_EQ(store.texts.size(), 1U);  // the other one is not held up
  ASSERT_TRUE(service.step());
  EXPECT_EQ(fetcher.requests.size(), 2U);
  clock.at += minutes{1};
  fetcher.answers = {{FeedAnswer::Kind::failed, "", "", "", "busy", Millis{hours{1}}}};
  EXPECT_EQ(service.step()->next_at, clock.at + hours{1});
  service.want({});
  EXPECT_TRUE(service.step()->looks.empty());
  EXPECT_EQ(service.trouble(), "");
}

TEST_F(Feeds, AFullDiskIsAnError) {
  service.want({url});
  store.full = true;
  fetcher.answers.push_back(fresh(feed(1)));
  EXPECT_EQ(service.step().error().code, Errc::resource_exhausted);
}

}  // namespace
}  // namespace orgo
