// What a restore holds, by the API and by the page: looked at, released, dropped.
#include <gmock/gmock.h>

#include "core/delivery/restored_alarm.h"
#include "service/gateway/queue/restored_sends.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

class GatewayRestored : public GatewayWorld {
 protected:
  static constexpr const char* kSends = "/api/v1/sends/restored";

  GatewayRestored() {
    auto changes = opening();
    for (const auto* to : {"one@x.example", "two@x.example", "<b>three</b>@x.example"})
      changes.sends.push_back(notification(to));
    commit(changes);
    auto others = opening(new_task(), kOtherTenant);
    others.sends.push_back(notification("other@x.example"));
    commit(others);
    EXPECT_EQ(store.begin_epoch({.epoch = 2}).value(), 4);
  }
  SendState state(std::int64_t id) { return store.read_send(kTenant, SendId{id})->state; }
  std::size_t listed() { return json_of(get(kSends)).at("items").as_array().size(); }
};

TEST_F(GatewayRestored, TheListHasPages) {
  const auto first = json_of(get(std::string(kSends) + "?limit=2"));
  ASSERT_EQ(first.at("items").as_array().size(), 2U);
  EXPECT_EQ(first.at("items").at(0).at("id"), "s1");
  EXPECT_EQ(first.at("items").at(0).at("state"), "restored");
  EXPECT_EQ(first.at("items").at(0).at("recipient"), "one@x.example");
  const auto second =
      json_of(get(std::string(kSends) + "?limit=2&cursor=" + std::string(first.at("next_cursor").as_string())));
  ASSERT_EQ(second.at("items").as_array().size(), 1U) << "and none of another tenant";
  EXPECT_EQ(second.at("items").at(0).at("id"), "s3");
}

TEST_F(GatewayRestored, SomeAreReleasedAndTheRestIsDropped) {
  const std::string release = std::string(kSends) + "/release", drop = std::string(kSends) + "/drop";
  const auto admin = Role::administrator;
  EXPECT_EQ(json_of(post(release, R"({"sends":["s1"]})", admin)).at("sends"), 1);
  EXPECT_EQ(state(1), SendState::queued);
  EXPECT_EQ(post(release, R"({"sends":["s2","s1"]})", admin).status, 409);
  EXPECT_EQ(state(2), SendState::restored) << "all of those that are named, or none";
  EXPECT_EQ(post(release, R"({"sends":["s99"]})", admin).status, 404);
  for (const auto* bad : {R"({"sends":["q1"]})", R"({"sends":"s1"})", R"({"all":true})"})
    EXPECT_EQ(post(release, bad, admin).status, 400) << bad;
  EXPECT_EQ(json_of(post(release, R"({"sends":[]})", admin)).at("sends"), 0) << "none is not all";
  EXPECT_EQ(post(drop, "", admin).status, 400) << "without a reason";
  EXPECT_EQ(post(drop, R"({"reason":"  "})", admin).status, 400);
  EXPECT_EQ(json_of(post(drop, R"({"reason":"went out before"})", admin)).at("sends"), 2);
  EXPECT_EQ(state(2), SendState::refused);
  EXPECT_EQ(listed(), 0U);
  EXPECT_EQ(store.read_send(kOtherTenant, SendId{1})->state, SendState::restored) << "another tenant decides itself";
}

TEST_F(GatewayRestored, AllAreReleased) {
  EXPECT_EQ(json_of(post(std::string(kSends) + "/release", "", Role::administrator)).at("sends"), 3);
  EXPECT_EQ(listed(), 0U);
}

TEST_F(GatewayRestored, HoweverManyTheyAre) {
  constexpr int kMany = 1'100;  // more than two look-ups give
  std::int64_t epoch = 2;
  for (const auto& [word, body] : {std::pair{"/release", ""}, std::pair{"/drop", R"({"reason":"old"})"}}) {
    auto changes = opening();
    for (int i = 0; i < kMany; ++i) changes.sends.push_back(notification("one" + std::to_string(i) + "@x.example"));
    commit(changes);
    ASSERT_TRUE(store.begin_epoch({.epoch = ++epoch}));
    const auto held = store.count_restored().value().at(kTenant);
    EXPECT_GE(held, kMany) << word;
    EXPECT_EQ(json_of(post(kSends + std::string(word), body, Role::administrator)).at("sends"), held) << word;
    EXPECT_FALSE(store.count_restored().value().contains(kTenant)) << word;
  }
}

/// Somebody else drops one between the look and the commit.
class Overtaken final : public ChangeStore {
 public:
  Overtaken(MemoryStore& store, SendId first) : store_(store), first_(first) {}
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    const auto other = drop_restored(kTenant, first_, {}, {}, "theirs", "user:bo", kStart);
    EXPECT_TRUE(store_.commit(std::span(&other, 1), deadline)->at(0));
    return store_.commit(batch, deadline);
  }

 private:
  ChangeStore& store_;
  SendId first_;
};

TEST_F(GatewayRestored, WhoComesSecondHearsIt) {
  Overtaken changes(store, SendId{1});
  gateway::RestoredSends sends({store, changes, clock});
  const auto late = sends.decide(kTenant, {SendId{1}}, {.reason = {}, .actor = "user:anna"});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_THAT(late.error().message, HasSubstr("somebody has just decided"));
  EXPECT_EQ(state(1), SendState::refused);
  Overtaken once_more(store, SendId{2});
  const auto some = gateway::RestoredSends({store, once_more, clock})
                        .decide(kTenant, {SendId{2}, SendId{3}}, {.reason = {}, .actor = "user:anna"});
  ASSERT_TRUE(some);
  EXPECT_EQ(*some, 1) << "what it did, it says";
}

TEST_F(GatewayRestored, WhatIsHeldIsNotSentByTryingItAgain) {
  EXPECT_EQ(post("/api/v1/sends/s1/retry", "", Role::administrator).status, 409);
  EXPECT_EQ(state(1), SendState::restored);
}

TEST_F(GatewayRestored, OnlyForThoseWhoAnswerForTheQueue) {
  for (const auto role : {Role::staff, Role::viewer, Role::integration}) {
    EXPECT_EQ(get(kSends, role).status, 403);
    EXPECT_EQ(post(std::string(kSends) + "/release", "", role).status, 403);
    EXPECT_EQ(post(std::string(kSends) + "/drop", R"({"reason":"x"})", role).status, 403);
  }
}

TEST_F(GatewayRestored, ThePageDoesTheSame) {
  EXPECT_EQ(page("/queue", login(Role::staff)).status, 403);
  const auto cookie = login(Role::administrator);
  const auto shown = page("/queue", cookie);
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body, HasSubstr("two@"));
  EXPECT_THAT(shown.body, Not(HasSubstr("<b>three")));
  EXPECT_THAT(shown.body, Not(HasSubstr("other@")));
  EXPECT_EQ(form("/queue", "word=release&send=s1", cookie).status, 303);
  EXPECT_EQ(state(1), SendState::queued);
  const auto again = form("/queue", "word=release&send=s1", cookie);
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("not held"));
  EXPECT_EQ(form("/queue", "word=drop", cookie).status, 400) << "without a reason";
  EXPECT_EQ(form("/queue", "word=perhaps", cookie).status, 400);
  EXPECT_EQ(form("/queue", "word=drop&reason=old", cookie).status, 303);
  EXPECT_EQ(state(3), SendState::refused);
  EXPECT_THAT(page("/queue", cookie).body, HasSubstr("Nothing is held"));
}

}  // namespace
}  // namespace orgo::contract
