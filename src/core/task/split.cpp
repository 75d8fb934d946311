#include "core/task/split.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/task/command_draft.h"
#include "core/task/message_split.h"
#include "core/task/task_change.h"

namespace orgo::commands {
namespace {

Status check_split(const Task& task, const JoinedMessage& message) {
  ORGO_CHECK(check_not_merged(task));
  const auto id = to_string(message.id), number = to_string(task.number);
  const bool is_of_it =
      message.task == task.number || std::ranges::find(task.ties.merged, message.task) != task.ties.merged.end();
  if (!is_of_it || !message.is_work) return failure(Errc::invalid_input, id + " is no message of " + number);
  if (message.id == task.origin)
    return failure(Errc::invalid_input, id + " opened " + number + "; what came later can be split off");
  if (message.opened && message.task != task.number && !ORGO_PLANT(part_is_taken_away_by_its_first_mail))
    return failure(Errc::invalid_input, id + " opened " + to_string(message.task) + "; unmerge that to have it apart");
  if (message.is_ours) return failure(Errc::invalid_input, id + " was written by us");
  if (message.split_to)
    return failure(Errc::conflict, id + " was split off already, as " + to_string(message.split_to));
  if (task.ties.links.size() >= TaskTies::kLinksMax)
    return failure(Errc::conflict,
                   number + " has " + std::to_string(TaskTies::kLinksMax) + " links, which is the most");
  return {};
}

Task new_task(const Task& task, const JoinedMessage& message, std::string_view title, TimePoint now) {
  Task made{.tenant = task.tenant};
  made.state = TaskState::open;
  made.title = title.empty() ? message.subject : std::string(title);
  if (made.title.empty()) made.title = task.title;
  if (is_mail_address(message.from)) made.requester = mail_contact(message.from);
  made.team = task.team;
  made.priority = task.priority;
  made.escalation = task.escalation;
  made.escalation.level = 0;
  made.escalation.pace = {};
  made.escalation.started_at = now;
  for (auto& step : made.escalation.steps)  // who would be answered by it is who asked for the other
    if (step.effects) step.effects->replies.clear();
  made.sla = task.sla;
  if (made.sla) made.sla->told.clear();
  made.origin = message.id;
  made.created_at = made.updated_at = now;
  made.ties.links = {task.number};
  return made;
}

}  // namespace

Result<Changes> split_off(const Task& task, const JoinedMessage& message, std::string_view title,
                          std::string_view actor, TimePoint now, std::string_view told_at) {
  title = trim(title);
  ORGO_CHECK(check_name("the title", title, kTitleMax, true));
  ORGO_CHECK(check_split(task, message));
  CommandDraft before(task, actor, now);
  if (!is_open(task.state)) before.task.updated_at = task.updated_at;
  before.task.ties.links.insert(before.task.ties.links.begin(), TaskRef::nth_new(0));

  CommandDraft made(new_task(task, message, title, now), actor, now);
  made.task.version = 0;
  before.event(EventKind::task_split, [&](JsonWriter& json) { json.field("title", made.task.title); });
  made.event(EventKind::task_opened, [&](JsonWriter& json) {
    json.field("title", made.task.title).field("requester", to_string(made.task.requester));
    json.field("team", made.task.team).field("priority", to_string(made.task.priority));
    json.field("related", to_string(task.number));
  });
  made.notify(told_at.empty() ? std::string_view(made.task.team) : told_at, "task_opened");
  if (const auto deadline = next_deadline(made.task.escalation); deadline && !settles_later(made.task)) {
    made.task.due_at = deadline;
    made.changes.timers.push_back(deadline_set({}, *deadline));
  }
  auto opened = made.done();
  for (auto& event : opened.events) event.subject = TaskRef::nth_new(0);
  for (auto& send : opened.sends) send.subject = TaskRef::nth_new(0);
  for (auto& timer : opened.timers) timer.subject = TaskRef::nth_new(0);
  auto all = before.done();
  for (auto* changes : {&all, &opened})
    for (auto& event : changes->events) event.message = message.id;
  for (auto& event : opened.events) all.events.push_back(std::move(event));
  for (auto& send : opened.sends) all.sends.push_back(std::move(send));
  for (auto& timer : opened.timers) all.timers.push_back(std::move(timer));
  all.add(TaskChange{std::move(opened.find<TaskChange>()->task)});
  if (!ORGO_PLANT(answers_stay_where_they_were)) all.add(MessageSplit{message.id, TaskRef::nth_new(0)});
  return all;
}

}  // namespace orgo::commands
