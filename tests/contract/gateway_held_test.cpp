// What the brake against loops holds, by the API and by the page: which, why, and when it is looked at again.
#include <gmock/gmock.h>

#include "core/delivery/send_outcome.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Millis kLease{60'000};

class GatewayHeld : public GatewayWorld {
 protected:
  static constexpr const char* kHeld = "/api/v1/queue/held";

  /// Of these, and of one of another tenant, the brake has said that they wait.
  void hold(const std::vector<std::string>& recipients) {
    auto changes = opening();
    for (const auto& to : recipients) changes.sends.push_back(notification(to));
    commit(changes);
    auto others = opening(new_task(), kOtherTenant);
    others.sends.push_back(notification("secret@x.example"));
    commit(others);
    const auto leases = store.lease_sends(kOwner, kStart, kLease, 1'000).value();
    for (const auto& leased : leases) {
      if (leased.send.recipient.address == "goes@x.example") continue;
      Changes told{.tenant = leased.tenant, .at = kStart};
      told.add(
          SendOutcome{.send = leased.id,
                      .lease = leased.lease,
                      .kind = SendOutcome::Kind::deferred,
                      .next_attempt = kStart + 2 * kLease,
                      .detail = "held: more than 500 ordinary mails set off by the rule '<b>all' within 10 minutes",
                      .wait = SendOutcome::Wait::held});
      commit(told);
    }
  }
};

TEST_F(GatewayHeld, TheListSaysWhyAndUntilWhen) {
  hold({"one@x.example", "goes@x.example", "two@x.example"});
  const auto page = json_of(get(kHeld));
  ASSERT_EQ(page.at("items").as_array().size(), 2U) << "neither what goes nor what is another tenant's";
  const auto& first = page.at("items").at(0);
  EXPECT_EQ(first.at("id"), "s1");
  EXPECT_EQ(first.at("recipient"), "one@x.example");
  EXPECT_EQ(first.at("state"), "queued");
  EXPECT_EQ(first.at("detail"), "held: more than 500 ordinary mails set off by the rule '<b>all' within 10 minutes");
  EXPECT_EQ(std::string(first.at("due_at").as_string()), to_rfc3339(kStart + 2 * kLease));
  EXPECT_EQ(page.at("items").at(1).at("id"), "s3");
  EXPECT_TRUE(page.at("next_cursor").is_null());
}

TEST_F(GatewayHeld, FiftyAreAPageAndItSaysThatThereAreMore) {
  std::vector<std::string> recipients;
  for (int i = 0; i < 51; ++i) recipients.push_back("p" + std::to_string(i) + "@x.example");
  hold(recipients);
  const auto first = json_of(get(kHeld));
  EXPECT_EQ(first.at("items").as_array().size(), 50U);
  const auto second = json_of(get(std::string(kHeld) + "?cursor=" + std::string(first.at("next_cursor").as_string())));
  ASSERT_EQ(second.at("items").as_array().size(), 1U);
  EXPECT_EQ(second.at("items").at(0).at("id"), "s51");
  EXPECT_EQ(get("/api/v1/sends/restored?cursor=" + std::string(first.at("next_cursor").as_string())).status, 400)
      << "a cursor is of one list";
  const auto shown = page("/queue", login(Role::administrator)).body;
  EXPECT_THAT(shown, HasSubstr("p49@"));
  EXPECT_THAT(shown, Not(HasSubstr("p50@")));
  EXPECT_THAT(shown, HasSubstr("There are more"));
  EXPECT_THAT(shown, HasSubstr("<strong>More than 50 are held.</strong>"));
}

TEST_F(GatewayHeld, OnlyForThoseWhoAnswerForTheQueue) {
  for (const auto role : {Role::staff, Role::viewer, Role::integration}) EXPECT_EQ(get(kHeld, role).status, 403);
}

TEST_F(GatewayHeld, ThePageShowsTheSame) {
  const auto cookie = login(Role::administrator);
  EXPECT_THAT(page("/queue", cookie).body, HasSubstr("Nothing is held"));
  hold({"one@x.example"});
  const auto shown = page("/queue", cookie).body;
  EXPECT_THAT(shown, HasSubstr("Held by the brake"));
  EXPECT_THAT(shown, HasSubstr("<strong>1 is held.</strong>"));
  EXPECT_THAT(shown, HasSubstr("one@"));
  EXPECT_THAT(shown, HasSubstr("more than 500 ordinary mails set off by the rule"));
  EXPECT_THAT(shown, Not(HasSubstr("<b>all")));
  EXPECT_THAT(shown, Not(HasSubstr("secret@")));
  EXPECT_THAT(shown, Not(HasSubstr("There are more")));
  EXPECT_THAT(shown, Not(HasSubstr("Send all"))) << "that is of a restore";
}

}  // namespace
}  // namespace orgo::contract
