#include "adapter/memory/mended.h"

#include <string>
#include <variant>
#include <vector>

#include "base/stored_text.h"
#include "core/parts/parts.h"

namespace orgo {
namespace {

void mend(std::string& text) {
  if (!is_storable(text)) text = stored_text(text);
}
void mend(Contact& contact) {
  mend(contact.address);
}
void mend(std::vector<std::string>& texts) {
  for (auto& text : texts) mend(text);
}
template <typename... Texts>
void mend_all(Texts&... texts) {
  (mend(texts), ...);
}

// One for each kind of part; a forgotten one does not compile.
void mend(TaskChange& change) {
  auto& task = change.task;
  mend_all(task.title, task.requester, task.team, task.assignee, task.tags, task.type, task.escalation.calendar);
  for (auto& field : task.fields) mend_all(field.name, field.label, field.value, field.problem);
  for (auto& person : task.ties.people) mend_all(person.address);
  for (auto& step : task.escalation.steps) {
    mend_all(step.to, step.rule);
    if (!step.effects) continue;
    auto& effects = *step.effects;
    mend_all(effects.assign, effects.tags, effects.webhooks, effects.replies, effects.note, effects.answer_to);
  }
  if (task.sla) mend(task.sla->calendar);
}
void mend(MessageDecision& decision) {
  mend_all(decision.subject, decision.from, decision.reason, decision.rules_version, decision.trace);
}
void mend(SendOutcome& outcome) {
  mend(outcome.detail);
}
void mend(SendBounced& bounced) {
  mend(bounced.detail);
}
void mend(SendRetried& /*retried*/) {}
void mend(SendRecalled& /*recalled*/) {}
void mend(RestoredSendMoved& moved) {
  mend(moved.detail);
}
void mend(AlarmOpened& alarm) {
  mend(alarm.source);
}
void mend(AlarmClosed& alarm) {
  mend(alarm.source);
}
void mend(SuppressionChange& change) {
  mend_all(change.entry.address, change.entry.reason, change.entry.detail, change.entry.actor);
}
void mend(ThreadAlias& /*alias*/) {}
void mend(TokenMade& made) {
  mend_all(made.token.name, made.token.person);
}
void mend(TokenRevoked& /*revoked*/) {}
void mend(RuleVersionAdded& added) {
  mend(added.version.version);
  for (auto& file : added.version.files) mend_all(file.path, file.text);
}
void mend(MailboxChange& change) {
  auto& record = change.record;
  mend_all(record.name, record.source, record.last_error, record.connection);
}
void mend(RhythmsLearned& learned) {
  for (auto& rhythm : learned.rhythms) mend_all(rhythm.source, rhythm.state);
}
void mend(DeadLetterMoved& /*moved*/) {}
void mend(PersonChange& change) {
  auto& person = change.person;
  mend_all(person.login, person.name, person.address, person.zone, person.teams, person.password);
}
void mend(LoginAttemptsChange& change) {
  mend(change.attempts.name);
}
void mend(MessageSplit& /*split*/) {}

}  // namespace

Changes mended(Changes changes) {
  for (auto& part : changes.parts) std::visit([](auto& one) { mend(one); }, part.value);
  for (auto& event : changes.events) mend_all(event.actor, event.data);
  for (auto& send : changes.sends)
    mend_all(send.channel, send.recipient, send.template_name, send.note, send.cause, send.rule, send.sender);
  return changes;
}

Envelope mended(Envelope envelope) {
  mend_all(envelope.sender, envelope.recipient, envelope.peer, envelope.label);
  return envelope;
}

}  // namespace orgo
