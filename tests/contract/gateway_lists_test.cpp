// Each list gives each item once, whatever the size of its pages, ends with its last item, and its cursors are its own.
#include <gmock/gmock.h>

#include <set>

#include "service/gateway/core/url.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

class GatewayLists : public GatewayWorld {
 protected:
  static constexpr int kMany = 6;

  GatewayLists() {
    for (int i = 0; i < kMany; ++i) {
      const auto number = std::to_string(i);
      open_task("task " + number, mail("t" + number + "@b"));
      EXPECT_EQ(post("/api/v1/messages", mail("m" + number + "@b"), Role::integration, kMail).status, 201);
      EXPECT_EQ(
          post("/api/v1/suppressions", R"({"address":"a)" + number + R"(@x.example"})", Role::administrator).status,
          201);
      EXPECT_EQ(post("/api/v1/people", R"({"login":"p)" + number + R"("})", Role::administrator).status, 201);
    }
  }
  /// Its items, page by page; each page but the last is full.
  std::vector<std::string> walk(const std::string& list, int limit) {
    std::vector<std::string> items;
    std::string cursor;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = json_of(get(list + "?limit=" + std::to_string(limit) + cursor));
      const auto& rows = page.at("items").as_array();
      for (const auto& row : rows) items.push_back(json::serialize(row));
      if (page.at("next_cursor").is_null()) {
        EXPECT_TRUE(!rows.empty() || pages == 0) << list << " " << limit << ": a page with nothing behind the last";
        return items;
      }
      EXPECT_EQ(rows.size(), static_cast<std::size_t>(limit)) << list;
      cursor = "&cursor=" + gateway::percent_encoded(std::string(page.at("next_cursor").as_string()));
    }
    ADD_FAILURE() << list << " has no end";
    return items;
  }
  /// Of another tenant, as a manager there.
  HttpResponse of_neighbour(const std::string& target) {
    if (neighbour.empty()) {
      neighbour = gateway::new_token_secret();
      ApiToken token{.tenant = kOtherTenant};
      token.name = "theirs";
      token.role = Role::administrator;
      token.created_at = kStart;
      EXPECT_TRUE(commit_one(store, make_token(token, gateway::token_hash(neighbour), "test"), within(Millis{1000})));
    }
    return ask({.target = target, .headers = {{"Authorization", "Bearer " + neighbour}}, .as = std::nullopt});
  }

  const std::map<std::string, std::string> kMail{{"Content-Type", "message/rfc822"}};
  const std::vector<std::string> lists{"/api/v1/tasks", "/api/v1/messages", "/api/v1/suppressions", "/api/v1/people"};
  std::string neighbour;
};

TEST_F(GatewayLists, EachItemOnceWhateverTheSizeOfAPage) {
  for (const auto& list : lists) {
    const auto all = walk(list, 1'000);
    const auto count = static_cast<int>(all.size());
    ASSERT_GE(count, kMany) << list;
    EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size()) << list;
    for (int limit = 1; limit <= count + 1; ++limit) EXPECT_EQ(walk(list, limit), all) << list << " by " << limit;
  }
}

TEST_F(GatewayLists, ACursorIsOfOneTenantAndOneList) {
  const std::vector<std::string> signed_lists{"/api/v1/tasks", "/api/v1/messages"};
  for (const auto& list : signed_lists) {
    const std::string cursor(json_of(get(list + "?limit=1")).at("next_cursor").as_string());
    EXPECT_EQ(get(list + "?cursor=" + cursor).status, 200) << list;
    EXPECT_EQ(of_neighbour(list + "?limit=1").status, 200) << list;
    EXPECT_EQ(of_neighbour(list + "?cursor=" + cursor).status, 400) << list;
    const auto& other = list == signed_lists[0] ? signed_lists[1] : signed_lists[0];
    EXPECT_EQ(get(other + "?cursor=" + cursor).status, 400) << list << " in " << other;
    auto forged = cursor;
    forged.front() = forged.front() == '9' ? '8' : '9';
    EXPECT_EQ(get(list + "?cursor=" + forged).status, 400) << forged;
  }
}

TEST_F(GatewayLists, TheLedgerIsThatOfWhoAsks) {
  const auto text = mail("theirs@b");
  const auto theirs = raw(text, "x@other.example", kOtherTenant);
  ASSERT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&theirs, 1), within(Millis{1'000})));
  const auto accepted = [](const json::value& ledger) {
    std::int64_t sum = 0;
    for (const auto& line : ledger.at("lines").as_array()) sum += line.at("accepted").as_int64();
    return sum;
  };
  EXPECT_EQ(accepted(json_of(get("/api/v1/ledger"))),
            static_cast<std::int64_t>(walk("/api/v1/messages", 1'000).size()));
  EXPECT_EQ(accepted(json_of(of_neighbour("/api/v1/ledger"))), 1);
}

}  // namespace
}  // namespace orgo::contract
