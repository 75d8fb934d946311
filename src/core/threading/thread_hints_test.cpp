#include "core/threading/thread_hints.h"

#include <gtest/gtest.h>

#include <limits>
#include <tuple>

#include "core/mail/findings/find_own_loop.h"
#include "core/threading/ids_in_answer.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using Ids = std::vector<std::string>;
constexpr std::string_view kDomain = "orgo.example.org";
constexpr std::string_view kKey = "0123456789abcdef";

TEST(OwnMessageId, WithAKeyNobodyElseCanMakeOne) {
  const auto ours = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain, kKey);
  EXPECT_EQ(parse_own_message_id(kTenant, ours, kDomain, kKey)->send, SendId{5});
  EXPECT_FALSE(parse_own_message_id(kTenant, ours, kDomain, "another key"));
  EXPECT_FALSE(parse_own_message_id(kTenant, ours, kDomain, ""));
  const auto forged = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain);
  EXPECT_FALSE(parse_own_message_id(kTenant, forged, kDomain, kKey)) << "made by somebody who has read our source";
  EXPECT_TRUE(claimed_own_message_id(kTenant, forged, kDomain));
  auto other_task = ours;
  other_task.replace(other_task.find("-t12"), 4, "-t13");
  EXPECT_FALSE(parse_own_message_id(kTenant, other_task, kDomain, kKey));
}

TEST(OwnMessageId, OfTwoTenantsOfOneDomainAreNeverTheSame) {
  const auto ours = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain, kKey);
  const auto theirs = own_message_id(kOtherTenant, SendId{5}, TaskNumber{12}, kDomain, kKey);
  EXPECT_NE(ours, theirs);
  EXPECT_TRUE(ours.starts_with("orgo-s5-t12-")) << "as it was before there were several: " << ours;
  EXPECT_TRUE(theirs.starts_with("orgo-n2-s5-t12-")) << theirs;
  for (const auto& [tenant, id, other] : {std::tuple{kTenant, ours, theirs}, std::tuple{kOtherTenant, theirs, ours}}) {
    EXPECT_EQ(parse_own_message_id(tenant, id, kDomain, kKey)->send, SendId{5});
    EXPECT_EQ(parse_own_message_id(tenant, id, kDomain, kKey)->task, TaskNumber{12});
    EXPECT_FALSE(parse_own_message_id(tenant, other, kDomain, kKey));
    EXPECT_FALSE(claimed_own_message_id(tenant, other, kDomain));
    EXPECT_TRUE(find_own_message_id(tenant, "<" + other + "> <" + id + ">", kDomain, kKey));
    EXPECT_FALSE(find_own_message_id(tenant, "<" + other + ">", kDomain, kKey));
    Message message;
    message.in_reply_to = other;
    EXPECT_EQ(thread_hints(message, tenant, kDomain, kKey).proven, TaskNumber{}) << "a reply to the other's mail";
    EXPECT_EQ(thread_hints(message, tenant, kDomain, kKey).marker, TaskNumber{}) << "and claims nothing here";
    message.in_reply_to = id;
    EXPECT_EQ(thread_hints(message, tenant, kDomain, kKey).proven, TaskNumber{12});
  }
  for (auto bad : {"orgo-n1-", "orgo-n0-", "orgo-n-", "orgo-nn2-", "orgo-n2", "orgo-n-2-"}) {
    auto id = ours;
    EXPECT_FALSE(claimed_own_message_id(kTenant, id.replace(0, 5, bad), kDomain)) << id;
  }
  const TenantId largest{std::numeric_limits<std::int64_t>::max()};
  const auto longest = own_message_id(largest, SendId{largest.value}, TaskNumber{largest.value}, kDomain, kKey);
  EXPECT_TRUE(find_own_message_id(largest, "x " + longest, kDomain, kKey)) << longest;
}

TEST(OwnMessageId, IsFoundInTheCopyOfAMail) {
  const auto id = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain, kKey);
  const auto forged = own_message_id(kTenant, SendId{6}, TaskNumber{12}, kDomain);
  const std::string report =
      "orgo-s orgo-s9@ orgo-s1-t1-x@orgo.example.org\nX-Orgo-ID: <" + forged + ">\nX-Orgo-ID: <" + id + ">\n";
  const auto found = find_own_message_id(kTenant, report, kDomain, kKey);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->send, SendId{5});
  EXPECT_FALSE(find_own_message_id(kTenant, report, "elsewhere.org", kKey));
  EXPECT_FALSE(find_own_message_id(kTenant, "", kDomain, kKey));
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += i % 2 == 0 ? "orgo-s" : "orgo-n2-s";
  EXPECT_FALSE(find_own_message_id(kTenant, many, kDomain, kKey));
}

TEST(Hops, AreReadAndBounded) {
  const auto hops = [](std::vector<HeaderField> fields) {
    Message message;
    message.make_mail().headers = std::move(fields);
    return hops_of(message);
  };
  EXPECT_EQ(hops({}), 0);
  EXPECT_EQ(hops({{"X-Orgo-Hop", "3"}}), 3);
  EXPECT_EQ(hops({{"x-orgo-hop", " 3 "}, {"X-Orgo-Hop", "5"}, {"X-Orgo-Hop", "4"}}), 5);
  EXPECT_EQ(hops({{"X-Orgo-Hop", "-7"}}), 0);
  EXPECT_EQ(hops({{"X-Orgo-Hop", "many"}}), 0);
  EXPECT_EQ(hops({{"X-Orgo-Hop", "99999999999999999999"}}), 1000);
}

TEST(Hops, EndALoopPastTheLimit) {
  Message message;
  message.make_mail().headers = {{"X-Orgo-Hop", "5"}};
  EXPECT_FALSE(find_own_loop(message, {.tenant = kTenant, .domain = kDomain, .hops_max = 5}));
  message.make_mail().headers = {{"X-Orgo-Hop", "6"}};
  EXPECT_TRUE(find_own_loop(message, {.tenant = kTenant, .domain = kDomain, .hops_max = 5}));
  EXPECT_FALSE(find_own_loop(message, {.tenant = kTenant, .domain = kDomain, .hops_max = 0})) << "not looked at";
}

TEST(ThreadHints, AnIdOfOursWithAWrongEndIsOnlyAClaim) {
  Message message;
  message.in_reply_to = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain);
  const auto hints = thread_hints(message, kTenant, kDomain, kKey);
  EXPECT_EQ(hints.proven, TaskNumber{});
  EXPECT_EQ(hints.marker, TaskNumber{12});
  EXPECT_EQ(hints.marker_place, "References");
  message.in_reply_to = own_message_id(kTenant, SendId{5}, TaskNumber{12}, kDomain, kKey);
  EXPECT_EQ(thread_hints(message, kTenant, kDomain, kKey).proven, TaskNumber{12});
}

TEST(ThreadHints, IdsThatProvidersReplacedAreKept) {
  Message message;
  message.message_id = "new@provider";
  message.make_mail().headers = {{"X-Google-Original-Message-ID", "<old@example.org>"},
                                 {"X-Original-Message-ID", "other@example.org"},
                                 {"x-original-message-id", "<new@provider>"},
                                 {"Thread-Index", "AdqQ7Zz5V2o8gkZsT0q9cQZz1w4xWgAAAAAB"}};
  EXPECT_EQ(thread_hints(message, kTenant).aliases,
            (Ids{"thread-index:AdqQ7Zz5V2o8gkZsT0q9cQZz1w4x", "old@example.org", "other@example.org"}));
  EXPECT_EQ(thread_hints(message, kTenant).message_ids, (Ids{"thread-index:AdqQ7Zz5V2o8gkZsT0q9cQZz1w4x"}));
  message.make_mail().headers = {{"Thread-Index", "short"}};
  EXPECT_TRUE(thread_hints(message, kTenant).aliases.empty());
  message.make_mail().headers.assign(100, {"X-Original-Message-ID", ""});
  for (int i = 0; i < 100; ++i)
    message.make_mail().headers[static_cast<std::size_t>(i)].value = std::to_string(i) + "@x";
  EXPECT_EQ(thread_hints(message, kTenant).aliases.size(), 8U);
}

TEST(ThreadHints, AmazonsIdsMeetWhateverTheirRegion) {
  const std::string token = "0100018f0a1b2c3d-11111111-2222-3333-4444-555555555555-000000";
  Message message;
  message.in_reply_to = token + "@eu-west-1.amazonses.com";
  EXPECT_EQ(thread_hints(message, kTenant).message_ids, (Ids{message.in_reply_to, "ses:" + token}));
  EXPECT_EQ(ids_in_answer("250 Ok " + token), (Ids{"ses:" + token}));
  message.in_reply_to = token + "@notamazonses.com";
  EXPECT_EQ(thread_hints(message, kTenant).message_ids, (Ids{message.in_reply_to}));
}

TEST(ThreadHints, AMarkerWithinQuotedTextOfAReply) {
  Message message;
  message.subject = "Re: Water leak";
  message.text = "It is dry again, see [T-99].\n\nOrgo wrote:\n> [T-12] Water leak\n> please come\n";
  auto hints = thread_hints(message, kTenant);
  EXPECT_EQ(hints.marker, TaskNumber{12}) << "not one that somebody only talks about";
  EXPECT_EQ(hints.marker_place, "quoted text");
  message.subject = "Water leak";
  EXPECT_EQ(thread_hints(message, kTenant).marker, TaskNumber{}) << "a new mail that quotes";
  message.subject = "Re: [T-7] Water leak";
  EXPECT_EQ(thread_hints(message, kTenant).marker, TaskNumber{7}) << "the subject goes before";
}

TEST(ThreadHints, NearestFirstWithoutDoubles) {
  Message message;
  message.in_reply_to = "c@x";
  message.references = {"a@x", "b@x", "c@x"};
  message.subject = "Re: [T-12] Water leak";
  const auto hints = thread_hints(message, kTenant);
  EXPECT_EQ(hints.message_ids, (std::vector<std::string>{"c@x", "b@x", "a@x"}));
  EXPECT_EQ(hints.marker, TaskNumber{12});
}

TEST(ThreadHints, AtMostTwenty) {
  Message message;
  for (int i = 0; i < 100; ++i) message.references.push_back(std::to_string(i) + "@x");
  const auto hints = thread_hints(message, kTenant);
  ASSERT_EQ(hints.message_ids.size(), 20U);
  EXPECT_EQ(hints.message_ids.front(), "99@x");
}

TEST(ThreadHints, OurOwnIdIsSurerThanTheSubject) {
  Message message;
  message.in_reply_to = own_message_id(kTenant, SendId{5}, TaskNumber{12}, "orgo.example.org");
  message.subject = "Re: [T-99] something else";
  EXPECT_EQ(thread_hints(message, kTenant, "orgo.example.org").proven, TaskNumber{12});
  EXPECT_EQ(thread_hints(message, kTenant, "orgo.example.org").marker, TaskNumber{}) << "nothing else is asked then";
  EXPECT_EQ(thread_hints(message, kTenant, "other.example.org").marker, TaskNumber{99});
}

TEST(ThreadHints, TheMarkerOfAnotherOrgoIsNotOurs) {
  Message message;
  message.subject = "[T-12] Their task";
  message.make_mail().headers = {{"X-Orgo-Loop", "orgo.elsewhere.org"}};
  EXPECT_EQ(thread_hints(message, kTenant).marker, TaskNumber{});
}

}  // namespace
}  // namespace orgo
