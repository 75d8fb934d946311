#include "service/gateway/core/callers.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "service/gateway/core/token_secret.h"
#include "tests/support/tenants.h"

namespace orgo::gateway {
namespace {

/// Tokens in a map, which counts how often it is asked.
class CountedTokens final : public TokenStore {
 public:
  void make(const ApiToken& token, const Sha256& hash) {
    tokens.insert_or_assign(hash, token);
    ++number;
  }
  Result<std::optional<ApiToken>> find_token(const Sha256& hash) override {
    ++asked;
    if (broken) return failure(Errc::unavailable, "no database");
    const auto found = tokens.find(hash);
    auto answer = found == tokens.end() ? std::optional<ApiToken>() : std::optional(found->second);
    if (while_asked) while_asked();
    return answer;
  }
  Result<std::vector<ApiToken>> list_tokens(TenantId) override { return std::vector<ApiToken>(); }
  void revoke(std::int64_t id) {
    std::erase_if(tokens, [id](const auto& one) { return one.second.id == id; });
    ++number;
  }
  [[nodiscard]] std::optional<std::uint64_t> token_changes() const override {
    return knows ? std::optional<std::uint64_t>(number) : std::nullopt;
  }

  std::map<Sha256, ApiToken> tokens;
  std::uint64_t number = 0;
  int asked = 0;
  bool knows = true;
  bool broken = false;
  std::function<void()> while_asked;
};

class CallersTest : public testing::Test {
 protected:
  void add(std::int64_t id, const std::string& secret) {
    ApiToken token{.id = id, .tenant = kTenant, .name = "anna", .role = Role::staff};
    store.make(token, token_hash(secret));
  }
  bool known(const std::string& secret) {
    const auto caller = callers.find_bearer("Bearer " + secret);
    return caller && *caller;
  }
  CountedTokens store;
  Callers callers{store};
};

TEST_F(CallersTest, AreAskedForOnceAndRefusedFromTheMomentOfRevoking) {
  add(1, "one");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(known("one"));
  EXPECT_EQ(store.asked, 1);
  store.revoke(1);
  EXPECT_FALSE(known("one"));
}

TEST_F(CallersTest, WhatIsNotATokenIsNeverRemembered) {
  EXPECT_FALSE(known("two"));
  EXPECT_FALSE(known("two"));
  EXPECT_EQ(store.asked, 2);
  add(2, "two");
  EXPECT_TRUE(known("two"));
}

TEST_F(CallersTest, ATokenThatIsRevokedWhileItIsLookedUpIsNotRemembered) {
  add(1, "one");
  store.while_asked = [&] {
    store.while_asked = nullptr;
    store.revoke(1);
  };
  EXPECT_TRUE(known("one")) << "it came before the revoking";
  EXPECT_FALSE(known("one"));
}

TEST_F(CallersTest, AStoreThatCannotKnowIsAskedEachTime) {
  store.knows = false;
  add(1, "one");
  EXPECT_TRUE(known("one"));
  store.tokens.clear();
  EXPECT_FALSE(known("one"));
}

TEST_F(CallersTest, ATroubledStoreIsNotAnAnswer) {
  add(1, "one");
  EXPECT_TRUE(known("one"));
  store.broken = true;
  ++store.number;
  EXPECT_EQ(callers.find_bearer("Bearer one").error().code, Errc::unavailable);
}

TEST_F(CallersTest, RememberOnlySoMany) {
  for (std::size_t i = 0; i <= Callers::kKnownMax; ++i)
    store.tokens.insert_or_assign(token_hash(std::to_string(i)),
                                  ApiToken{.id = static_cast<std::int64_t>(i) + 1, .tenant = kTenant});
  for (std::size_t i = 0; i <= Callers::kKnownMax; ++i) EXPECT_TRUE(known(std::to_string(i)));
  const auto before = store.asked;
  EXPECT_TRUE(known("0"));
  EXPECT_EQ(store.asked, before + 1) << "the oldest had to go";
}

TEST(BearerToken, IsWhatStandsBehindTheScheme) {
  EXPECT_EQ(bearer_token("Bearer orgo_1"), "orgo_1");
  EXPECT_EQ(bearer_token("bEARER   orgo_1 "), "orgo_1");
  EXPECT_EQ(bearer_token("Basic YTpi"), "");
  EXPECT_EQ(bearer_token("Bearer"), "");
  EXPECT_EQ(bearer_token(""), "");
}

}  // namespace
}  // namespace orgo::gateway
