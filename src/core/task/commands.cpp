#include "core/task/commands.h"

#include <algorithm>
#include <string>

#include "base/planted.h"
#include "base/text.h"
#include "core/task/command_draft.h"
#include "core/task/lifecycle.h"

namespace orgo {

void reopen_within(Changes& changes, Task& task, TimePoint now) {
  task.state = TaskState::open;
  if (!ORGO_PLANT(reopened_chain_goes_on)) task.escalation.level = 0;
  task.escalation.started_at = now;
  const auto by_hand = task.due_at;
  if (settles_later(task)) {
    if (counts_business_time(task.escalation)) task.due_at.reset();  // escalate() knows the calendar, and looks at once
    changes.timers.push_back(deadline_set(task.number, now));
  } else if (const auto deadline = next_deadline(task.escalation)) {
    task.due_at = *deadline;
    changes.timers.push_back(deadline_set(task.number, *deadline));
  }
  // The deadline is the chain's now, whose steps tell; one that stays and has not passed rings again.
  if (by_hand && task.due_at != by_hand) changes.timers.push_back(overdue_cleared(task.number));
}

namespace commands {

Result<Changes> assign(const Task& task, std::string_view who, std::string_view actor, TimePoint now,
                       std::string_view told_at) {
  who = trim(who);
  ORGO_CHECK(check_name("the assignee", who, kNameMax, true));
  ORGO_CHECK(check_not_done(task));
  if (task.assignee == who)
    return nothing_to_do(
        task, who.empty() ? "is assigned to nobody already" : "is assigned to " + task.assignee + " already");
  CommandDraft draft(task, actor, now);
  draft.task.assignee = who;
  draft.event(EventKind::task_assigned,
              [&](JsonWriter& json) { json.field("from", task.assignee).field("to", draft.task.assignee); });
  draft.touched_by_person();
  if (actor != "user:" + draft.task.assignee)
    draft.notify(told_at.empty() ? std::string_view(draft.task.assignee) : told_at, "task_assigned");
  return draft.done();
}

Result<Changes> set_state(const Task& task, TaskState state, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_not_merged(task));
  ORGO_CHECK(check_move(task.number, task.state, state));
  CommandDraft draft(task, actor, now);
  draft.change_state(state);
  return draft.done();
}

Result<Changes> acknowledge(const Task& task, std::string_view actor, TimePoint now) {
  return set_state(task, TaskState::acknowledged, actor, now);
}
Result<Changes> resolve(const Task& task, std::string_view actor, TimePoint now) {
  return set_state(task, TaskState::resolved, actor, now);
}
Result<Changes> close(const Task& task, std::string_view actor, TimePoint now) {
  return set_state(task, TaskState::closed, actor, now);
}

Result<Changes> reopen(const Task& task, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_not_merged(task));
  if (is_open(task.state))
    return nothing_to_do(task,
                         "is " + std::string(to_string(task.state)) + "; only a resolved or closed task is reopened");
  CommandDraft draft(task, actor, now);
  reopen_within(draft.changes, draft.task, now);
  draft.event(EventKind::task_reopened,
              [&](JsonWriter& json) { json.field("from", to_string(task.state)).field("to", "open"); });
  return draft.done();
}

Result<Changes> set_priority(const Task& task, Priority priority, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_not_done(task));
  if (task.priority == priority)
    return nothing_to_do(task, "has the priority " + std::string(to_string(priority)) + " already");
  CommandDraft draft(task, actor, now);
  draft.task.priority = priority;
  draft.event(EventKind::task_priority,
              [&](JsonWriter& json) { json.field("from", to_string(task.priority)).field("to", to_string(priority)); });
  draft.touched_by_person();
  return draft.done();
}

Result<Changes> comment(const Task& task, std::string_view text, std::string_view actor, TimePoint now) {
  text = trim(text);
  if (text.empty()) return failure(Errc::invalid_input, "the comment is empty");
  if (text.size() > kCommentMax)
    return failure(Errc::invalid_input, "the comment has " + std::to_string(text.size()) + " bytes, at most " +
                                            std::to_string(kCommentMax) + " are allowed");
  // Written as JSON, a control character takes six bytes, and an event holds at most 64 KiB.
  const auto controls = std::count_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
  });
  if (controls != 0) return failure(Errc::invalid_input, "the comment has control characters");
  CommandDraft draft(task, actor, now);
  draft.event(EventKind::task_commented, [&](JsonWriter& json) { json.field("text", text); });
  draft.touched_by_person();
  return draft.done();
}

Result<Changes> tag(const Task& task, std::string_view name, std::string_view actor, TimePoint now) {
  name = trim(name);
  ORGO_CHECK(check_name("the tag", name, kTagMax, false));
  ORGO_CHECK(check_not_merged(task));
  if (std::find(task.tags.begin(), task.tags.end(), name) != task.tags.end())
    return nothing_to_do(task, "has the tag '" + std::string(name) + "' already");
  if (task.tags.size() >= kTagsMax)
    return failure(Errc::invalid_input,
                   to_string(task.number) + " has " + std::to_string(kTagsMax) + " tags, which is the most");
  CommandDraft draft(task, actor, now);
  draft.task.tags.emplace_back(name);
  draft.event(EventKind::task_tagged, [&](JsonWriter& json) { json.field("added", name); });
  return draft.done();
}

Result<Changes> untag(const Task& task, std::string_view name, std::string_view actor, TimePoint now) {
  name = trim(name);
  ORGO_CHECK(check_name("the tag", name, kTagMax, false));
  ORGO_CHECK(check_not_merged(task));
  const auto at = std::find(task.tags.begin(), task.tags.end(), name);
  if (at == task.tags.end()) return nothing_to_do(task, "has no tag '" + std::string(name) + "'");
  CommandDraft draft(task, actor, now);
  draft.task.tags.erase(draft.task.tags.begin() + (at - task.tags.begin()));
  draft.event(EventKind::task_tagged, [&](JsonWriter& json) { json.field("removed", name); });
  return draft.done();
}

Result<Changes> set_due(const Task& task, std::optional<TimePoint> due_at, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_not_done(task));
  if (task.due_at == due_at) return nothing_to_do(task, due_at ? "is due then already" : "has no deadline already");
  CommandDraft draft(task, actor, now);
  draft.task.due_at = due_at;
  draft.event(EventKind::task_due, [&](JsonWriter& json) {
    if (task.due_at) json.field("from", to_rfc3339(*task.due_at));
    if (due_at) json.field("to", to_rfc3339(*due_at));
  });
  draft.changes.timers.push_back(due_at ? overdue_set(task.number, *due_at) : overdue_cleared(task.number));
  draft.touched_by_person();
  return draft.done();
}

Result<Changes> set_sla(const Task& task, std::optional<TaskSla> sla, std::string_view actor, TimePoint now) {
  ORGO_CHECK(check_not_done(task));
  const auto name_of = [](const std::optional<TaskSla>& one) { return one ? one->sla.name : std::string("none"); };
  if (name_of(task.sla) == name_of(sla))
    return nothing_to_do(task,
                         sla ? "has the service level " + name_of(sla) + " already" : "has no service level already");
  CommandDraft draft(task, actor, now);
  draft.task.sla = std::move(sla);
  draft.event(EventKind::task_sla,
              [&](JsonWriter& json) { json.field("from", name_of(task.sla)).field("to", name_of(draft.task.sla)); });
  draft.touched_by_person();
  // Without clocks and open time the chain alone says when it wakes; else escalate() does, at once.
  const auto next = escalates(draft.task.state) ? next_deadline(draft.task.escalation) : std::nullopt;
  draft.changes.timers.push_back(next ? deadline_set(task.number, *next) : deadline_cleared(task.number));
  return draft.done();
}

Result<Changes> set_fields(const Task& task, const std::vector<TaskField>& fields, std::string_view actor,
                           TimePoint now) {
  ORGO_CHECK(check_not_merged(task));
  CommandDraft draft(task, actor, now);
  for (const auto& field : fields) {
    if (!field.value.empty()) ORGO_CHECK(check_name("the value of " + field.name, field.value, kFieldMax, false));
    auto& all = draft.task.fields;
    auto known = std::find_if(all.begin(), all.end(), [&](const TaskField& one) { return one.name == field.name; });
    if (known == all.end()) {
      if (all.size() >= kFieldsMax)
        return failure(Errc::invalid_input,
                       to_string(task.number) + " has " + std::to_string(kFieldsMax) + " fields, which is the most");
      known = all.insert(all.end(), {field.name, field.label, {}, {}});
    }
    if (known->value == field.value && known->problem == field.problem) continue;
    draft.event(EventKind::task_field, [&](JsonWriter& json) {
      json.field("field", field.name).field("from", known->value).field("to", field.value);
    });
    *known = field;
  }
  if (draft.changes.events.empty()) return nothing_to_do(task, "has these values already");
  draft.touched_by_person();
  return draft.done();
}

Result<Changes> route(const Task& task, std::string_view team, std::string_view actor, TimePoint now,
                      std::string_view told_at) {
  team = trim(team);
  ORGO_CHECK(check_name("the team", team, kNameMax, false));
  ORGO_CHECK(check_not_done(task));
  if (task.team == team) return nothing_to_do(task, "is with " + task.team + " already");
  CommandDraft draft(task, actor, now);
  draft.task.team = team;
  draft.event(EventKind::task_routed, [&](JsonWriter& json) { json.field("from", task.team).field("to", team); });
  draft.notify(told_at.empty() ? team : told_at, "task_opened");
  return draft.done();
}

}  // namespace commands
}  // namespace orgo
