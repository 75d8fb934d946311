#include <algorithm>

#include "adapter/memory/memory_store.h"

namespace orgo {
namespace {

tl::unexpected<Error> no_such(const std::string& what) {
  return failure(Errc::not_found, "no " + what);
}

bool opens_task(const Changes& changes) {
  return std::ranges::any_of(changes.tasks, [](const TaskChange& change) { return !change.task.number; });
}

}  // namespace

bool MemoryStore::is_pending(TenantId tenant, const TimerFired& timer) const {
  const auto found = timers_.find({tenant, timer.task});
  return found != timers_.end() && found->second == timer.due_at;
}

bool MemoryStore::is_next_version(std::int64_t next, std::int64_t current) const {
  return next == current + 1;
}

bool MemoryStore::is_decided(TenantId tenant, MessageId message) const {
  const auto* row = find_message(tenant, message);
  return row != nullptr && row->decision.has_value();
}

const Task* MemoryStore::find_task(TenantId tenant, TaskNumber number) const {
  const auto found = tasks_.find({tenant, number});
  return found == tasks_.end() ? nullptr : &found->second;
}

const MemoryStore::SendRow* MemoryStore::find_send(TenantId tenant, SendId id) const {
  const auto found = sends_.find(id);
  return found == sends_.end() || found->second.tenant != tenant ? nullptr : &found->second;
}

void MemoryStore::append_event(TenantId tenant, Event event) {
  events_.push_back({tenant, {static_cast<std::int64_t>(events_.size()) + 1, std::move(event)}});
}

/// Everything that can refuse a Changes is asked before the first write: that is the whole atomicity of this store.
Status MemoryStore::check(const Changes& changes) const {
  const auto tenant = changes.tenant;
  const bool opens = opens_task(changes);
  const auto task_exists = [&](TaskNumber task) { return task ? find_task(tenant, task) != nullptr : opens; };
  if (changes.decision) {
    if (find_message(tenant, changes.decision->message) == nullptr)
      return no_such("message " + to_string(changes.decision->message));
    if (is_decided(tenant, changes.decision->message))
      return failure(Errc::conflict, to_string(changes.decision->message) + " is decided already");
    if (changes.decision->task && !task_exists(changes.decision->task))
      return no_such("task " + to_string(changes.decision->task));
  }
  bool opened = false;
  std::set<TaskNumber> changed;
  for (const auto& [task] : changes.tasks) {
    if (!task.number) {
      if (std::exchange(opened, true)) return failure(Errc::invalid_input, "Changes may open one task, not two");
      continue;
    }
    const auto* current = find_task(tenant, task.number);
    if (current == nullptr) return no_such("task " + to_string(task.number));
    if (!changed.insert(task.number).second)
      return failure(Errc::invalid_input, "Changes may change " + to_string(task.number) + " once, not twice");
    if (!is_next_version(task.version, current->version))
      return failure(Errc::conflict, to_string(task.number) + " has version " + std::to_string(current->version) +
                                         "; the change saw version " + std::to_string(task.version - 1));
  }
  for (const auto& timer : changes.timers_fired) {
    if (!timer.task || !task_exists(timer.task)) return no_such("task " + to_string(timer.task));
    if (!is_pending(tenant, timer))
      return failure(Errc::conflict,
                     "the timer of " + to_string(timer.task) + " for " + to_rfc3339(timer.due_at) + " is not pending");
  }
  for (const auto& timer : changes.timers_set)
    if (!task_exists(timer.task)) return no_such("task " + to_string(timer.task));
  for (const auto& send : changes.sends) {
    if (send.task && !task_exists(send.task)) return no_such("task " + to_string(send.task));
    if (send.message && find_message(tenant, send.message) == nullptr)
      return no_such("message " + to_string(send.message));
  }
  std::set<SendId> ended;
  for (const auto& outcome : changes.send_outcomes) {
    const auto* row = find_send(tenant, outcome.send);
    if (row == nullptr) return no_such("send " + to_string(outcome.send));
    if (row->stored.state != SendState::queued || !is_newest(outcome.lease, row->lease) ||
        !ended.insert(outcome.send).second)
      return failure(Errc::conflict, "the lease of " + to_string(outcome.send) + " is stale");
  }
  for (const auto& alarm : changes.alarms_opened) {
    if (!task_exists(alarm.task)) return no_such("task " + to_string(alarm.task));
    if (alarms_.contains({tenant, alarm.source}))
      return failure(Errc::conflict, "the alarm of " + alarm.source + " is open already");
  }
  for (const auto& alarm : changes.alarms_closed)
    if (!alarms_.contains({tenant, alarm.source}))
      return failure(Errc::conflict, "the alarm of " + alarm.source + " is not open");
  for (const auto& bounced : changes.sends_bounced) {
    const auto* row = find_send(tenant, bounced.send);
    if (row == nullptr) return no_such("send " + to_string(bounced.send));
    if (row->stored.state == SendState::bounced)
      return failure(Errc::conflict, to_string(bounced.send) + " has bounced already");
  }
  for (const auto& [entry, removed] : changes.suppressions) {
    const auto known = suppressions_.find({tenant, entry.address});
    const auto version = known == suppressions_.end() ? 0 : known->second.version;
    if (!is_next_version(entry.version, version))
      return failure(Errc::conflict,
                     "the entry of " + entry.address + " has version " + std::to_string(version) + " now");
  }
  for (const auto& alias : changes.thread_aliases) {
    if (!task_exists(alias.task)) return no_such("task " + to_string(alias.task));
    if (!alias.task && aliases_.contains({tenant, alias.id_hash}))
      return failure(Errc::conflict, "another task has a mail that is named here");
  }
  return {};
}

Committed MemoryStore::apply(const Changes& changes) {
  const auto tenant = changes.tenant;
  Committed committed;
  for (const auto& change : changes.tasks) {
    Task task = change.task;
    task.tenant = tenant;
    if (!task.number) {
      task.number = TaskNumber{++last_task_[tenant]};
      committed.task = task.number;
    }
    tasks_.insert_or_assign(InTenant<TaskNumber>{tenant, task.number}, std::move(task));
  }
  const auto numbered = [&](TaskNumber task) { return task ? task : committed.task; };

  if (changes.decision) {
    auto& row = messages_.at(changes.decision->message);
    row.decision = changes.decision;
    if (row.decision->outcome == Outcome::task_opened) row.decision->task = numbered(row.decision->task);
  }
  for (const auto& timer : changes.timers_fired) timers_.erase({tenant, timer.task});
  for (const auto& timer : changes.timers_cleared) timers_.erase({tenant, numbered(timer.task)});
  for (const auto& timer : changes.timers_set) timers_[{tenant, numbered(timer.task)}] = timer.due_at;

  for (const auto& alarm : changes.alarms_opened)
    alarms_[{tenant, alarm.source}] = {.source = alarm.source, .task = numbered(alarm.task), .opened_at = changes.at};
  for (const auto& alarm : changes.alarms_closed) alarms_.erase({tenant, alarm.source});

  std::vector<SendId> made;
  for (const auto& send : changes.sends) {
    const SendId id{++last_send_};
    made.push_back(id);
    SendRow row{.tenant = tenant};
    row.stored = {.id = id,
                  .send = send,
                  .state = SendState::queued,
                  .attempts = 0,
                  .detail = {},
                  .created_at = changes.at,
                  .updated_at = changes.at};
    row.stored.send.task = numbered(send.task);
    sends_.insert_or_assign(id, std::move(row));
    queued_.insert(id);
  }
  for (const auto& outcome : changes.send_outcomes) {
    auto& row = sends_.at(outcome.send);
    row.stored.detail = outcome.detail;
    row.stored.updated_at = changes.at;
    row.lease = ++last_lease_;  // told once: this lease is over
    row.leased_until = {};
    if (outcome.kind == SendOutcome::Kind::deferred) {
      row.stored.send.due_at = outcome.next_attempt;
      continue;
    }
    row.stored.state = outcome.kind == SendOutcome::Kind::delivered ? SendState::delivered
                       : outcome.kind == SendOutcome::Kind::failed  ? SendState::failed
                                                                    : SendState::refused;
    queued_.erase(outcome.send);
  }
  for (const auto& bounced : changes.sends_bounced) {
    auto& row = sends_.at(bounced.send);
    row.stored.state = SendState::bounced;
    row.stored.detail = bounced.detail;
    row.stored.updated_at = changes.at;
    queued_.erase(bounced.send);
  }
  for (const auto& [entry, removed] : changes.suppressions) {
    if (removed) suppressions_.erase({tenant, entry.address});
    else suppressions_.insert_or_assign(InTenant<std::string>{tenant, entry.address}, entry);
  }
  for (auto alias : changes.thread_aliases) {
    alias.task = numbered(alias.task);
    aliases_.try_emplace({tenant, alias.id_hash}, alias);
  }
  std::size_t told = 0;  // the k-th "send.queued" without an id is about the k-th send
  for (auto event : changes.events) {
    event.task = numbered(event.task);
    if (event.kind == EventKind::send_queued && !event.send && told < made.size()) event.send = made[told++];
    append_event(tenant, std::move(event));
    committed.last_event = events_.back().stored.sequence;
  }
  return committed;
}

Result<std::vector<Result<Committed>>> MemoryStore::commit(std::span<const Changes> batch, Deadline /*deadline*/) {
  const std::lock_guard lock(mutex_);
  std::vector<Result<Committed>> answers;
  answers.reserve(batch.size());
  for (const auto& changes : batch) {
    if (auto checked = check(changes)) answers.emplace_back(apply(changes));
    else answers.emplace_back(tl::unexpected(std::move(checked).error()));
  }
  return answers;
}

}  // namespace orgo
