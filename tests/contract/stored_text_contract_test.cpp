// No store keeps text that is none: what strangers send is mended on its way in (base/stored_text.h), through every
// port that takes text, in every backend. Else one row would make a database refuse its whole transaction, for ever.
#include <array>
#include <random>

#include "base/stored_text.h"
#include "core/parts/parts.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

constexpr Millis kLease{60'000};
constexpr int kRounds = 60;

class StoredTextContract : public Suite {
 protected:
  /// Bytes of any kind, often near to UTF-8; without control characters of our own columns.
  std::string broken() {
    static constexpr std::array<std::string_view, 9> kPieces{"a",        "\u00E9",       "\U0001F600",
                                                             "\xC3",     "\xFF",         "\xED\xA0\x80",
                                                             "\xF0\x9F", "\xE2\x28\xA1", std::string_view("\0", 1)};
    std::string text = "x";
    for (auto pieces = 1 + random() % 12; pieces > 0; --pieces) text += kPieces.at(random() % kPieces.size());
    return text;
  }
  void expect_stored(const std::string& given, const std::string& kept, const char* what) {
    EXPECT_TRUE(is_storable(kept)) << what << ": " << testing::PrintToString(kept);
    EXPECT_EQ(kept, stored_text(given)) << what;
  }

  std::mt19937 random{20'261'129};  // NOLINT: the same each time
};

TEST_P(StoredTextContract, Messages) {
  for (int i = 0; i < kRounds; ++i) {
    const auto bytes = mail("m" + std::to_string(i) + "@x");
    auto message = raw(bytes);
    auto& envelope = message.envelope;
    for (auto* text : {&envelope.sender.address, &envelope.recipient.address, &envelope.peer, &envelope.label})
      *text = broken();
    const auto kept = stores.messages.read(kTenant, accept(message)).value().envelope;
    expect_stored(envelope.sender.address, kept.sender.address, "sender");
    expect_stored(envelope.recipient.address, kept.recipient.address, "recipient");
    expect_stored(envelope.peer, kept.peer, "peer");
    expect_stored(envelope.label, kept.label, "label");
  }
}

TEST_P(StoredTextContract, TasksAndDecisions) {
  for (int i = 0; i < kRounds; ++i) {
    const auto bytes = mail("m" + std::to_string(i) + "@x");
    const auto id = accept(raw(bytes));
    auto changes = deciding(id);
    auto& task = changes.find<TaskChange>()->task;
    for (auto* text : {&task.title, &task.requester.address, &task.team, &task.assignee, &task.type}) *text = broken();
    task.tags = {broken(), broken()};
    task.fields = {{broken(), broken(), broken(), broken()}};
    task.escalation.steps.at(0).to = broken();
    auto& decision = *changes.find<MessageDecision>();
    for (auto* text : {&decision.subject, &decision.from, &decision.reason, &decision.rules_version, &decision.trace})
      *text = broken();
    for (auto& event : changes.events) event.actor = broken(), event.data = broken();
    const auto number = must_commit(changes).task;
    const auto kept = stores.tasks.read(kTenant, number).value();
    expect_stored(task.title, kept.title, "title");
    expect_stored(task.requester.address, kept.requester.address, "requester");
    expect_stored(task.team, kept.team, "team");
    expect_stored(task.assignee, kept.assignee, "assignee");
    expect_stored(task.type, kept.type, "type");
    ASSERT_EQ(kept.tags.size(), 2U);
    expect_stored(task.tags[1], kept.tags[1], "tag");
    ASSERT_EQ(kept.fields.size(), 1U);
    expect_stored(task.fields[0].value, kept.fields[0].value, "field");
    expect_stored(task.escalation.steps[0].to, kept.escalation.steps.at(0).to, "step");
    const auto decided = stores.messages.decision(kTenant, id).value().value();
    expect_stored(decision.subject, decided.subject, "subject");
    expect_stored(decision.from, decided.from, "from");
    expect_stored(decision.reason, decided.reason, "reason");
    expect_stored(decision.rules_version, decided.rules_version, "rules version");
    expect_stored(decision.trace, decided.trace, "trace");
    const auto history = stores.tasks.history(kTenant, number).value();
    ASSERT_FALSE(history.empty());
    expect_stored(changes.events[0].actor, history[0].event.actor, "actor");
    expect_stored(changes.events[0].data, history[0].event.data, "data");
  }
}

TEST_P(StoredTextContract, SendsAndTheirAnswers) {
  for (int i = 0; i < kRounds; ++i) {
    auto changes = opening();
    auto send = notification();
    for (auto* text : {&send.recipient.address, &send.template_name, &send.note}) *text = broken();
    changes.sends.push_back(send);
    const auto task = must_commit(changes).task;
    const auto leased = stores.outbox.lease_sends(kOwner, kStart, kLease, 1)->at(0);
    expect_stored(send.recipient.address, leased.send.recipient.address, "recipient");
    expect_stored(send.note, leased.send.note, "note");
    Changes told{.tenant = kTenant};
    told.at = kStart;
    const auto answer = broken();
    told.add(
        SendOutcome{.send = leased.id, .lease = leased.lease, .kind = SendOutcome::Kind::failed, .detail = answer});
    must_commit(told);
    const auto sends = stores.outbox.sends_of_task(kTenant, task).value();
    expect_stored(answer, sends.at(0).detail, "answer of the peer");
    EXPECT_EQ(stores.outbox.count_sends(kTenant, task, kStart, send.recipient.address).value(), 1)
        << "asked for as it was given, it is found";
    Changes bounced{.tenant = kTenant};
    bounced.at = kStart;
    const auto report = broken();
    bounced.add(SendBounced{.send = leased.id, .detail = report});
    must_commit(bounced);
    expect_stored(report, stores.outbox.read_send(kTenant, leased.id).value().detail, "report");
  }
}

TEST_P(StoredTextContract, ErrorsOfWork) {
  for (int i = 1; i <= kRounds; ++i) {
    const std::vector keys{WorkKey{kTenant, WorkKind::process, i}};
    ASSERT_TRUE(stores.work.add(keys, kStart));
    const auto lease = stores.work.claim(kOwner, keys, kStart, kLease)->at(0);
    const auto error = broken();
    ASSERT_TRUE(stores.work.bury(lease, kStart, error));
    expect_stored(error, stores.work.find_dead(keys[0]).value()->error, "error");
  }
}

TEST_P(StoredTextContract, SuppressionsAlarmsMailboxesAndRhythms) {
  for (int i = 0; i < kRounds; ++i) {
    auto changes = opening();
    SuppressionChange change{.entry = {.tenant = kTenant}};
    change.entry.address = broken() + std::to_string(i);
    change.entry.version = 1;
    change.entry.active = true;
    change.entry.detail = broken();
    changes.add(change);
    changes.add(AlarmOpened{.source = broken() + std::to_string(i), .task = TaskRef::nth_new(0)});
    must_commit(changes);
    const auto found = stores.outbox.find_suppressions(kTenant, std::vector{change.entry.address}).value();
    ASSERT_EQ(found.size(), 1U) << "asked for as it was given, it is found";
    expect_stored(change.entry.detail, found[0].detail, "detail");
    MailboxRecord record{.tenant = kTenant};
    record.name = "office" + std::to_string(i);
    record.last_error = broken();
    record.connection = broken();
    ASSERT_TRUE(commit_part(MailboxChange{record}));
    const auto kept = stores.mailboxes.find_mailbox(kTenant, record.name).value().value();
    expect_stored(record.last_error, kept.last_error, "error of a mailbox");
    expect_stored(record.connection, kept.connection, "connection");
    ASSERT_TRUE(commit_part(RhythmsLearned{.upto = {}, .rhythms = {{"r" + std::to_string(i), broken()}}}));
  }
  const auto alarms = stores.silence.open_alarms(kTenant).value();
  ASSERT_EQ(alarms.size(), static_cast<std::size_t>(kRounds));
  for (const auto& alarm : alarms) EXPECT_TRUE(is_storable(alarm.source));
  const auto learned = stores.silence.read_rhythms(kTenant).value();
  for (const auto& rhythm : learned.rhythms) EXPECT_TRUE(is_storable(rhythm.state));
}

TEST_P(StoredTextContract, NamesOfTokens) {
  for (int i = 0; i < kRounds; ++i) {
    ApiToken token{.tenant = kTenant};
    token.name = broken() + std::to_string(i);
    must_commit(make_token(token, sha256(std::to_string(i)), "user:root"));
    const auto kept = stores.tokens.find_token(sha256(std::to_string(i))).value().value();
    expect_stored(token.name, kept.name, "name");
  }
}

ORGO_CONTRACT(StoredTextContract);

}  // namespace
}  // namespace orgo::contract
