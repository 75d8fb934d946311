#include "core/processing/send_answer.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "core/template/builtin_templates.h"

namespace orgo {
namespace {

/// As whom it goes out: the address that the customer wrote to, when it is the organization's; else as all goes out.
Contact sender_for(const Draft& draft, const std::string& written_to) {
  const bool ours = is_mail_address(written_to) && is_own_address(written_to, draft.settings.own_addresses);
  return ours ? mail_contact(written_to) : Contact{};
}

void note_answered(Draft& draft, const OutgoingAnswer& answer) {
  Event& event = draft.event(EventKind::task_answered);
  event.actor = answer.actor;
  JsonWriter json(event.data);
  json.begin_object().key("to").begin_array();
  for (const auto& one : answer.to) json.string(to_string(one));
  json.end_array();
  if (!draft.message.attachments.empty()) json.field("files", draft.message.attachments.size());
  if (answer.by_mail) json.field("by", "mail");
  json.end_object();
}

}  // namespace

void send_answer(Draft& draft, Task& task, OutgoingAnswer answer) {
  const auto& word = draft.context.last_word;
  const auto thread_of = [&](const Contact& to) -> const AnswerThread* {
    const auto is_theirs = [&](const AnswerThread& one) { return is_same_address(one.to, to.address); };
    const auto found = std::ranges::find_if(answer.threads, is_theirs);
    return found == answer.threads.end() || ORGO_PLANT(all_are_answered_in_one_thread) ? nullptr : &*found;
  };
  const AnswerThread last{.to = {},
                          .message = word ? word->message : task.origin,
                          .as = word && word->written_to.kind == ContactKind::mail ? word->written_to.address : ""};
  const auto* const first = thread_of(answer.to.front());
  for (const auto& to : answer.to) {
    const auto* const own = thread_of(to);
    const auto& thread = own != nullptr ? *own : first != nullptr ? *first : last;
    draft.send(SendKind::answer, to, ORGO_PLANT(answers_wait_behind_notices) ? Priority::normal : kAnswerPriority,
               kAnswerTemplate, {});
    auto& made = draft.changes.sends.back();
    made.message = thread.message;
    made.content = draft.incoming.id;
    made.sender = sender_for(draft, thread.as);
    made.due_at = answer.due_at;
    if (answer.by_mail) made.note = kByMailNote;
  }
  note_answered(draft, answer);
  open_if_new(draft, task, answer.actor);
}

void open_if_new(Draft& draft, Task& task, const std::string& actor) {
  if (task.state != TaskState::fresh) return;
  Event& moved = draft.event(EventKind::task_state);
  moved.actor = actor;
  JsonWriter(moved.data).begin_object().field("from", "new").field("to", "open").end_object();
  task.state = TaskState::open;
}

void move_by_answer(Draft& draft, Task& task, std::optional<TaskState> wanted, const std::string& actor) {
  if (!wanted || *wanted == task.state) return;
  const bool opens = !is_open(task.state) && is_open(*wanted);
  auto moved = opens ? commands::reopen(task, actor, draft.now) : commands::set_state(task, *wanted, actor, draft.now);
  if (!moved) {
    draft.reason.append("; it stays ").append(to_string(task.state));
    return;
  }
  auto& changes = draft.changes;
  // By which answer: whoever takes it back takes this back, too.
  for (auto& event : moved->events) {
    event.message = draft.incoming.id;
    changes.events.push_back(std::move(event));
  }
  for (auto& timer : moved->timers) changes.timers.push_back(std::move(timer));
  const auto version = task.version;
  task = std::move(moved->all<TaskChange>().front().task);
  task.version = version;
}

}  // namespace orgo
