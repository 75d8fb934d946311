#include "core/task/task.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {

std::string_view to_string(TaskState state) {
  switch (state) {
    case TaskState::fresh:
      return "new";
    case TaskState::open:
      return "open";
    case TaskState::pending:
      return "pending";
    case TaskState::acknowledged:
      return "acknowledged";
    case TaskState::resolved:
      return "resolved";
    case TaskState::closed:
      return "closed";
  }
  return "unknown";
}

std::optional<TaskState> parse_task_state(std::string_view text) {
  for (int i = 1; i <= 6; ++i)
    if (ascii_iequals(text, to_string(static_cast<TaskState>(i)))) return static_cast<TaskState>(i);
  return std::nullopt;
}

bool is_open(TaskState state) {
  return state != TaskState::resolved && state != TaskState::closed;
}

bool is_overdue(const Task& task, TimePoint now) {
  return is_open(task.state) && task.due_at && *task.due_at <= now;
}

bool has_asked(const Task& task, std::string_view address) {
  return is_same_address(address, task.requester.address) ||
         std::ranges::any_of(task.ties.people, [&](const auto& one) { return is_same_address(one.address, address); });
}

std::vector<std::string> who_asked(const Task& task) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& address) {
    const auto same = [&](const std::string& one) { return is_same_address(one, address); };
    if (is_mail_address(address) && std::ranges::none_of(all, same)) all.push_back(address);
  };
  if (task.requester.kind == ContactKind::mail) add(task.requester.address);
  for (const auto& person : task.ties.people) add(person.address);
  return all;
}

Task as_asked_by(const Task& task, std::string_view address, MessageId origin) {
  Task theirs = task;
  theirs.requester = mail_contact(std::string(address));
  theirs.ties.people.clear();
  theirs.origin = origin;
  return theirs;
}

std::optional<TaskNumber> part_asked_by(const Task& task, std::string_view address) {
  if (task.requester.kind == ContactKind::mail && is_same_address(task.requester.address, address)) return std::nullopt;
  for (const auto& person : task.ties.people)
    if (is_same_address(person.address, address)) return person.of;
  return std::nullopt;
}

Task as_known_to_part(const Task& task, const Task& part) {
  auto theirs = as_asked_by(task, part.requester.address, part.origin);
  if (!ORGO_PLANT(a_part_reads_the_others_title)) theirs.title = part.title;
  return theirs;
}

bool needs_history(const Task& task) {
  if (task.sla) return true;
  return std::any_of(task.escalation.steps.begin(), task.escalation.steps.end(),
                     [](const auto& step) { return step.unless_answered; });
}

bool settles_later(const Task& task) {
  return task.sla.has_value() || counts_business_time(task.escalation);
}

}  // namespace orgo
