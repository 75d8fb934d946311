// What every MailboxStore must do (port/mailbox_store.h).
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class MailboxStoreContract : public Suite {
 protected:
  static MailboxRecord record(const std::string& name, TenantId tenant = kTenant) {
    MailboxRecord made{.tenant = tenant};
    made.name = name;
    made.source = "imap://office@mail.school.example:993/INBOX";
    made.position = {.started_at = kStart,
                     .uid_validity = 4'000'000'000U,
                     .last_uid = 4'100'000'000U,
                     .mod_seq = 9'000'000'000'000'000'000U,
                     .seen = {"0001a", "with \"quotes\" and \\"},
                     .unfinished = {"4000000000:17"},
                     .held_back = {"4000000000:3"}};
    made.last_success = kStart;
    made.last_error_at = kStart - Millis{60'000};
    made.last_error = "the server says: [AUTHENTICATIONFAILED] 'no'";
    made.failures = 3;
    made.taken = 41;
    made.duplicates = 2;
    made.refused = 1;
    made.connection = "IMAP, TLSv1.3, IDLE";
    made.updated_at = kStart + Millis{5};
    return made;
  }
};

TEST_P(MailboxStoreContract, GivesBackWhatWasSaved) {
  const auto saved = record("office");
  ASSERT_TRUE(commit_part(MailboxChange{saved}));
  EXPECT_EQ(stores.mailboxes.find_mailbox(kTenant, "office").value(), saved);
  MailboxRecord bare{.tenant = kTenant};
  bare.name = "bare";
  ASSERT_TRUE(commit_part(MailboxChange{bare}));
  EXPECT_EQ(stores.mailboxes.find_mailbox(kTenant, "bare").value(), bare);
}

TEST_P(MailboxStoreContract, TheNewestRecordTakesThePlaceOfTheOneBefore) {
  ASSERT_TRUE(commit_part(MailboxChange{record("office")}));
  auto newer = record("office");
  newer.position.seen.clear();
  newer.position.last_uid = 7;
  newer.last_error_at.reset();
  newer.source = "pop3://office@mail.school.example:995";
  ASSERT_TRUE(commit_part(MailboxChange{newer}));
  EXPECT_EQ(stores.mailboxes.find_mailbox(kTenant, "office").value(), newer);
}

TEST_P(MailboxStoreContract, ListsThoseOfATenantByName) {
  EXPECT_THAT(stores.mailboxes.list_mailboxes(kTenant).value(), IsEmpty());
  ASSERT_TRUE(commit_part(MailboxChange{record("sales")}));
  ASSERT_TRUE(commit_part(MailboxChange{record("office")}));
  ASSERT_TRUE(commit_part(MailboxChange{record("theirs", kOtherTenant)}, kOtherTenant));
  EXPECT_THAT(stores.mailboxes.list_mailboxes(kTenant).value(),
              ElementsAre(Field(&MailboxRecord::name, "office"), Field(&MailboxRecord::name, "sales")));
  EXPECT_EQ(stores.mailboxes.find_mailbox(kTenant, "theirs").value(), std::nullopt);
}

TEST_P(MailboxStoreContract, ALongListOfSeenMailsStays) {
  auto long_one = record("pop");
  for (int i = 0; i < 20'000; ++i) long_one.position.seen.push_back("000004a96b2f5c7e-" + std::to_string(i));
  ASSERT_TRUE(commit_part(MailboxChange{long_one}));
  EXPECT_EQ(stores.mailboxes.find_mailbox(kTenant, "pop").value(), long_one);
}

ORGO_CONTRACT(MailboxStoreContract);

}  // namespace
}  // namespace orgo::contract
