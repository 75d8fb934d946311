// Submissions of several doors in one batch: each is answered for what it brought, in the order of its recipients.
#include "service/intake/intake_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>

#include "adapter/memory/memory_store.h"
#include "base/store_trouble.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"

namespace orgo::world {
namespace {

constexpr std::array kDoors{Channel::lmtp, Channel::smtp, Channel::http};

class Intake : public testing::Test {
 protected:
  struct Brought {
    std::vector<std::string> recipients;
    std::string bytes;
    std::vector<Result<std::vector<Accepted>>> answers;
  };
  /// `count` recipients, on the door and of the tenant that its number says.
  void submit(IntakeService& intake, Brought& one, std::size_t number, std::size_t count) {
    one.bytes = contract::mail("batch-" + std::to_string(number) + "@x", "Number " + std::to_string(number));
    std::vector<Envelope> envelopes;
    for (std::size_t i = 0; i < count; ++i) {
      one.recipients.push_back("r" + std::to_string(number) + "-" + std::to_string(i) + "@school.example");
      envelopes.push_back({.tenant = tenant_of(number),
                           .channel = kDoors.at(number % kDoors.size()),
                           .recipient = mail_contact(one.recipients.back()),
                           .received_at = contract::kStart});
    }
    intake.submit_for_ids(
        std::move(envelopes), std::make_shared<const std::string>(one.bytes),
        [&one](Result<std::vector<Accepted>> accepted) { one.answers.push_back(std::move(accepted)); });
  }
  static TenantId tenant_of(std::size_t number) { return number % 2 == 0 ? kTenant : kOtherTenant; }

  MemoryStore store;
  std::vector<WorkKey> told;
};

TEST_F(Intake, EachSubmissionIsAnsweredForItsOwnRecipientsInTheirOrder) {
  IntakeService intake(store, {.batch_messages = 7},
                       [this](std::span<const WorkKey> work) { told.insert(told.end(), work.begin(), work.end()); });
  const std::vector<std::size_t> counts{1, 3, 2, 1, 5, 1, 9, 2};
  std::vector<Brought> all(counts.size());
  for (std::size_t n = 0; n < counts.size(); ++n) submit(intake, all[n], n, counts[n]);
  const auto sum = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  EXPECT_EQ(intake.step(), sum);
  for (std::size_t n = 0; n < all.size(); ++n) {
    SCOPED_TRACE(n);
    ASSERT_EQ(all[n].answers.size(), 1U) << "answered once";
    ASSERT_TRUE(all[n].answers[0]);
    const auto& accepted = *all[n].answers[0];
    ASSERT_EQ(accepted.size(), counts[n]);
    for (std::size_t i = 0; i < accepted.size(); ++i) {
      const auto stored = store.read(tenant_of(n), accepted[i].message);
      ASSERT_TRUE(stored) << i;
      EXPECT_EQ(stored->envelope.recipient.address, all[n].recipients[i]);
      EXPECT_EQ(stored->envelope.channel, kDoors.at(n % kDoors.size()));
      EXPECT_EQ(store.read_bytes(tenant_of(n), accepted[i].message).value(), all[n].bytes);
    }
  }
  EXPECT_EQ(told.size(), sum) << "and the work is announced";
}

TEST_F(Intake, ManySinglesComeTogetherEachWithItsOwnAnswer) {
  int batches = 0;
  IntakeService intake(store, {.batch_messages = 7, .waiting_bytes = 10'000},
                       [&](std::span<const WorkKey> work) { batches += work.empty() ? 0 : 1; });
  std::vector<std::string> texts;
  std::vector<std::optional<Result<std::vector<Accepted>>>> answers(10);
  const auto all = [&] {
    std::vector<IntakeService::Single> singles;
    for (std::size_t n = 0; n < answers.size(); ++n) {
      texts.push_back(contract::mail("single-" + std::to_string(n) + "@x", "Number " + std::to_string(n)));
      singles.push_back(
          {{.tenant = kTenant, .channel = Channel::import_, .recipient = mail_contact("office@school.example")},
           std::make_shared<const std::string>(texts.back()),
           [&answers, n](Result<std::vector<Accepted>> accepted) { answers[n] = std::move(accepted); }});
    }
    return singles;
  };
  intake.submit_all(all());
  EXPECT_EQ(intake.step(), answers.size());
  EXPECT_EQ(batches, 2);
  for (std::size_t n = 0; n < answers.size(); ++n) {
    ASSERT_TRUE(answers[n] && *answers[n]) << n;
    EXPECT_EQ(store.read_bytes(kTenant, (*answers[n])->front().message).value(), texts[n]);
  }
  // No room for all of them: none of them is taken, and each is told so.
  Brought large;
  submit(intake, large, 0, 1);
  auto singles = all();
  singles.back().bytes = std::make_shared<const std::string>(20'000, 'x');
  answers.assign(answers.size(), std::nullopt);
  intake.submit_all(std::move(singles));
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error().code, Errc::resource_exhausted);
  }
  EXPECT_EQ(intake.step(), 1U) << "the one before them only";
  intake.submit_all({});
  EXPECT_EQ(intake.step(), 0U);
}

TEST_F(Intake, WhatIsThereAlreadyIsToldWithTheIdOfTheFirst) {
  IntakeService intake(store, {},
                       [this](std::span<const WorkKey> work) { told.insert(told.end(), work.begin(), work.end()); });
  std::vector<Brought> all(4);
  for (std::size_t n = 0; n < 2; ++n) submit(intake, all[n], n, 2);
  for (std::size_t n = 0; n < 2; ++n) submit(intake, all[n + 2], n, 2);  // the same again, in the same batch
  intake.step();
  for (std::size_t n = 0; n < 2; ++n)
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& first = all[n].answers.at(0)->at(i);
      const auto& again = all[n + 2].answers.at(0)->at(i);
      EXPECT_FALSE(first.duplicate);
      EXPECT_TRUE(again.duplicate);
      EXPECT_EQ(first.message, again.message);
    }
  EXPECT_EQ(told.size(), 4U) << "a duplicate is no work";
}

/// Refuses all with one code, or what holds a word.
class Refusing : public MemoryStore {
 public:
  Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) override {
    for (const auto& message : messages)
      if (message.bytes.find(word) != std::string_view::npos) return failure(code, "the store says no");
    return MemoryStore::accept(messages, deadline);
  }
  Errc code = Errc::conflict;
  std::string word = "Subject";
};

TEST_F(Intake, NothingThatAStoreSaysIsTheFaultOfWhoSent) {
  Refusing refusing;
  IntakeService intake(refusing, {}, {});
  for (const auto code : {Errc::invalid_input, Errc::not_permitted, Errc::not_found, Errc::conflict,
                          Errc::resource_exhausted, Errc::unavailable, Errc::deadline_exceeded, Errc::corrupt}) {
    refusing.code = code;
    Brought one;
    submit(intake, one, 0, 2);
    intake.step();
    ASSERT_FALSE(one.answers.at(0)) << to_string(code);
    EXPECT_TRUE(is_store_trouble(one.answers.at(0).error().code)) << to_string(code);
  }
}

TEST_F(Intake, OneThatTheStoreCannotHoldRefusesNobodyElse) {
  Refusing refusing;
  refusing.word = "Number 2";
  std::vector<WorkKey> announced;
  IntakeService intake(refusing, {}, [&](std::span<const WorkKey> work) {
    announced.insert(announced.end(), work.begin(), work.end());
  });
  std::vector<Brought> all(5);
  for (std::size_t n = 0; n < all.size(); ++n) submit(intake, all[n], n, n + 1);
  intake.step();
  for (std::size_t n = 0; n < all.size(); ++n) {
    SCOPED_TRACE(n);
    ASSERT_EQ(all[n].answers.size(), 1U);
    EXPECT_EQ(all[n].answers[0].has_value(), n != 2);
    if (!all[n].answers[0]) continue;
    ASSERT_EQ(all[n].answers[0]->size(), n + 1);
    for (std::size_t i = 0; i <= n; ++i)
      EXPECT_EQ(refusing.read(tenant_of(n), all[n].answers[0]->at(i).message)->envelope.recipient.address,
                all[n].recipients[i]);
  }
  EXPECT_EQ(announced.size(), 1U + 2 + 4 + 5);
}

}  // namespace
}  // namespace orgo::world
