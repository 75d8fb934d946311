#include "core/task/merge_tasks.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/task/command_draft.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"

namespace orgo {

Result<Task> end_of_merges(Task task, const commands::FindTask& find) {
  for (std::size_t i = 0; task.ties.into && i < TaskTies::kMergedMax + 1; ++i) {
    ORGO_TRY(next, find(task.ties.into));
    task = std::move(next);
  }
  return task;
}

namespace commands {
namespace {

bool is_among(const std::vector<TaskNumber>& numbers, TaskNumber one) {
  return std::ranges::find(numbers, one) != numbers.end();
}

/// It has no work any more that could be late; unmerged, it begins without.
void end_date(CommandDraft& draft) {
  draft.event(EventKind::task_due, [&](JsonWriter& json) { json.field("from", to_rfc3339(*draft.task.due_at)); });
  draft.task.due_at.reset();
  draft.changes.timers.push_back(overdue_cleared(draft.task.number));
}

Status check_merge(const Task& task, const Task& into) {
  const auto one = to_string(task.number), other = to_string(into.number);
  if (task.number == into.number) return failure(Errc::invalid_input, one + " can't be merged into itself");
  if (task.ties.into)
    return failure(Errc::conflict,
                   one + " was merged into " + to_string(task.ties.into) + " already; unmerge it first");
  if (into.ties.into)
    return failure(Errc::conflict, other + " was merged into " + to_string(into.ties.into) + "; merge into that one");
  if (is_open(task.state) && !is_open(into.state) && !ORGO_PLANT(open_work_ends_in_what_is_done))
    return failure(Errc::conflict, other + " is " + std::string(to_string(into.state)) + "; reopen it first");
  if (into.ties.merged.size() + 1 + task.ties.merged.size() > TaskTies::kMergedMax)
    return failure(Errc::conflict,
                   "more than " + std::to_string(TaskTies::kMergedMax) + " tasks would be one in " + other);
  return {};
}

/// Who asked for `task` and for what was merged into it has a part in `into`.
void take_people(const Task& task, Task& into) {
  auto& people = into.ties.people;
  if (is_mail_address(task.requester.address)) people.push_back({task.number, task.requester.address});
  people.insert(people.end(), task.ties.people.begin(), task.ties.people.end());
}

}  // namespace

Result<Changes> merge_into(const Task& task, const Task& into, std::string_view actor, TimePoint now) {
  if (task.ties.into && is_among(into.ties.merged, task.number)) return Changes{.tenant = task.tenant, .at = now};
  ORGO_CHECK(check_merge(task, into));
  CommandDraft closed(task, actor, now);
  if (task.state != TaskState::closed) closed.change_state(TaskState::closed);
  if (task.due_at && !ORGO_PLANT(date_of_what_was_merged_stays)) end_date(closed);
  closed.task.ties.into = into.number;
  closed.event(EventKind::task_merged,
               [&](JsonWriter& json) { json.field("into", to_string(into.number)).field("title", into.title); });

  CommandDraft grown(into, actor, now);
  if (!is_open(into.state)) grown.task.updated_at = into.updated_at;
  auto& merged = grown.task.ties.merged;
  merged.push_back(task.number);
  merged.insert(merged.end(), task.ties.merged.begin(), task.ties.merged.end());
  if (!ORGO_PLANT(requester_of_what_was_merged_is_a_stranger)) take_people(task, grown.task);
  grown.event(EventKind::task_merged, [&](JsonWriter& json) {
    json.field("task", to_string(task.number)).field("title", task.title);
    json.field("requester", to_string(task.requester));
  });
  grown.touched_by_person();
  return closed.done_with(std::move(grown));
}

Result<Changes> unmerge(const Task& task, const Task& from, std::string_view actor, TimePoint now) {
  const auto one = to_string(task.number);
  if (!task.ties.into || task.ties.into != from.number)
    return failure(Errc::conflict, one + " was not merged into another task");
  if (from.ties.into)
    return failure(Errc::conflict, to_string(from.number) + ", into which " + one + " was merged, is merged into " +
                                       to_string(from.ties.into) + " itself; unmerge that one first");
  CommandDraft again(task, actor, now);
  again.task.ties.into = {};
  again.event(EventKind::task_unmerged,
              [&](JsonWriter& json) { json.field("task", to_string(from.number)).field("title", from.title); });
  reopen_within(again.changes, again.task, now);
  again.event(EventKind::task_reopened,
              [&](JsonWriter& json) { json.field("from", to_string(task.state)).field("to", "open"); });

  CommandDraft less(from, actor, now);
  if (!is_open(from.state)) less.task.updated_at = from.updated_at;
  const auto is_of_it = [&](TaskNumber number) { return number == task.number || is_among(task.ties.merged, number); };
  std::erase_if(less.task.ties.merged, is_of_it);
  std::erase_if(less.task.ties.people, [&](const MergedPerson& person) { return is_of_it(person.of); });
  less.event(EventKind::task_unmerged,
             [&](JsonWriter& json) { json.field("task", to_string(task.number)).field("title", task.title); });
  return again.done_with(std::move(less));
}

}  // namespace commands
}  // namespace orgo
