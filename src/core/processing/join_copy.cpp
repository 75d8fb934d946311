#include "core/processing/join_copy.h"

#include <algorithm>

#include "base/text.h"
#include "core/contact/mail_address.h"
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

void tell_of_copy(Draft& draft, const Task& seen) {
  const auto& verdict = draft.verdict;
  const auto& workplace = draft.rules.workplace();
  const auto team = workplace.receiver_name(seen.team), assignee = workplace.assignee_name(seen.assignee);
  for (const auto* targets : {&verdict.route_to, &verdict.notify})
    for (const auto& target : *targets)
      if (!ascii_iequals(workplace.receiver_name(target), team) &&
          !ascii_iequals(workplace.assignee_name(target), assignee) && !was_told(draft, address_of(draft, target)))
        notify(draft, target, "task_opened", seen.priority, rule_behind(verdict.tells, target));
  if (draft.changes.sends.empty()) return;
  draft.reason.append("; told whom the rules name for ").append(to_string(draft.envelope.recipient));
  Task task = seen;
  task.version = seen.version + 1;
  task.updated_at = std::max(seen.updated_at, draft.dated);
  if (!is_open(seen.state)) {
    reopen_within(draft.changes, task, draft.now);
    note_reopened(draft, seen.state, "copy");
  }
  apply_to_task({.rule = draft.rule, .tags = verdict.tags, .notes = verdict.notes}, draft.incoming.id, task,
                draft.changes);
  for (const auto& url : verdict.webhooks)
    draft.send(SendKind::webhook, webhook_contact(url), Priority::high, "task_opened", rule_behind(verdict.tells, url));
  draft.changes.add(TaskChange{std::move(task)});
}

}  // namespace

void join_copy(Draft& draft, const Task& seen) {
  draft.outcome = Outcome::task_joined;
  draft.task = seen.number;
  const auto copy = to_string(*draft.context.thread.same_content);
  draft.reason = "a further copy of " + copy + ", which belongs to " + to_string(draft.task);
  if (draft.quiet) return;
  ask_rules(draft, nullptr);
  const auto& verdict = draft.verdict;
  if (verdict.drop) {
    draft.reason += "; dropped by rule '" + *verdict.drop + "'";
    return;
  }
  const auto& workplace = draft.rules.workplace();
  const bool other_team = !verdict.route_to.empty() && !ascii_iequals(workplace.receiver_name(verdict.route_to.front()),
                                                                      workplace.receiver_name(seen.team));
  if (!other_team || draft.settings.copies != CopyPolicy::own ||
      was_told(draft, address_of(draft, verdict.route_to.front()))) {
    tell_of_copy(draft, seen);
    return;
  }
  draft.related = seen.number;
  draft.is_copy = true;
  open_task(draft);
  draft.reason.append("; a copy of ").append(copy).append(" belongs to ").append(to_string(seen.number));
}

}  // namespace orgo
