// Tokens by the API: whose they are, and what they open.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

using GatewayTokens = GatewayWorld;

TEST_F(GatewayTokens, ANewTokenWorksAndItsSecretIsNowhereElse) {
  const auto made = post("/api/v1/tokens", R"({"name":"erp bridge","person":"integration"})", Role::administrator);
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string secret(json_of(made).at("secret").as_string());
  EXPECT_EQ(secret.size(), 69U);
  EXPECT_EQ(
      ask({.target = "/api/v1/events", .headers = {{"Authorization", "Bearer " + secret}}, .as = std::nullopt}).status,
      200);
  EXPECT_THAT(get("/api/v1/tokens").body, Not(HasSubstr(secret)));
  const auto id = json_of(made).at("token").as_object().at("id").as_int64();
  EXPECT_THAT(get("/api/v1/events").body,
              testing::AllOf(HasSubstr("token.made"), HasSubstr("\"token\":" + std::to_string(id) + ",\"data\""),
                             Not(HasSubstr(secret))));
  EXPECT_EQ(post("/api/v1/tokens", R"({"name":"erp bridge","person":"viewer"})", Role::administrator).status, 409);
  const auto wrong = post("/api/v1/tokens", R"({"name":"","role":"king","person":""})", Role::administrator).body;
  for (const auto* complaint :
       {R"~({"pointer":"/name","detail":"is empty"})~", R"~({"pointer":"/person","detail":"is empty"})~",
        R"~({"pointer":"/role","detail":"is not known here (known: name, person)"})~"})
    EXPECT_THAT(wrong, HasSubstr(complaint));
  const auto nobodys = post("/api/v1/tokens", R"({"name":"x","person":"integratoin"})", Role::administrator);
  EXPECT_EQ(nobodys.status, 404);
  EXPECT_THAT(nobodys.body, HasSubstr("did you mean 'integration'?"));
  EXPECT_EQ(
      post("/api/v1/tokens", R"({"name":")" + std::string(100, 'n') + R"(","person":"viewer"})", Role::administrator)
          .status,
      201);
  EXPECT_EQ(
      post("/api/v1/tokens", R"({"name":")" + std::string(101, 'n') + R"(","person":"viewer"})", Role::administrator)
          .status,
      400);
}

TEST_F(GatewayTokens, ATokenMayWhatItsPersonMayNow) {
  const auto secret =
      std::string(json_of(post("/api/v1/tokens", R"({"name":"her calendar","person":"anna"})", Role::administrator))
                      .at("secret")
                      .as_string());
  const auto with = [&](const std::string& method, const std::string& target) {
    return ask(
        {.method = method, .target = target, .headers = {{"Authorization", "Bearer " + secret}}, .as = std::nullopt});
  };
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  EXPECT_EQ(with("POST", base + "/ack").status, 200);
  EXPECT_THAT(get(base + "/events").body, HasSubstr("\"actor\":\"user:anna\"")) << "the history names the person";
  EXPECT_EQ(ask({.method = "PUT", .target = "/api/v1/people/anna", .body = R"({"role":"viewer"})"}).status, 200);
  EXPECT_EQ(with("POST", base + "/resolve").status, 403);
  EXPECT_EQ(with("GET", base).status, 200);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/anna/disable"}).status, 200);
  EXPECT_EQ(with("GET", base).status, 401);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/anna/enable"}).status, 200);
  EXPECT_EQ(with("GET", base).status, 200);
}

}  // namespace
}  // namespace orgo::contract
