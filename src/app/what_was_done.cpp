#include "app/what_was_done.h"

#include "app/local_time.h"
#include "app/output.h"
#include "base/id.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

/// "T-12 is pending until 2026-12-04T09:00:00Z, due 2026-12-05T16:00:00Z, priority normal, team desk, assigned to anna"
std::string how_it_stands(const json::object& task, const TimeZone& zone) {
  const auto assignee = text_of(task, "assignee"), until = text_of(task, "pending_until");
  const auto due = text_of(task, "due_at");
  return text_of(task, "id") + " is " + text_of(task, "state") +
         (until.empty() ? "" : " until " + local_time(until, zone)) +
         (due.empty() ? "" : ", due " + local_time(due, zone)) + ", priority " + text_of(task, "priority") + ", team " +
         cell(text_of(task, "team")) + (assignee.empty() ? "" : ", assigned to " + cell(assignee));
}

std::string other_task(const std::string& value) {
  const auto number = parse_id<TaskTag>(trim(value));
  return number ? to_string(*number) : cell(value, 40);
}

}  // namespace

std::string what_was_done(const commands::Command& command, const std::string& value, const json::object& task,
                          const TimeZone& zone) {
  const auto id = text_of(task, "id");
  if (ORGO_PLANT(only_the_state_is_told)) return how_it_stands(task, zone);
  if (command.name == "link") return id + " is linked with " + other_task(value);
  if (command.name == "unlink") return id + " is not linked with " + other_task(value) + " any more";
  if (command.name == "merge")
    return id + " is merged into " + text_of(task, "merged_into") +
           ", where its messages, notes and later mails are from now on; `orgo task unmerge " + id + "` takes it back";
  if (command.name == "unmerge") return id + " is a task of its own again: " + how_it_stands(task, zone);
  if (command.name == "split") return id + " is split off: " + how_it_stands(task, zone);
  if (command.name == "due") {
    const auto due = text_of(task, "due_at");
    return id + (due.empty() ? " has no date any more" : " is due " + local_time(due, zone));
  }
  return how_it_stands(task, zone);
}

std::string why_not(const std::string& task, const std::string& why) {
  for (auto at = why.find(task); at != std::string::npos; at = why.find(task, at + 1)) {
    const auto behind = at + task.size();
    if (behind == why.size() || why[behind] < '0' || why[behind] > '9') return why;
  }
  return task + ": " + why;
}

}  // namespace orgo
