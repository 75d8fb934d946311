#include <algorithm>

#include "adapter/sql/change_store.h"
#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

/// `opens`: the Changes opens a task, which 0 then means.
Status check_task(Connection& db, TenantId tenant, TaskNumber number, bool opens) {
  if (!number) return opens ? Status{} : failure(Errc::not_found, "these changes open no task that they could mean");
  Query query(db, "SELECT 1 FROM tasks WHERE tenant = ? AND number = ?");
  query.with(tenant.value, number.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no task " + to_string(number));
  return {};
}

/// All that can refuse a Changes, looked at before anything is written. Nobody else writes in between.
Status check(Connection& db, const Changes& changes) {
  const auto tenant = changes.tenant.value;
  if (changes.decision) {
    Query query(
        db,
        "SELECT d.message FROM messages m LEFT JOIN decisions d ON d.message = m.id WHERE m.id = ? AND m.tenant = ?");
    query.with(changes.decision->message.value, tenant);
    ORGO_TRY(row, query.next());
    if (!row) return failure(Errc::not_found, "there is no message " + to_string(changes.decision->message));
    if (!query.is_null(0))
      return failure(Errc::conflict, "message " + to_string(changes.decision->message) + " is decided already");
  }
  for (const auto& change : changes.tasks) {
    if (!change.task.number) continue;
    Query query(db, "SELECT version FROM tasks WHERE tenant = ? AND number = ?");
    query.with(tenant, change.task.number.value);
    ORGO_TRY(row, query.next());
    if (!row) return failure(Errc::not_found, "there is no task " + to_string(change.task.number));
    if (query.integer(0) + 1 != change.task.version)
      return failure(Errc::conflict, "task " + to_string(change.task.number) +
                                         " was changed by somebody else: it has version " +
                                         std::to_string(query.integer(0)) + " now");
  }
  const bool opens = std::ranges::any_of(changes.tasks, [](const TaskChange& change) { return !change.task.number; });
  if (changes.decision && changes.decision->task)
    ORGO_CHECK(check_task(db, changes.tenant, changes.decision->task, opens));
  for (const auto& set : changes.timers_set) ORGO_CHECK(check_task(db, changes.tenant, set.task, opens));
  for (const auto& send : changes.sends)
    if (send.task) ORGO_CHECK(check_task(db, changes.tenant, send.task, opens));
  for (const auto& fired : changes.timers_fired) {
    Query query(db, "SELECT 1 FROM timers WHERE tenant = ? AND task = ? AND due_at = ?");
    query.with(tenant, fired.task.value, to_ms(fired.due_at));
    ORGO_TRY(row, query.next());
    if (!row)
      return failure(Errc::conflict, "the deadline of task " + to_string(fired.task) + " has been dealt with already");
  }
  for (const auto& outcome : changes.send_outcomes) {
    Query query(db, "SELECT lease, state FROM outbox WHERE id = ? AND tenant = ?");
    query.with(outcome.send.value, tenant);
    ORGO_TRY(row, query.next());
    if (!row) return failure(Errc::not_found, "there is no send " + to_string(outcome.send));
    if (query.integer(0) != outcome.lease || query.integer(1) != static_cast<int>(SendState::queued))
      return failure(Errc::conflict, "the lease of send " + to_string(outcome.send) + " is not the newest");
  }
  const auto alarm_is_open = [&](const std::string& source) {
    Query query(db, "SELECT 1 FROM alarms WHERE tenant = ? AND source = ?");
    return query.with(tenant, source).next();
  };
  for (const auto& alarm : changes.alarms_opened) {
    ORGO_CHECK(check_task(db, changes.tenant, alarm.task, opens));
    ORGO_TRY(open, alarm_is_open(alarm.source));
    if (open) return failure(Errc::conflict, "the alarm of " + alarm.source + " is open already");
  }
  for (const auto& alarm : changes.alarms_closed) {
    ORGO_TRY(open, alarm_is_open(alarm.source));
    if (!open) return failure(Errc::conflict, "the alarm of " + alarm.source + " is not open");
  }
  for (const auto& bounced : changes.sends_bounced) {
    Query query(db, "SELECT state FROM outbox WHERE id = ? AND tenant = ?");
    query.with(bounced.send.value, tenant);
    ORGO_TRY(row, query.next());
    if (!row) return failure(Errc::not_found, "there is no send " + to_string(bounced.send));
    if (query.integer(0) == static_cast<int>(SendState::bounced))
      return failure(Errc::conflict, "send " + to_string(bounced.send) + " has bounced already");
  }
  for (const auto& change : changes.suppressions) {
    Query query(db, "SELECT version FROM suppressions WHERE tenant = ? AND address = ?");
    query.with(tenant, change.entry.address);
    ORGO_TRY(row, query.next());
    const auto version = row ? query.integer(0) : 0;
    if (version + 1 != change.entry.version)
      return failure(Errc::conflict,
                     "the entry of " + change.entry.address + " has version " + std::to_string(version) + " now");
  }
  for (const auto& alias : changes.thread_aliases) {
    ORGO_CHECK(check_task(db, changes.tenant, alias.task, opens));
    if (alias.task) continue;
    Query query(db, "SELECT task FROM thread_aliases WHERE tenant = ? AND id_hash = ?");
    query.with(tenant, alias.id_hash);
    ORGO_TRY(row, query.next());
    if (row)
      return failure(Errc::conflict,
                     "task " + to_string(TaskNumber{query.integer(0)}) + " has a mail that is named here");
  }
  return {};
}

Result<TaskNumber> next_task_number(Connection& db, TenantId tenant) {
  Query update(db, "UPDATE task_numbers SET last = last + 1 WHERE tenant = ? RETURNING last");
  update.with(tenant.value);
  ORGO_TRY(row, update.next());
  if (!row) return failure(Errc::not_found, "there is no tenant " + to_string(tenant));
  const TaskNumber number{update.integer(0)};
  ORGO_TRY(more, update.next());  // runs the statement to its end
  (void)more;
  return number;
}

Status write_task(Connection& db, TenantId tenant, const Task& task, TaskNumber number) {
  const auto escalation = sql::escalation_to_text(task.escalation);
  const auto tags = sql::tags_to_text(task.tags);
  const auto sla = task.sla ? to_text(*task.sla) : std::string();
  const auto fields = sql::fields_to_text(task.fields);
  const auto put = [&](Query& query) -> Query& {
    query.with(task.version, static_cast<int>(task.state), static_cast<int>(task.priority), task.title, task.requester,
               task.team, task.assignee, tags);
    if (task.due_at) {
      query.with(to_ms(*task.due_at));
    } else {
      query.with(nullptr);
    }
    return query.with(escalation, task.origin.value, to_ms(task.created_at), to_ms(task.updated_at), sla, task.type,
                      fields, tenant.value, number.value);
  };
  if (!task.number) {
    Query insert(db,
                 "INSERT INTO tasks (version, state, priority, title, requester, team, assignee, tags, due_at, "
                 "escalation, origin, "
                 "created_at, updated_at, sla, type, fields, tenant, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                 "?, ?, ?, ?, ?, ?, ?)");
    return put(insert).run();
  }
  Query update(db,
               "UPDATE tasks SET version = ?, state = ?, priority = ?, title = ?, requester = ?, team = ?, assignee = "
               "?, tags = ?, due_at = ?, "
               "escalation = ?, origin = ?, created_at = ?, updated_at = ?, sla = ?, type = ?, fields = ? WHERE tenant "
               "= ? AND number = ?");
  return put(update).run();
}

Status write_outcome(Connection& db, const SendOutcome& outcome, TimePoint at) {
  if (outcome.kind == SendOutcome::Kind::deferred) {
    Query update(db, "UPDATE outbox SET visible_at = ?, detail = ?, updated_at = ?, lease = lease + 1 WHERE id = ?");
    update.with(to_ms(outcome.next_attempt), outcome.detail, to_ms(at), outcome.send.value);
    return update.run();
  }
  const auto state = outcome.kind == SendOutcome::Kind::delivered ? SendState::delivered
                     : outcome.kind == SendOutcome::Kind::failed  ? SendState::failed
                                                                  : SendState::refused;
  Query update(db, "UPDATE outbox SET state = ?, detail = ?, updated_at = ? WHERE id = ?");
  update.with(static_cast<int>(state), outcome.detail, to_ms(at), outcome.send.value);
  return update.run();
}

Result<Committed> apply(Connection& db, const Changes& changes) {
  ORGO_CHECK(check(db, changes));
  Committed committed;
  const auto tenant = changes.tenant;
  for (const auto& change : changes.tasks) {
    auto number = change.task.number;
    if (!number) {
      ORGO_TRY(fresh, next_task_number(db, tenant));
      committed.task = fresh;
      number = fresh;
    }
    ORGO_CHECK(write_task(db, tenant, change.task, number));
  }
  const auto task_of = [&](TaskNumber named) { return named ? named.value : committed.task.value; };
  if (changes.decision) {
    const auto& decision = *changes.decision;
    Query insert(db,
                 "INSERT INTO decisions (message, tenant, outcome, task, decided_at, subject, sender, reason, "
                 "rules_version, trace) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.with(decision.message.value, tenant.value, static_cast<int>(decision.outcome), task_of(decision.task),
                to_ms(changes.at), decision.subject, decision.from, decision.reason, decision.rules_version,
                decision.trace);
    ORGO_CHECK(insert.run());
  }
  std::vector<SendId> sends;
  for (const auto& send : changes.sends) {
    Query insert(
        db,
        "INSERT INTO outbox (tenant, kind, channel, recipient, priority, task, message, template, note, state, "
        "attempts, lease, "
        "visible_at, detail, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0, ?, '', ?, ?)");
    insert.with(tenant.value, static_cast<int>(send.kind), send.channel, send.recipient, send.priority,
                task_of(send.task), send.message.value, send.template_name, send.note, to_ms(send.due_at),
                to_ms(changes.at), to_ms(changes.at));
    ORGO_CHECK(insert.run());
    sends.push_back({db.last_insert_id()});
  }
  std::size_t queued = 0;
  for (const auto& event : changes.events) {
    // The n-th send_queued event is about the n-th send.
    auto send = event.send;
    if (event.kind == EventKind::send_queued && !send && queued < sends.size()) send = sends[queued++];
    ORGO_CHECK(sql::insert_event(db, tenant, event, committed.task, send));
    committed.last_event = db.last_insert_id();
  }
  for (const auto& fired : changes.timers_fired) {
    Query remove(db, "DELETE FROM timers WHERE tenant = ? AND task = ?");
    ORGO_CHECK(remove.with(tenant.value, fired.task.value).run());
  }
  for (const auto& cleared : changes.timers_cleared) {
    Query remove(db, "DELETE FROM timers WHERE tenant = ? AND task = ?");
    ORGO_CHECK(remove.with(tenant.value, cleared.task.value).run());
  }
  for (const auto& set : changes.timers_set) {
    Query insert(db,
                 "INSERT INTO timers (tenant, task, due_at) VALUES (?, ?, ?) ON CONFLICT (tenant, task) DO UPDATE SET "
                 "due_at = excluded.due_at");
    ORGO_CHECK(insert.with(tenant.value, task_of(set.task), to_ms(set.due_at)).run());
  }
  for (const auto& alarm : changes.alarms_opened) {
    Query insert(db, "INSERT INTO alarms (tenant, source, task, opened_at) VALUES (?, ?, ?, ?)");
    ORGO_CHECK(insert.with(tenant.value, alarm.source, task_of(alarm.task), to_ms(changes.at)).run());
  }
  for (const auto& alarm : changes.alarms_closed) {
    Query remove(db, "DELETE FROM alarms WHERE tenant = ? AND source = ?");
    ORGO_CHECK(remove.with(tenant.value, alarm.source).run());
  }
  for (const auto& outcome : changes.send_outcomes) ORGO_CHECK(write_outcome(db, outcome, changes.at));
  for (const auto& bounced : changes.sends_bounced) {
    Query update(db, "UPDATE outbox SET state = 5, detail = ?, updated_at = ? WHERE id = ?");
    ORGO_CHECK(update.with(bounced.detail, to_ms(changes.at), bounced.send.value).run());
  }
  for (const auto& change : changes.suppressions) ORGO_CHECK(sql::write_suppression(db, tenant, change));
  for (const auto& alias : changes.thread_aliases) {
    Query insert(db,
                 "INSERT INTO thread_aliases (tenant, id_hash, task, send) VALUES (?, ?, ?, ?) ON CONFLICT (tenant, "
                 "id_hash) DO NOTHING");
    ORGO_CHECK(insert.with(tenant.value, alias.id_hash, task_of(alias.task), alias.send.value).run());
  }
  return committed;
}

}  // namespace

Result<std::vector<Result<Committed>>> SqlChangeStore::commit(std::span<const Changes> batch, Deadline deadline) {
  std::vector<TenantId> tenants;
  for (const auto& changes : batch) tenants.push_back(changes.tenant);
  return engine_.write(
      std::move(tenants),
      [&](sql::Transaction& tx) -> Result<std::vector<Result<Committed>>> {
        std::vector<Result<Committed>> answers;
        answers.reserve(batch.size());
        for (const auto& changes : batch) {
          auto answer = apply(tx.connection(), changes);
          // A refusal is about this Changes alone; trouble of the engine ends the transaction.
          if (!answer && answer.error().code != Errc::conflict && answer.error().code != Errc::not_found)
            return tl::unexpected(std::move(answer).error());
          answers.push_back(std::move(answer));
        }
        return answers;
      },
      deadline);
}

}  // namespace orgo
