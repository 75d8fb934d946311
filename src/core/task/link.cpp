#include "core/task/link.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "core/task/command_draft.h"

namespace orgo::commands {
namespace {

bool is_linked(const Task& task, TaskNumber other) {
  return std::ranges::binary_search(task.ties.links, TaskRef(other));
}

/// One side. What is done stays as old as it is: a link is no reason to open it by the next reply.
CommandDraft side(const Task& task, const Task& other, EventKind kind, std::string_view actor, TimePoint now) {
  CommandDraft draft(task, actor, now);
  if (!is_open(task.state)) draft.task.updated_at = task.updated_at;
  auto& links = draft.task.ties.links;
  const auto place = std::ranges::lower_bound(links, TaskRef(other.number));
  if (kind == EventKind::task_linked) links.insert(place, other.number);
  else links.erase(place);
  draft.event(kind, [&](JsonWriter& json) { json.field("task", to_string(other.number)).field("title", other.title); });
  return draft;
}

Status check_room(const Task& task) {
  if (task.ties.links.size() < TaskTies::kLinksMax) return {};
  return failure(Errc::conflict,
                 to_string(task.number) + " has " + std::to_string(TaskTies::kLinksMax) + " links, which is the most");
}

Result<Changes> both(const Task& task, const Task& other, EventKind kind, std::string_view actor, TimePoint now) {
  if (task.number == other.number)
    return failure(Errc::invalid_input, to_string(task.number) + " can't be linked with itself");
  const bool wanted = kind == EventKind::task_linked;
  const bool change_one = is_linked(task, other.number) != wanted,
             change_other = is_linked(other, task.number) != wanted;
  if (!change_one && !change_other) return Changes{.tenant = task.tenant, .at = now};
  ORGO_CHECK(check_not_merged(task));
  if (wanted) ORGO_CHECK(check_not_merged(other));
  if (wanted && change_one) ORGO_CHECK(check_room(task));
  if (wanted && change_other) ORGO_CHECK(check_room(other));
  // One side alone was linked when a task was opened beside one that had no room; each says what it changes.
  if (!change_other || ORGO_PLANT(link_is_seen_from_one_side)) return side(task, other, kind, actor, now).done();
  auto there = side(other, task, kind, actor, now);
  if (!change_one) return std::move(there).done();
  return side(task, other, kind, actor, now).done_with(std::move(there));
}

}  // namespace

Result<Changes> link(const Task& task, const Task& other, std::string_view actor, TimePoint now) {
  return both(task, other, EventKind::task_linked, actor, now);
}

Result<Changes> unlink(const Task& task, const Task& other, std::string_view actor, TimePoint now) {
  return both(task, other, EventKind::task_unlinked, actor, now);
}

}  // namespace orgo::commands
