#include "core/people/lockout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/tenants.h"

namespace orgo::people {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

/// Counters as a store keeps them.
class Door {
 public:
  /// Was the password looked at? `right`: and was it the right one.
  bool attempt(const Attempt& attempt, bool right, TimePoint now) {
    const auto counters = counters_of(attempt);
    const auto admission = admit(kTenant, counters, known(), now);
    if (admission.locked_until) return false;
    take(admission.counted);
    if (right) take(take_back(counters, known(), now));
    return true;
  }
  [[nodiscard]] std::vector<LoginAttempts> known() const {
    std::vector<LoginAttempts> all;
    for (const auto& [name, attempts] : kept_) all.push_back(attempts);
    return all;
  }

 private:
  void take(const std::vector<LoginAttemptsChange>& changes) {
    for (const auto& change : changes) {
      EXPECT_EQ(change.attempts.version, kept_[change.attempts.name].version + 1);
      kept_.insert_or_assign(change.attempts.name, change.attempts);
    }
  }
  struct Kept : LoginAttempts {
    Kept() : LoginAttempts{.tenant = kTenant} {}
    Kept(const LoginAttempts& from) : LoginAttempts(from) {}  // NOLINT(google-explicit-constructor)
  };
  std::map<std::string, Kept> kept_;
};

Attempt from(std::string name, std::string address, std::string device = {}) {
  return {std::move(name), std::move(address), std::move(device)};
}

TEST(Lockout, AClockThatWasAheadLocksNobodyOut) {
  Door door;
  const auto wrong_time = kNow + std::chrono::hours(24 * 730);
  const auto anna = from("anna", "192.0.2.1");
  for (int i = 0; i < 6; ++i) door.attempt(anna, false, wrong_time);
  EXPECT_FALSE(door.attempt(anna, true, wrong_time)) << "locked";
  EXPECT_TRUE(door.attempt(anna, true, kNow)) << "and not for two years";
}

TEST(Lockout, SomeAreFreeThenItDoublesUpToTheMost) {
  for (int wrong = 0; wrong <= 4; ++wrong) EXPECT_EQ(locked_until(wrong, kNow, kPairLockout), std::nullopt) << wrong;
  EXPECT_EQ(locked_until(5, kNow, kPairLockout), kNow + Millis{30'000});
  EXPECT_EQ(locked_until(6, kNow, kPairLockout), kNow + Millis{60'000});
  EXPECT_EQ(locked_until(11, kNow, kPairLockout), kNow + Millis{1'920'000});
  for (const int many : {12, 13, 40, 1'000'000})
    EXPECT_EQ(locked_until(many, kNow, kPairLockout), kNow + Millis{3'600'000}) << many;
}

TEST(Lockout, TheFifthWrongOneLocksTheNameFromThisAddressAndTheRightOneTooThen) {
  Door door;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), false, kNow)) << i;
  EXPECT_FALSE(door.attempt(from("anna", "10.0.0.1"), true, kNow + Millis{29'999}));
  EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), true, kNow + Millis{30'000}));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), false, kNow + Millis{30'000}));
  EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), true, kNow + Millis{30'000})) << "the right one began anew";
}

TEST(Lockout, AnOutsiderDoesNotLockOutThePersonElsewhere) {
  Door door;
  for (int i = 0; i < 1000; ++i) (void)door.attempt(from("anna", "203.0.113.9"), false, kNow + Millis{i * 60'000});
  EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), true, kNow + Millis{1000 * 60'000}));
}

TEST(Lockout, ManyAddressesLockTheNameForThoseWhoNeverGotInWithThisBrowser) {
  Door door;
  int looked_at = 0;
  for (int i = 0; i < 5000; ++i)
    looked_at += door.attempt(from("anna", "203.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)), false,
                              kNow + Millis{i * 1000});
  EXPECT_LT(looked_at, 70);
  const auto then = kNow + Millis{5000 * 1000};
  EXPECT_FALSE(door.attempt(from("anna", "10.0.0.1"), true, then));
  EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1", "browser"), true, then)) << "a known browser is counted by itself";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1", "browser"), false, then)) << i;
  EXPECT_FALSE(door.attempt(from("anna", "10.0.0.1", "browser"), false, then)) << "a stolen one guesses no better";
}

TEST(Lockout, OnePasswordWithManyNamesLocksTheAddress) {
  Door door;
  int looked_at = 0;
  for (int i = 0; i < 1000; ++i)
    looked_at += door.attempt(from("name" + std::to_string(i), "203.0.113.9"), false, kNow);
  EXPECT_EQ(looked_at, kAddressLockout.free + 1);
  EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), true, kNow));
}

TEST(Lockout, AnAccountOfOnesOwnTakesBackNoOthers) {
  Door door;
  int looked_at = 0;
  for (int i = 0; i < 1000; ++i) {
    looked_at += door.attempt(from("name" + std::to_string(i), "203.0.113.9"), false, kNow);
    (void)door.attempt(from("mallory", "203.0.113.9"), true, kNow);
  }
  EXPECT_EQ(looked_at, kAddressLockout.free + 1);
}

TEST(Lockout, AHundredAtOnceAreCountedBeforeTheyAreLookedAt) {
  const auto counters = counters_of(from("anna", "10.0.0.1"));
  const auto first = admit(kTenant, counters, {}, kNow), second = admit(kTenant, counters, {}, kNow);
  ASSERT_EQ(first.counted.size(), second.counted.size());
  for (std::size_t i = 0; i < first.counted.size(); ++i)
    EXPECT_EQ(first.counted[i].attempts, second.counted[i].attempts) << "the store takes one of the two";
}

TEST(Lockout, WhatIsADayOldIsForgotten) {
  Door door;
  for (int i = 0; i < 5; ++i) (void)door.attempt(from("anna", "10.0.0.1"), false, kNow);
  const auto later = kNow + kLoginAttemptsKept + Millis{1};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(door.attempt(from("anna", "10.0.0.1"), false, later)) << i;
  EXPECT_FALSE(door.attempt(from("anna", "10.0.0.1"), false, later));
}

TEST(Lockout, WhatWasTypedAsANameIsNotKeptAsText) {
  for (const auto& counter : counters_of(from("my secret password", "10.0.0.1", "")))
    EXPECT_THAT(counter.name, testing::Not(testing::HasSubstr("secret")));
}

TEST(Lockout, AnIpv6AddressCountsWithAllOfItsNetwork) {
  EXPECT_EQ(address_key("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address_key("::ffff:192.0.2.7"), "192.0.2.7");
  for (const auto* same : {"2001:db8:1:2::1", "2001:DB8:1:2:3:4:5:6", "2001:0db8:0001:0002::", "2001:db8:1:2::ffff:1"})
    EXPECT_EQ(address_key(same), "2001:db8:1:2::/64") << same;
  EXPECT_EQ(address_key("2001:db8::1"), "2001:db8:0:0::/64");
  EXPECT_EQ(address_key("::1"), "0:0:0:0::/64");
  for (const auto* odd : {"", ":", "::", ":::", "a:b", "1:2:3:4:5:6:7:8:9:10"}) (void)address_key(odd);
}

}  // namespace
}  // namespace orgo::people
