#include "core/task/command_draft.h"

#include <algorithm>
#include <utility>

#include "core/contact/mail_address.h"
#include "core/task/lifecycle.h"
#include "core/task/send_about.h"
#include "core/task/task_change.h"

namespace orgo::commands {

CommandDraft::CommandDraft(const Task& seen, std::string_view who, TimePoint now)
    : changes{.tenant = seen.tenant, .at = now}, task(seen), actor(who) {
  task.version = seen.version + 1;
  task.updated_at = now;
}

void CommandDraft::move(TaskState to, EventKind kind) {
  const auto from = task.state;
  task.state = to;
  event(kind, [&](JsonWriter& json) { json.field("from", to_string(from)).field("to", to_string(to)); });
}

void CommandDraft::change_state(TaskState to) {
  const auto from = task.state;
  move(to);
  // Cleared also when it may have ended already: clearing what is not there does no harm, leaving it would fire.
  if (!escalates(to) && escalates(from)) changes.timers.push_back(deadline_cleared(task.number));
  if (escalates(to) && !escalates(from))
    if (const auto deadline = next_deadline(task.escalation))
      changes.timers.push_back(deadline_set(task.number, *deadline));
}

void CommandDraft::touched_by_person() {
  if (task.state == TaskState::fresh && actor.starts_with("user:")) move(TaskState::open);
}

void CommandDraft::notify(std::string_view who, std::string_view template_name, std::string note) {
  if (!is_mail_address(who) || actor == "user:" + std::string(who)) return;
  auto send = send_about(task, SendKind::notification, mail_contact(who), template_name, changes.at);
  send.note = std::move(note);
  send.cause.clear();  // a colleague did this
  changes.sends.push_back(std::move(send));
}

Changes CommandDraft::done() {
  if (task.state != TaskState::pending) end_pending(changes, task);
  // What it means for a service level is read from the whole history: escalate() looks at once.
  if (settles_later(task)) {
    std::erase_if(changes.timers, [](const TimerChange& timer) { return timer.name == kDeadlineTimer; });
    changes.timers.push_back(deadline_set(task.number, changes.at));
  }
  changes.add(TaskChange{std::move(task)});
  return std::move(changes);
}

Changes CommandDraft::done_with(CommandDraft other) {
  auto all = done();
  auto more = other.done();
  for (auto& event : more.events) all.events.push_back(std::move(event));
  for (auto& send : more.sends) all.sends.push_back(std::move(send));
  for (auto& timer : more.timers) all.timers.push_back(std::move(timer));
  all.add(TaskChange{std::move(more.find<TaskChange>()->task)});
  return all;
}

Status check_name(std::string_view what, std::string_view text, std::size_t most, bool may_be_empty) {
  const auto about = [&](const std::string& why) {
    return failure(Errc::invalid_input, std::string(what) + " " + why);
  };
  if (text.empty() && !may_be_empty) return about("is empty");
  if (text.size() > most)
    return about("has " + std::to_string(text.size()) + " bytes, at most " + std::to_string(most) + " are allowed");
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return about("has control characters");
  return {};
}

Status check_not_merged(const Task& task) {
  if (!task.ties.into) return {};
  return failure(Errc::conflict,
                 to_string(task.number) + " was merged into " + to_string(task.ties.into) + "; work goes on there");
}

Status check_not_done(const Task& task) {
  ORGO_CHECK(check_not_merged(task));
  if (is_open(task.state)) return {};
  return failure(Errc::conflict,
                 to_string(task.number) + " is " + std::string(to_string(task.state)) + "; reopen it first");
}

tl::unexpected<Error> nothing_to_do(const Task& task, const std::string& why) {
  return failure(Errc::conflict, to_string(task.number) + " " + why);
}

}  // namespace orgo::commands
