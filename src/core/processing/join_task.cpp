#include "core/processing/join_task.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/escalation/escalate.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/split_text.h"
#include "core/processing/ask_rules.h"
#include "core/processing/colleague_mail.h"
#include "core/processing/label.h"
#include "core/processing/send_answer.h"
#include "core/processing/tell.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "core/task/task_effects.h"

namespace orgo {
namespace {

/// A mail of a person opens what was done or pending; one that a machine only sends back only joins, as old mail does,
/// and whatever one of ours writes.
void reopen(Draft& draft, const Task& seen, Task& task, bool by_machine, Voice voice) {
  const auto before = seen.state;
  const bool ours = voice != Voice::customer && !ORGO_PLANT(staff_mail_reopens);
  if (voice == Voice::claimed)
    draft.reason += "; it says that it went to who asked, which nothing proves: it moves nothing";
  if (voice == Voice::answer) {
    // The first action of one of ours.
    if (before == TaskState::fresh && !draft.quiet) task.state = TaskState::open;
    draft.reason.append("; our answer to who asked ").append(task.state == before ? "leaves it " : "makes it ");
    draft.reason += to_string(task.state);
  }
  if (!by_machine && !draft.quiet && !ours) {
    if (!is_open(seen.state)) {
      reopen_within(draft.changes, task, draft.now);
    } else if (seen.state == TaskState::pending) {
      task.state = TaskState::open;
    }
  }
  Event& replied = draft.event(EventKind::task_replied);
  JsonWriter json(replied.data);
  json.begin_object().field("from", draft.sender()).field("subject", draft.subject);
  // What the customer did not get is no answer of ours (sla_facts()).
  if (voice != Voice::customer && (voice != Voice::answer || has_asked(seen, draft.sender())))
    json.field("to_customer", voice == Voice::answer);
  if (task.state != before) json.field("state", to_string(task.state)).field("was", to_string(before));
  json.end_object();
  if (!is_open(before) && is_open(task.state)) note_reopened(draft, before, "reply");
}

/// A colleague's answer to a notification.
void follow_colleague(Draft& draft, Task& task, Voice voice) {
  if (voice == Voice::forward) {
    const auto& wanted = draft.context.last_word->answer_to;
    const auto& part = draft.context.last_word->from;
    const auto to = !wanted.empty() ? mail_contact(wanted) : part.empty() ? task.requester : mail_contact(part);
    draft.reason += "; it goes on to " + to.address;
    send_answer(draft, task,
                {.to = {to},
                 .actor = "user:" + draft.rules.workplace().assignee_name(draft.sender()),
                 .due_at = draft.now,
                 .by_mail = true});
    move_by_answer(draft, task, draft.settings.answers.then,
                   "user:" + draft.rules.workplace().assignee_name(draft.sender()));
  } else if (voice != Voice::customer && voice != Voice::answer && voice != Voice::claimed &&
             voice != Voice::colleague) {
    draft.reason += "; it stays with the task";
    tell_it_was_kept(draft, task, voice);
  }
}

bool is_of_machine(const Message& message) {
  return !auto_submitted(message).empty();
}
/// Not only what it quotes of earlier mails.
bool has_new_words(const Message& message) {
  return split_text(message).has(TextKind::fresh);
}

/// What rules that ask for the thread do to the task of a follow-up.
void act_on_thread(Draft& draft, const Task& seen, Task& task) {
  ask_rules(draft, &seen);
  const auto& verdict = draft.verdict;
  if (verdict.matched.empty()) return;
  draft.reason.append("; rule '").append(draft.rule).append("' acted");
  TaskEffects effects{.rule = draft.rule, .priority = verdict.priority, .tags = verdict.tags, .notes = verdict.notes};
  const auto& workplace = draft.rules.workplace();
  const auto assignee = workplace.assignee_name(verdict.assign.value_or(""));  // the effects only point to them
  const auto team = workplace.receiver_name(verdict.route_to.empty() ? "" : verdict.route_to.front());
  if (verdict.assign) effects.assign = assignee;
  if (!verdict.route_to.empty()) effects.team = team;
  apply_to_task(effects, draft.incoming.id, task, draft.changes);
  tell_rules_targets(draft, "task_replied", task.priority);
  if (verdict.assign)
    notify(draft, *verdict.assign, "task_assigned", task.priority, rule_behind(verdict.tells, *verdict.assign));
  call_and_answer(draft, "task_replied");
}

}  // namespace

bool opens_alert(const Draft& draft, const Task& task) {
  return draft.settings.alerts == AlertPolicy::open && !draft.quiet && !is_open(task.state) &&
         is_of_machine(draft.message) && has_new_words(draft.message) &&
         (hops_of(draft.message) == 0 || ORGO_PLANT(alert_of_another_orgo_opens));
}

bool opens_anew(const Draft& draft, const Task& task) {
  const auto most = draft.settings.reopen_time;
  return most > Millis{0} && !draft.quiet && !is_open(task.state) && draft.now - task.updated_at > most &&
         has_new_words(draft.message) && voice_of(draft, task) == Voice::customer;
}

void note_reopened(Draft& draft, TaskState from, std::string_view by) {
  Event& reopened = draft.event(EventKind::task_reopened);
  JsonWriter(reopened.data)
      .begin_object()
      .field("from", to_string(from))
      .field("to", "open")
      .field("by", by)
      .end_object();
  draft.reason += "; it is open again";
}

void join_task(Draft& draft, const Task& seen) {
  draft.outcome = Outcome::task_joined;
  draft.task = seen.number;
  draft.reason = "follow-up of " + to_string(draft.task);
  if (!draft.context.thread.evidence.empty()) draft.reason.append(" by ").append(draft.context.thread.evidence);

  // The version is taken also when nothing but the time changes: a reply that crosses with somebody's closing must
  // meet conflict and be decided again, or it would lie unseen in a closed task.
  Task task = seen;
  task.version = seen.version + 1;
  task.updated_at = std::max(seen.updated_at, draft.dated);
  const bool is_machines = is_of_machine(draft.message);
  if (is_machines) draft.reason += ", sent by a machine";
  // Of a machine that only sends back what it got, nobody needs to know; nor of another Orgo that tells of its tasks:
  // two that have each other for a team would go on telling.
  const bool by_machine = is_machines && (!has_new_words(draft.message) || hops_of(draft.message) > 0);
  const auto voice = voice_of(draft, seen);
  reopen(draft, seen, task, by_machine, voice);
  if (!by_machine) follow_colleague(draft, task, voice);
  apply_to_task({.tags = label_of(draft)}, draft.incoming.id, task, draft.changes);
  // A message of the customer starts a clock, an answer of ours stops one: escalate() reads it from the history at
  // once.
  if (!draft.quiet && settles_later(task) && draft.changes.timers.empty() && !ORGO_PLANT(joined_mail_starts_no_clock))
    draft.changes.timers.push_back(deadline_set(task.number, draft.now));
  if (task.state != TaskState::pending) end_pending(draft.changes, task);
  if (!by_machine) {
    const auto who = draft.rules.workplace().address_of_holder(task.assignee, task.team, draft.now);
    if (!is_same_address(who, draft.sender()) &&
        (!is_same_address(who, draft.envelope.sender.address) || ORGO_PLANT(holder_hears_of_his_own_mail)))
      notify(draft, who, "task_replied", task.priority, {});
    if (draft.rules.needs().thread) act_on_thread(draft, seen, task);
  }
  draft.changes.add(TaskChange{std::move(task)});
}

}  // namespace orgo
