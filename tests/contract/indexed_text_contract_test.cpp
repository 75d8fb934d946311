// The largest text that each column of an index can be given is stored by every backend; what one can't hold all the
// same is refused alone, and takes nobody's row with it.
#include <random>

#include "core/contact/kept_address.h"
#include "core/parts/parts.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

constexpr std::size_t kUrlMax = 2'000;  ///< is_valid() of a webhook

class IndexedTextContract : public Suite {
 protected:
  /// It can't be made shorter: an index of a database may hold much more of what repeats itself.
  std::string text_of(std::size_t size) {
    static constexpr std::string_view kSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    std::string text(size, ' ');
    for (auto& sign : text) sign = kSigns[random() % kSigns.size()];
    return text;
  }
  std::string address() { return text_of(kKeptAddressMax - 5) + "@b.ex"; }
  std::string url() { return "https://a.example/" + text_of(kUrlMax - 18); }

  std::mt19937 random{20'261'130};  // NOLINT: the same each time
};

TEST_P(IndexedTextContract, TheLargestIsStored) {
  const auto bytes = mail("m@x");
  auto message = raw(bytes);
  message.envelope.sender.address = address();
  const auto id = accept(message);
  auto changes = deciding(id);
  auto& task = changes.find<TaskChange>()->task;
  task.requester.address = address();
  task.team = address();
  task.assignee = address();
  changes.find<MessageDecision>()->from = address();
  auto send = notification();
  send.recipient = webhook_contact(url());
  send.cause = address();
  changes.sends.push_back(send);
  ASSERT_TRUE(is_valid(send.recipient));
  const auto number = must_commit(changes).task;
  const auto kept = stores.tasks.read(kTenant, number).value();
  EXPECT_EQ(kept.requester, task.requester);
  EXPECT_EQ(kept.team, task.team);
  EXPECT_EQ(stores.messages.decision(kTenant, id).value().value().from, changes.find<MessageDecision>()->from);

  Suppression blocked{.tenant = kTenant};
  blocked.address = contact_key(send.recipient);
  blocked.version = 1;
  blocked.active = true;
  blocked.since = blocked.updated_at = kStart;
  const auto suppressed = commit_part(SuppressionChange{blocked});
  EXPECT_TRUE(suppressed) << suppressed.error().message;
}

TEST_P(IndexedTextContract, WhatIsTooLargeIsRefusedAlone) {
  std::vector<std::string> mails;
  for (int i = 0; i < 3; ++i) mails.push_back(mail("m" + std::to_string(i) + "@x"));
  std::vector<Changes> batch;
  std::vector<MessageId> ids;
  for (const auto& one : mails) {
    ids.push_back(accept(raw(one)));
    batch.push_back(deciding(ids.back()));
  }
  batch[1].find<MessageDecision>()->from = text_of(9'000);
  const auto answers = stores.changes.commit(batch, within(kPatience));
  ASSERT_TRUE(answers) << answers.error().message;
  for (const std::size_t i : {0U, 2U}) {
    EXPECT_TRUE(answers->at(i)) << answers->at(i).error().message;
    EXPECT_TRUE(stores.messages.decision(kTenant, ids[i]).value());
  }
  EXPECT_TRUE(answers->at(1) || answers->at(1).error().code == Errc::conflict);
  EXPECT_EQ(stores.messages.decision(kTenant, ids[1]).value().has_value(), answers->at(1).has_value());
}

ORGO_CONTRACT(IndexedTextContract);

}  // namespace
}  // namespace orgo::contract
