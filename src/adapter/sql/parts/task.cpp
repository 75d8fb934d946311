#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"
#include "adapter/sql/rows.h"

namespace orgo::sql {
namespace {

/// The columns of a task that are text made of it; bound text must live until the statement has run.
struct TaskTexts {
  explicit TaskTexts(const Task& task)
      : requester(to_string(task.requester)), escalation(escalation_to_text(task.escalation)),
        tags(tags_to_text(task.tags)), sla(task.sla ? to_text(*task.sla) : std::string()),
        fields(fields_to_text(task.fields)) {}
  std::string requester, escalation, tags, sla, fields;
};

std::optional<std::int64_t> due_of(const Task& task) {
  return task.due_at ? std::optional(to_ms(*task.due_at)) : std::nullopt;
}

Status insert_task(Tx& tx, const Task& task, const TaskTexts& texts) {
  const auto number = tx.next_task().value;
  return tx.transaction.late().add(late_tasks(), tx.tenant.value, number, tx.tenant.value, number, task.version,
                                   static_cast<int>(task.state), static_cast<int>(task.priority), task.title,
                                   texts.requester, task.team, task.assignee, texts.tags, due_of(task),
                                   texts.escalation, task.origin.value, to_ms(task.created_at), to_ms(task.updated_at),
                                   texts.sla, task.type, texts.fields);
}

}  // namespace

Status check(Tx& tx, const TaskChange& change) {
  const auto& task = change.task;
  if (!task.number) return {};
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
  const TaskTexts texts(task);
  if (!task.number) return insert_task(tx, task, texts);
  Query update(tx.db,
               "UPDATE tasks SET version = ?, state = ?, priority = ?, title = ?, requester = ?, team = ?, assignee = "
               "?, tags = ?, due_at = ?, escalation = ?, origin = ?, created_at = ?, updated_at = ?, sla = ?, type = "
               "?, fields = ? WHERE tenant = ? AND number = ? AND version = ?");
  update.with(task.version, static_cast<int>(task.state), static_cast<int>(task.priority), task.title, texts.requester,
              task.team, task.assignee, texts.tags, due_of(task), texts.escalation, task.origin.value,
              to_ms(task.created_at), to_ms(task.updated_at), texts.sla, task.type, texts.fields, tx.tenant.value,
              task.number.value, task.version - 1);
  ORGO_CHECK(update.run());
  return must_have_changed(tx.db, "task " + to_string(task.number));
}

}  // namespace orgo::sql
