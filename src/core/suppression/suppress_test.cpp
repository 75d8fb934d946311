#include "core/suppression/suppress.h"
#include "tests/support/tenants.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};
constexpr Millis kDay{24 * 3'600'000};

AddressFailure failed(AddressVerdict verdict, std::string reason = "userunknown") {
  return {.contact = mail_contact("Anna@Example.org"),
          .verdict = verdict,
          .reason = std::move(reason),
          .detail = "550 5.1.1 no such user",
          .message = MessageId{17},
          .send = SendId{5},
          .task = TaskNumber{12},
          .actor = "rules"};
}

TEST(Suppress, WhatAReportSaysAboutTheAddress) {
  using enum BounceReason;
  const auto judge = [](BounceReason reason, Permanence permanence = Permanence::hard,
                        DeliveryAction action = DeliveryAction::failed) {
    return judge_address(reason, permanence, action);
  };
  for (const auto reason : {userunknown, hostunknown, suspend, hasmoved})
    EXPECT_EQ(judge(reason), AddressVerdict::permanent);
  EXPECT_EQ(judge(feedback, Permanence::none, DeliveryAction::delivered), AddressVerdict::permanent)
      << "a person said: no more";
  for (const auto reason : {mailboxfull, expired, filtered})
    EXPECT_EQ(judge(reason, Permanence::soft), AddressVerdict::temporary);
  EXPECT_EQ(judge(hostunknown, Permanence::soft), AddressVerdict::temporary);
  for (const auto reason :
       {spamdetected, blocked, virusdetected, norelaying, systemerror, authfailure, vacation, delivered})
    EXPECT_EQ(judge(reason, Permanence::soft), AddressVerdict::none) << to_string(reason);
  EXPECT_EQ(judge(userunknown, Permanence::hard, DeliveryAction::delayed), AddressVerdict::none);
}

TEST(Suppress, WhatTheRelayItselfSays) {
  EXPECT_EQ(judge_answer("550 5.1.1 <anna@x>: no such user"), AddressVerdict::permanent);
  EXPECT_EQ(judge_answer("550-5.1.1 The email account that you tried to reach does not exist"),
            AddressVerdict::permanent);
  EXPECT_EQ(judge_answer("550 5.2.1 disabled"), AddressVerdict::permanent);
  for (const char* answer :
       {"550 relaying denied", "554 5.7.1 relay access denied", "552 5.3.4 too big", "550 5.2.2 full", "550 15.1.1 x",
        "550 5.1.11 x", "550 something else entirely happened to your message, see 5.1.1", ""})
    EXPECT_EQ(judge_answer(answer), AddressVerdict::none) << answer;
  EXPECT_EQ(reason_of_answer("550 5.1.2 no host"), BounceReason::hostunknown);
}

TEST(Suppress, ADeadAddressAtOnce) {
  Changes changes{.tenant = kTenant};
  ASSERT_TRUE(note_failure(changes, {}, failed(AddressVerdict::permanent), {}, kNow));
  ASSERT_EQ(changes.all<SuppressionChange>().size(), 1U);
  const auto& entry = changes.all<SuppressionChange>()[0].entry;
  EXPECT_EQ(entry.address, "anna@example.org");
  EXPECT_EQ(entry.version, 1);
  EXPECT_EQ(entry.count, 1);
  EXPECT_EQ(entry.message, MessageId{17});
  EXPECT_TRUE(blocks(entry, kNow + 3650 * kDay)) << "until somebody removes it";
  ASSERT_EQ(changes.events.size(), 1U);
  EXPECT_EQ(changes.events[0].kind, EventKind::suppression_added);
  EXPECT_EQ(changes.events[0].subject.task(), TaskNumber{12});

  Changes again{.tenant = kTenant};
  EXPECT_FALSE(note_failure(again, entry, failed(AddressVerdict::permanent), {}, kNow + kDay)) << "it blocks already";
  EXPECT_TRUE(again.events.empty());
  EXPECT_EQ(again.all<SuppressionChange>()[0].entry.count, 2);
  EXPECT_EQ(again.all<SuppressionChange>()[0].entry.version, 2);
  EXPECT_EQ(again.all<SuppressionChange>()[0].entry.since, kNow);
}

TEST(Suppress, APassingReasonOnlyAfterSoManyWithinTheWindow) {
  const SuppressionPolicy policy;
  std::optional<Suppression> entry;
  for (int i = 1; i <= 3; ++i) {
    Changes changes{.tenant = kTenant};
    EXPECT_EQ(note_failure(changes, entry, failed(AddressVerdict::temporary, "mailboxfull"), policy, kNow + i * kDay),
              i == 3)
        << i;
    EXPECT_EQ(changes.events.size(), i == 3 ? 1U : 0U);
    entry = changes.all<SuppressionChange>()[0].entry;
    EXPECT_EQ(entry->count, i);
    EXPECT_EQ(blocks(*entry, kNow + i * kDay), i == 3);
  }
  EXPECT_TRUE(blocks(*entry, kNow + 3 * kDay + policy.temporary_time - Millis{1}));
  EXPECT_FALSE(blocks(*entry, kNow + 3 * kDay + policy.temporary_time));
  Changes after{.tenant = kTenant};
  EXPECT_FALSE(note_failure(after, entry, failed(AddressVerdict::temporary, "mailboxfull"), policy, kNow + 30 * kDay))
      << "counted anew";
  EXPECT_EQ(after.all<SuppressionChange>()[0].entry.count, 1);
  EXPECT_FALSE(after.all<SuppressionChange>()[0].entry.active);
}

TEST(Suppress, FailuresFarApartAreNotAdded) {
  std::optional<Suppression> entry;
  for (int i = 0; i < 10; ++i) {
    Changes changes{.tenant = kTenant};
    EXPECT_FALSE(note_failure(changes, entry, failed(AddressVerdict::temporary), {}, kNow + i * 8 * kDay));
    entry = changes.all<SuppressionChange>()[0].entry;
    EXPECT_EQ(entry->count, 1);
  }
}

TEST(Suppress, WhatIsOffOrSaysNothingChangesNothing) {
  Changes changes{.tenant = kTenant};
  SuppressionPolicy off;
  off.enabled = false;
  EXPECT_FALSE(note_failure(changes, {}, failed(AddressVerdict::permanent), off, kNow));
  EXPECT_FALSE(note_failure(changes, {}, failed(AddressVerdict::none), {}, kNow));
  SuppressionPolicy only_dead;
  only_dead.temporary_failures = 0;
  EXPECT_FALSE(note_failure(changes, {}, failed(AddressVerdict::temporary), only_dead, kNow));
  auto nobody = failed(AddressVerdict::permanent);
  nobody.contact = mail_contact("not an address");
  EXPECT_FALSE(note_failure(changes, {}, nobody, {}, kNow));
  EXPECT_TRUE(changes.all<SuppressionChange>().empty() && changes.events.empty());
}

TEST(Suppress, AReportDoesNotSoftenWhatIsThere) {
  Changes first{.tenant = kTenant};
  note_failure(first, {}, failed(AddressVerdict::permanent), {}, kNow);
  Changes second{.tenant = kTenant};
  note_failure(second, first.all<SuppressionChange>()[0].entry, failed(AddressVerdict::temporary, "mailboxfull"), {},
               kNow + kDay);
  const auto& entry = second.all<SuppressionChange>()[0].entry;
  EXPECT_EQ(entry.reason, "userunknown");
  EXPECT_FALSE(entry.expires_at);
}

TEST(Suppress, AReportDoesNotTakeAPersonsWordsAway) {
  const auto added = commands::suppress(kTenant, {}, "anna@example.org", "asked us", kNow + kDay, "user:bert", kNow);
  Changes dead{.tenant = kTenant};
  note_failure(dead, added->all<SuppressionChange>()[0].entry, failed(AddressVerdict::permanent), {}, kNow);
  const auto& entry = dead.all<SuppressionChange>()[0].entry;
  EXPECT_EQ(entry.reason, "manual");
  EXPECT_EQ(entry.detail, "asked us");
  EXPECT_EQ(entry.actor, "user:bert");
  EXPECT_FALSE(entry.expires_at) << "but a dead mailbox is dead";
}

TEST(Suppress, ByAPerson) {
  const auto added =
      commands::suppress(kTenant, {}, " Anna@Example.org ", "asked us by phone", kNow + kDay, "user:bert", kNow);
  ASSERT_TRUE(added) << added.error().message;
  const auto& entry = added->all<SuppressionChange>()[0].entry;
  EXPECT_EQ(entry.address, "anna@example.org");
  EXPECT_EQ(entry.reason, "manual");
  EXPECT_EQ(refusal_words(entry),
            "suppressed since 2027-01-15T08:00:00Z: manual (asked us by phone), added by bert; until "
            "2027-01-16T08:00:00Z");
  const auto again = commands::suppress(kTenant, entry, "anna@example.org", "", {}, "user:bert", kNow,
                                        TimeZone::fixed(std::chrono::hours(1)));
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_NE(again.error().message.find("since 2027-01-15T09:00:00+01:00"), std::string::npos) << again.error().message;
  EXPECT_TRUE(commands::suppress(kTenant, entry, "anna@example.org", "", {}, "user:bert", kNow + kDay))
      << "it had expired";
  EXPECT_EQ(commands::suppress(kTenant, {}, "anna", "", {}, "user:bert", kNow).error().code, Errc::invalid_input);
  EXPECT_EQ(commands::suppress(kTenant, {}, "a@b.c", "", kNow, "user:bert", kNow).error().code, Errc::invalid_input);
  EXPECT_EQ(commands::suppress(kTenant, {}, "a@b.c", std::string(1025, 'x'), {}, "user:bert", kNow).error().code,
            Errc::invalid_input);

  const auto removed = commands::unsuppress(entry, "user:carla", kNow);
  EXPECT_TRUE(removed.all<SuppressionChange>()[0].removed);
  EXPECT_EQ(removed.all<SuppressionChange>()[0].entry.version, 2);
  EXPECT_EQ(removed.events.at(0).kind, EventKind::suppression_removed);
}

}  // namespace
}  // namespace orgo
