#include <algorithm>

#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"
#include "adapter/sql/rows.h"

namespace orgo::sql {
namespace {

/// Its links with the numbers of those that are new.
TaskTies resolved(const Tx& tx, TaskTies ties) {
  for (auto& link : ties.links) link = tx.number(link);
  std::ranges::sort(ties.links);
  return ties;
}

/// The columns of a task that are text made of it; bound text must live until the statement has run.
struct TaskTexts {
  TaskTexts(const Tx& tx, const Task& task)
      : requester(to_string(task.requester)), escalation(escalation_to_text(task.escalation)),
        tags(tags_to_text(task.tags)), sla(task.sla ? to_text(*task.sla) : std::string()),
        fields(fields_to_text(task.fields)), ties(ties_to_text(resolved(tx, task.ties))) {}
  std::string requester, escalation, tags, sla, fields, ties;
};

std::optional<std::int64_t> column_of(const std::optional<TimePoint>& time) {
  return time ? std::optional(to_ms(*time)) : std::nullopt;
}

Status insert_task(Tx& tx, const Task& task, const TaskTexts& texts) {
  const auto number = tx.next_task().value;
  return tx.transaction.late().add(late_tasks(), tx.tenant.value, number, tx.tenant.value, number, task.version,
                                   static_cast<int>(task.state), static_cast<int>(task.priority), task.title,
                                   texts.requester, task.team, task.assignee, texts.tags, column_of(task.due_at),
                                   texts.escalation, task.origin.value, to_ms(task.created_at), to_ms(task.updated_at),
                                   texts.sla, task.type, texts.fields, column_of(task.pending_until), texts.ties);
}

}  // namespace

Status check(Tx& tx, const TaskChange& change) {
  const auto& task = change.task;
  if (!task.number) return {};
  if (tx.ahead != nullptr && tx.ahead->has_version(tx.tenant, task.number, task.version - 1)) {
    tx.found(task.number);
    return {};
  }
  ORGO_CHECK(tx.transaction.late().settle(late_tasks(), tx.tenant.value, task.number.value));
  Query query(tx.db, "SELECT version FROM tasks WHERE tenant = ? AND number = ?");
  query.with(tx.tenant.value, task.number.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no task " + to_string(task.number));
  const auto version = query.integer(0);
  if (version + 1 != task.version)
    return failure(Errc::conflict, "task " + to_string(task.number) + " was changed by somebody else: it has version " +
                                       std::to_string(version) + " now");
  tx.found(task.number);
  return {};
}

Status apply(Tx& tx, const TaskChange& change) {
  const auto& task = change.task;
  const TaskTexts texts(tx, task);
  if (!task.number) return insert_task(tx, task, texts);
  Query update(tx.db,
               "UPDATE tasks SET version = ?, state = ?, priority = ?, title = ?, requester = ?, team = ?, assignee = "
               "?, tags = ?, due_at = ?, escalation = ?, origin = ?, created_at = ?, updated_at = ?, sla = ?, type = "
               "?, fields = ?, pending_until = ?, ties = ? WHERE tenant = ? AND number = ? AND version = ?");
  update.with(task.version, static_cast<int>(task.state), static_cast<int>(task.priority), task.title, texts.requester,
              task.team, task.assignee, texts.tags, column_of(task.due_at), texts.escalation, task.origin.value,
              to_ms(task.created_at), to_ms(task.updated_at), texts.sla, task.type, texts.fields,
              column_of(task.pending_until), texts.ties, tx.tenant.value, task.number.value, task.version - 1);
  return run_and_change(tx.db, update, "task " + to_string(task.number));
}

}  // namespace orgo::sql
