#include "core/processing/answer_task.h"

#include <algorithm>
#include <utility>
#include "core/changes/actor.h"

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/answer/answer_order.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/processing/ask_rules.h"
#include "core/processing/open_task.h"
#include "core/processing/send_answer.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

void keep_note(Draft& draft, Task& task, const AnswerOrder& order) {
  Event& event = draft.event(EventKind::task_commented);
  event.actor = order.actor;
  JsonWriter json(event.data);
  json.begin_object().field("text", cut_utf8(trim(draft.message.text), commands::kCommentMax));
  if (!draft.message.attachments.empty()) json.field("files", draft.message.attachments.size());
  json.end_object();
  open_if_new(draft, task, order.actor);
}

/// Who asked first, then who else was named; nobody twice.
std::vector<Contact> recipients_of(const Message& message, const AnswerOrder& order) {
  std::vector<Contact> to;
  const auto add = [&](const std::string& address) {
    const auto known = [&](const Contact& other) { return is_same_address(other.address, address); };
    if (is_mail_address(address) && std::ranges::none_of(to, known)) to.push_back(mail_contact(address));
  };
  for (const auto& one : message.as_mail().to) add(one.address);
  for (const auto& one : order.threads) add(one.to);
  for (const auto& one : message.as_mail().cc) add(one.address);
  return to;
}

/// As a mail of the requester would have, but for what whoever took it down says. Nothing is answered by itself: they
/// have spoken to somebody.
void open_by_hand(Draft& draft, const AnswerOrder& order) {
  ask_rules(draft, nullptr);
  auto& verdict = draft.verdict;
  verdict.drop.reset();
  verdict.reply_with.clear();
  if (!order.team.empty()) verdict.route_to = {order.team};
  if (!order.assignee.empty()) verdict.assign = order.assignee;
  if (order.priority) verdict.priority = order.priority;
  open_task(draft);
  draft.reason = "taken down by " + std::string(actor_name(order.actor)) + "; " + draft.reason;
  for (auto& event : draft.changes.events)
    if (event.kind == EventKind::task_opened) event.actor = order.actor;
}

void not_done(Draft& draft, std::string reason) {
  draft.outcome = Outcome::recorded;
  draft.reason = std::move(reason);
}

/// Whoever wrote it gets their words back by mail, unless they still wait for what becomes of it and hear it at once;
/// where they have no address of their own, whoever has the task does.
void tell_it_was_late(Draft& draft, const Task& task) {
  if (draft.now - draft.envelope.received_at < kAnswerAwaited) return;
  const auto& settings = draft.settings;
  const auto& wrote = draft.sender();
  const bool ours = is_same_address(wrote, settings.own_sender) || is_own_mailbox(wrote, settings.own_addresses);
  const auto who = is_mail_address(wrote) && !ours
                       ? wrote
                       : draft.rules.workplace().address_of_holder(task.assignee, task.team, draft.now);
  if (!is_mail_address(who)) return;
  draft.send(SendKind::notification, mail_contact(who), notice_priority(task.priority), kLateTemplate, {});
  draft.changes.sends.back().note = draft.reason + ".";
}

/// It was written for a task that is another one by now: what the customer said meanwhile may make it wrong.
bool is_late(const AnswerOrder& order, const Task& task) {
  return order.version && *order.version != task.version && !ORGO_PLANT(late_answers_go_out);
}

}  // namespace

void answer_task(Draft& draft) {
  const auto order = read_answer_order(draft.message);
  if (!order) return not_done(draft, "written in Orgo, but its order can't be read");
  if (!order->task) return open_by_hand(draft, *order);
  if (!draft.context.thread.task) return not_done(draft, "there is no task " + to_string(order->task));
  const Task& seen = *draft.context.thread.task;
  const std::string who(actor_name(order->actor));
  draft.task = seen.number;
  if (is_late(*order, seen)) {
    not_done(draft, to_string(seen.number) + " was changed meanwhile, so what " + who + " wrote was not " +
                        (order->internal ? "kept with it" : "sent"));
    return tell_it_was_late(draft, seen);
  }
  auto to = recipients_of(draft.message, *order);
  if (!order->internal && to.empty())
    return not_done(draft, "nobody of " + to_string(seen.number) + " can be answered");
  draft.outcome = Outcome::task_joined;
  Task task = seen;
  task.version = seen.version + 1;
  task.updated_at = std::max(seen.updated_at, draft.now);
  if (order->internal) {
    draft.reason = "note of " + who + " for " + to_string(seen.number);
    keep_note(draft, task, *order);
  } else {
    draft.reason = "answer of " + who + " to " + to_string(seen.number);
    send_answer(draft, task,
                {.to = std::move(to),
                 .actor = order->actor,
                 .due_at = draft.now + draft.settings.answers.undo,
                 .threads = order->threads});
  }
  const auto wanted = order->then ? order->then : order->internal ? std::nullopt : draft.settings.answers.then;
  move_by_answer(draft, task, wanted, order->actor);
  if (settles_later(task)) {
    std::erase_if(draft.changes.timers, [](const TimerChange& timer) { return timer.name == kDeadlineTimer; });
    draft.changes.timers.push_back(deadline_set(task.number, draft.now));
  }
  draft.changes.add(TaskChange{std::move(task)});
}

}  // namespace orgo
