// What every ContextReader must know of mails under the same Message-ID (port/context_reader.h).
#include "core/processing/message_decision.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ContextKnownContract : public Suite {
 protected:
  ContextFacts load(const ContextQuery& query) {
    auto answers = stores.context.load(std::span(&query, 1));
    EXPECT_THAT(answers, SizeIs(1));
    EXPECT_TRUE(answers.at(0)) << answers.at(0).error().message;
    return std::move(answers.at(0)).value_or(ContextFacts{});
  }
  /// Of a mail that comes after all others, from Anna.
  static ContextQuery query_of(TenantId tenant = kTenant) {
    ContextQuery query{.tenant = tenant};
    query.thread.message = MessageId{1'000'000};
    query.thread.sender = "anna@school.example";
    return query;
  }
  static ContextQuery answering(std::vector<std::string> ids, TenantId tenant = kTenant) {
    auto query = query_of(tenant);
    for (const auto& id : ids) query.thread.answers.push_back(message_id_hash(kTenant, id));
    query.thread.hints.message_ids = std::move(ids);
    return query;
  }
  static std::vector<TaskNumber> numbers(const std::vector<Task>& tasks) {
    std::vector<TaskNumber> all;
    for (const auto& task : tasks) all.push_back(task.number);
    return all;
  }
  std::vector<MessageId> known(const ContextQuery& query) {
    std::vector<MessageId> found;
    for (const auto& one : load(query).thread.known) found.push_back(one.id);
    return found;
  }
};

TEST_P(ContextKnownContract, FindsWhatIsKnownNewestFirst) {
  const auto a = mail("a@x", "1"), again = mail("a@x", "2"), b = mail("b@x"), c = mail("c@x");
  const auto first = accept(raw(a)), second = accept(raw(again)), third = accept(raw(b));
  accept(raw(c));
  const auto opened = must_commit(deciding(first)).task;
  const auto facts = load(answering({"a@x", "b@x", "never@x"}));
  const auto& known = facts.thread.known;
  ASSERT_THAT(known, SizeIs(3));
  std::vector<MessageId> of_a;
  for (const auto& one : known) {
    EXPECT_EQ(one.content, stores.messages.read(kTenant, one.id).value().key.content);
    EXPECT_EQ(one.id_hash, message_id_hash(kTenant, one.id == third ? "b@x" : "a@x"));
    if (one.id == third) continue;
    of_a.push_back(one.id);
    EXPECT_EQ(one.decided, one.id == first);
    EXPECT_EQ(one.task, one.id == first ? std::optional(opened) : std::nullopt);
  }
  EXPECT_THAT(of_a, ElementsAre(second, first));
  EXPECT_THAT(numbers(facts.thread.tasks), ElementsAre(opened));
  EXPECT_EQ(facts.thread.tasks.at(0).title, "Water leak");
  EXPECT_THAT(load(answering({"a@x", "b@x"}, kOtherTenant)).thread.known, IsEmpty());
}

TEST_P(ContextKnownContract, FindsTheNewestEightOfEachIdAndTheOldest) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 12; ++i) bytes.push_back(mail("a@x", std::to_string(i)));
  std::vector<MessageId> all;
  for (const auto& one : bytes) all.push_back(accept(raw(one)));
  const auto other = mail("b@x");
  all.push_back(accept(raw(other)));
  EXPECT_THAT(known(answering({"a@x", "b@x"})),
              ElementsAre(all[12], all[11], all[10], all[9], all[8], all[7], all[6], all[5], all[4], all[0]));
}

TEST_P(ContextKnownContract, CopiesThatCameLaterHideNoEarlierOne) {
  std::vector<std::string> bytes;
  for (int i = 0; i < 24; ++i) bytes.push_back(mail("a@x", std::to_string(i)));
  std::vector<MessageId> all;
  for (const auto& one : bytes) all.push_back(accept(raw(one)));
  const auto before = [&](std::size_t i) {
    auto query = query_of();
    query.thread.message = all[i];
    query.thread.id = message_id_hash(kTenant, "a@x");
    query.thread.known_id = true;
    return known(query);
  };
  EXPECT_THAT(before(0), IsEmpty());
  EXPECT_THAT(before(2), ElementsAre(all[1], all[0]));
  EXPECT_THAT(before(8), SizeIs(8));
  EXPECT_THAT(before(9), ElementsAre(all[8], all[7], all[6], all[5], all[4], all[3], all[2], all[1], all[0]));
  EXPECT_THAT(before(20), ElementsAre(all[19], all[18], all[17], all[16], all[15], all[14], all[13], all[12], all[0]));
}

TEST_P(ContextKnownContract, ItsOwnIdIsLookedUpOnlyWhenItWasSeenBefore) {
  const auto bytes = mail("a@x");
  const auto first = accept(raw(bytes));
  auto query = query_of();
  query.thread.id = message_id_hash(kTenant, "a@x");
  EXPECT_THAT(load(query).thread.known, IsEmpty());
  query.thread.known_id = true;
  ASSERT_THAT(load(query).thread.known, SizeIs(1));
  EXPECT_EQ(load(query).thread.known[0].id, first);
}

ORGO_CONTRACT(ContextKnownContract);

}  // namespace
}  // namespace orgo::contract
