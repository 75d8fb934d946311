#include "core/processing/join_copy.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/escalation/escalate.h"
#include "core/processing/ask_rules.h"
#include "core/processing/join_task.h"
#include "core/processing/open_task.h"
#include "core/processing/tell.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "core/task/task_effects.h"

namespace orgo {
namespace {

bool was_told(const Draft& draft, std::string_view address) {
  return std::ranges::any_of(draft.context.told, [&](const auto& one) { return is_same_address(one, address); });
}

/// What the rules name for this recipient and nobody was told of yet.
void tell_of_copy(Draft& draft, const Task& seen, const Task& next) {
  const auto& verdict = draft.verdict;
  const auto& workplace = draft.rules.workplace();
  const auto team = workplace.receiver_name(seen.team), assignee = workplace.assignee_name(seen.assignee);
  for (const auto* targets : {&verdict.route_to, &verdict.notify})
    for (const auto& target : *targets)
      if (!ascii_iequals(workplace.receiver_name(target), team) &&
          !ascii_iequals(workplace.assignee_name(target), assignee) && !was_told(draft, address_of(draft, target)))
        notify(draft, target, "task_opened", next.priority, rule_behind(verdict.tells, target));
  if (next.assignee != seen.assignee)
    notify(draft, next.assignee, "task_assigned", next.priority,
           rule_behind(verdict.tells, verdict.assign.value_or("")));
}

/// A step that reminds the team means the team of this recipient.
std::vector<EscalationStep> steps_of_copy(const Draft& draft, const Task& next) {
  auto steps = chain_by_rules(draft, next).steps;
  const auto team =
      draft.verdict.route_to.empty() ? "" : draft.rules.workplace().receiver_name(draft.verdict.route_to.front());
  if (!ascii_iequals(team, next.team))
    for (auto& step : steps)
      if (step.to.empty()) step.to = team;
  return steps;
}

void move_due(Draft& draft, Task& next, std::optional<TimePoint> due) {
  if (due == next.due_at || !due) return;
  Event& moved = draft.event(EventKind::task_due);
  JsonWriter json(moved.data);
  json.begin_object();
  if (next.due_at) json.field("from", to_rfc3339(*next.due_at));
  json.field("to", to_rfc3339(*due)).field("by", "copy").end_object();
  next.due_at = due;
}

/// The chain of this recipient's rules: the task's own when it has none, else its steps fire beside those that are
/// there, each in its time; so the stricter promise holds. The same step twice is one.
void join_chain_of_copy(Draft& draft, Task& next) {
  if (draft.verdict.escalation.empty() || !is_open(next.state)) return;
  auto& chain = next.escalation;
  const bool had_none = chain.steps.empty(), had_business = counts_business_time(chain);
  const auto before = next_deadline(chain);
  if (had_none) {
    chain = chain_by_rules(draft, next);
    chain.steps.clear();
  }
  const auto count = chain.steps.size();
  for (auto& step : steps_of_copy(draft, next)) {
    const bool known = std::ranges::any_of(chain.steps, [&](EscalationStep one) {
      if (!ORGO_PLANT(same_step_twice_by_a_copy)) one.rule = step.rule;  // whichever wants it
      return one == step;
    });
    if (chain.steps.size() < kChainSteps && !known) chain.steps.push_back(std::move(step));
  }
  if (chain.steps.size() == count) return;
  if (!had_business) chain.calendar = chain_by_rules(draft, next).calendar;
  const auto& workplace = draft.rules.workplace();
  // A deadline that a person has set stays.
  if (chain.level == 0 && (had_none ? !next.due_at : next.due_at == before))
    move_due(draft, next, next_deadline(chain, ChainTime{.calendar = &workplace.calendar(chain.calendar)}));
  std::erase_if(draft.changes.timers, [](const TimerChange& timer) { return timer.name == kDeadlineTimer; });
  EscalationContext context;
  context.workplace = &workplace;
  const auto wake = settles_later(next) ? std::optional(draft.now) : next_wake(next, draft.now, context);
  if (wake) draft.changes.timers.push_back(deadline_set(next.number, *wake));
}

/// What the rules say of this recipient becomes part of the task: a priority only upwards, and who is to have it only
/// where nobody has; what is there already is no change.
void add_to_task(Draft& draft, const Task& seen) {
  const auto& verdict = draft.verdict;
  const auto& workplace = draft.rules.workplace();
  Task next = seen;
  next.version = seen.version + 1;
  next.updated_at = std::max(seen.updated_at, draft.dated);
  TaskEffects effects{.rule = draft.rule, .tags = verdict.tags};
  if (verdict.priority && *verdict.priority > seen.priority) effects.priority = verdict.priority;
  const auto assignee = workplace.assignee_name(verdict.assign.value_or(""));  // the effects only point to them
  const auto team = workplace.receiver_name(verdict.route_to.empty() ? "" : verdict.route_to.front());
  if (seen.assignee.empty() && verdict.assign) effects.assign = assignee;
  if (seen.team.empty() && !team.empty()) effects.team = team;
  apply_to_task(effects, draft.incoming.id, next, draft.changes);
  if (draft.quiet) {  // old mail: the task is known by what both departments call it, and nobody is told
    if (!draft.changes.events.empty()) draft.changes.add(TaskChange{std::move(next)});
    return;
  }
  tell_of_copy(draft, seen, next);
  const bool tells = !draft.changes.sends.empty();
  if (tells) draft.reason.append("; told whom the rules name for ").append(to_string(draft.envelope.recipient));
  if (!tells && !is_open(seen.state)) {
    draft.changes.events.clear();  // what is done stays as it is
    return;
  }
  if (!is_open(seen.state)) {
    reopen_within(draft.changes, next, draft.now);
    note_reopened(draft, seen.state, "copy");
  }
  join_chain_of_copy(draft, next);
  if (tells) {
    apply_to_task({.rule = draft.rule, .notes = verdict.notes}, draft.incoming.id, next, draft.changes);
    for (const auto& url : verdict.webhooks)
      draft.send(SendKind::webhook, webhook_contact(url), Priority::high, "task_opened",
                 rule_behind(verdict.tells, url));
  }
  const bool changed = tells || !draft.changes.events.empty() || next.escalation != seen.escalation;
  if (changed) draft.changes.add(TaskChange{std::move(next)});
}

}  // namespace

void join_copy(Draft& draft, const Task& seen) {
  draft.outcome = Outcome::task_joined;
  draft.task = seen.number;
  const auto copy = to_string(*draft.context.thread.same_content);
  draft.reason = "a further copy of " + copy + ", which belongs to " + to_string(draft.task);
  ask_rules(draft, nullptr);
  const auto& verdict = draft.verdict;
  if (verdict.drop) {
    draft.reason += "; dropped by rule '" + *verdict.drop + "'";
    return;
  }
  const auto& workplace = draft.rules.workplace();
  const bool other_team =
      !seen.team.empty() && !verdict.route_to.empty() &&
      !ascii_iequals(workplace.receiver_name(verdict.route_to.front()), workplace.receiver_name(seen.team));
  if (!other_team || draft.settings.copies != CopyPolicy::own ||
      was_told(draft, address_of(draft, verdict.route_to.front()))) {
    add_to_task(draft, seen);
    return;
  }
  draft.related = seen.number;
  draft.is_copy = true;
  open_task(draft);
  draft.reason.append("; a copy of ").append(copy).append(" belongs to ").append(to_string(seen.number));
}

}  // namespace orgo
