#include "adapter/memory/memory_store.h"
#include "adapter/memory/mended.h"
#include "adapter/memory/parts/parts.h"
#include "core/parts/parts.h"

namespace orgo {
namespace memory {

const memory::MessageRow* State::find_message(TenantId tenant, MessageId id) const {
  const auto found = messages.find({tenant, id});
  return found == messages.end() ? nullptr : &found->second;
}

const Task* State::find_task(TenantId tenant, TaskNumber number) const {
  const auto found = tasks.find({tenant, number});
  return found == tasks.end() ? nullptr : &found->second;
}

const memory::SendRow* State::find_send(TenantId tenant, SendId id) const {
  const auto found = sends.find({tenant, id});
  return found == sends.end() ? nullptr : &found->second;
}

void State::append_event(TenantId tenant, Event event) {
  events.push_back({tenant, {++last_event[tenant], std::move(event)}});
}

Status Tx::check_task(TaskRef ref) const {
  if (!ref || ref.is_new() || state.find_task(tenant, ref.id()) != nullptr) return {};
  return failure(Errc::not_found, "there is no task " + to_string(ref.id()));
}

Status Tx::check_message(MessageId message) const {
  if (state.find_message(tenant, message) != nullptr) return {};
  return failure(Errc::not_found, "there is no message " + to_string(message));
}

namespace {

Status check(const Tx& tx, const Send& send) {
  ORGO_CHECK(tx.check_task(send.subject.task_ref()));
  if (send.content) ORGO_CHECK(tx.check_message(send.content));
  return send.message ? tx.check_message(send.message) : Status{};
}

void apply(Tx& tx, const Send& send) {
  const SendId id{++tx.state.last_send[tx.tenant]};
  memory::SendRow row{.tenant = tx.tenant,
                      .stored = {.id = id,
                                 .send = send,
                                 .state = tx.sends_begin_as,
                                 .attempts = 0,
                                 .detail = {},
                                 .created_at = tx.at,
                                 .updated_at = tx.at},
                      .counted_at = tx.at};
  row.stored.send.subject = tx.subject(send.subject);
  row.stored.send.channel = lane_of(send);
  tx.state.sends.insert_or_assign({tx.tenant, id}, std::move(row));
  if (tx.sends_begin_as == SendState::queued) tx.state.queued.insert({tx.tenant, id});
}

Status check(const Tx& tx, const TimerChange& timer) {
  if (timer.kind != TimerChange::Kind::cleared) ORGO_CHECK(tx.check_task(timer.subject.task_ref()));
  if (timer.kind != TimerChange::Kind::fired || tx.fences.is_pending(tx.tenant, timer)) return {};
  return failure(Errc::conflict, "the " + timer.name + " of " + to_string(timer.subject) + " for " +
                                     to_rfc3339(timer.due_at) + " is not pending");
}

void apply(Tx& tx, const TimerChange& timer) {
  const TimerKey key{tx.tenant, tx.subject(timer.subject), timer.name};
  if (timer.kind == TimerChange::Kind::set)
    tx.state.timers.insert_or_assign(key, TimerRow{timer.due_at, timer.due_at, {}});
  else tx.state.timers.erase(key);
}

/// Everything that can refuse a Changes is asked before the first write: that is the whole atomicity of this store.
Status check_all(const Tx& tx, const Changes& changes) {
  ORGO_CHECK(check_form(changes));
  for (const auto& part : changes.parts)
    ORGO_CHECK(std::visit([&](const auto& one) { return check(tx, one); }, part.value));
  for (const auto& send : changes.sends) ORGO_CHECK(check(tx, send));
  for (const auto& timer : changes.timers) ORGO_CHECK(check(tx, timer));
  return {};
}

Committed apply_all(Tx& tx, const Changes& changes) {
  for (const auto& part : changes.parts) std::visit([&](const auto& one) { apply(tx, one); }, part.value);
  for (const auto& send : changes.sends) apply(tx, send);
  for (const auto& timer : changes.timers) apply(tx, timer);
  Committed committed;
  if (changes.find<TokenMade>() != nullptr) committed.token = tx.state.last_token[tx.tenant];
  if (count_new_tasks(changes) != 0) committed.task = tx.number(TaskRef::nth_new(0));
  for (auto event : changes.events) {
    event.subject = tx.subject(event.subject);
    event.send = tx.id(event.send);
    tx.state.append_event(tx.tenant, std::move(event));
    committed.last_event = tx.state.events.back().stored.sequence;
  }
  return committed;
}

}  // namespace
}  // namespace memory

bool MemoryStore::is_pending(TenantId tenant, const TimerChange& fired) const {
  const auto found = state_.timers.find({tenant, fired.subject, fired.name});
  return found != state_.timers.end() && found->second.due_at == fired.due_at;
}

bool MemoryStore::is_next_version(std::int64_t next, std::int64_t current) const {
  return next == current + 1;
}

bool MemoryStore::is_decided(TenantId tenant, MessageId message) const {
  const auto* row = state_.find_message(tenant, message);
  return row != nullptr && row->decision.has_value();
}

Result<std::vector<Result<Committed>>> MemoryStore::commit(std::span<const Changes> batch, Deadline /*deadline*/) {
  const std::lock_guard lock(mutex_);
  std::vector<Result<Committed>> answers;
  answers.reserve(batch.size());
  for (const auto& given : batch) {
    const auto changes = mended(given);
    memory::Tx tx(state_, *this, changes);
    if (changes_tokens(changes)) ++token_changes_;
    if (auto checked = memory::check_all(tx, changes)) answers.emplace_back(memory::apply_all(tx, changes));
    else answers.emplace_back(tl::unexpected(std::move(checked).error()));
  }
  return answers;
}

}  // namespace orgo
