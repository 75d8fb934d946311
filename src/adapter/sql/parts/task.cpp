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

/// Binds what both statements below begin with.
Query& bind_task(Query& query, const Task& task, const TaskTexts& texts) {
  query.with(task.version, static_cast<int>(task.state), static_cast<int>(task.priority), task.title, texts.requester,
             task.team, task.assignee, texts.tags);
  if (task.due_at) query.with(to_ms(*task.due_at));
  else query.with(nullptr);
  return query.with(texts.escalation, task.origin.value, to_ms(task.created_at), to_ms(task.updated_at), texts.sla,
                    task.type, texts.fields);
}

}  // namespace

Status check(Tx& tx, const TaskChange& change) {
  const auto& task = change.task;
  if (!task.number) return {};
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
  if (!task.number) {
    Query insert(tx.db,
                 "INSERT INTO tasks (version, state, priority, title, requester, team, assignee, tags, due_at, "
                 "escalation, origin, created_at, updated_at, sla, type, fields, tenant, number) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    return bind_task(insert, task, texts).with(tx.tenant.value, tx.next_task().value).run();
  }
  Query update(tx.db,
               "UPDATE tasks SET version = ?, state = ?, priority = ?, title = ?, requester = ?, team = ?, assignee = "
               "?, tags = ?, due_at = ?, escalation = ?, origin = ?, created_at = ?, updated_at = ?, sla = ?, type = "
               "?, fields = ? WHERE tenant = ? AND number = ? AND version = ?");
  bind_task(update, task, texts).with(tx.tenant.value, task.number.value, task.version - 1);
  ORGO_CHECK(update.run());
  return must_have_changed(tx.db, "task " + to_string(task.number));
}

}  // namespace orgo::sql
