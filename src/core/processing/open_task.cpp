#include "core/processing/open_task.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/time.h"
#include "core/escalation/escalate.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/read/original_date.h"
#include "core/processing/label.h"
#include "core/processing/tell.h"
#include "core/processing/title.h"
#include "core/processing/urgency.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "core/workplace/workplace.h"

namespace orgo {
namespace {

/// Ours are also the addresses of teams and of whom the rules route to: a form that sends as one of them names in
/// Reply-To who asks.
std::vector<std::string> our_addresses(const Draft& draft) {
  // Nobody else can be meant, and that is nearly every mail.
  if (draft.message.as_mail().reply_to.empty() && draft.message.header("X-Original-From").empty() &&
      draft.message.header("X-Original-Sender").empty())
    return {};
  auto own = draft.settings.own_addresses;
  for (const auto& [name, team] : draft.rules.workplace().teams)
    if (!team.address.empty()) own.push_back(team.address);
  if (!ORGO_PLANT(routed_address_asks_for_itself))
    own.insert(own.end(), draft.verdict.route_to.begin(), draft.verdict.route_to.end());
  return own;
}

Task new_task(const Draft& draft) {
  Task task{.tenant = draft.envelope.tenant};
  task.title = make_title(behind_marker(draft.message.subject, draft.related), draft.message.text);
  task.requester = {draft.envelope.sender.kind, requester_address(draft.envelope, draft.message, our_addresses(draft))};
  const auto& workplace = draft.rules.workplace();
  if (!draft.verdict.route_to.empty()) task.team = workplace.receiver_name(draft.verdict.route_to.front());
  if (draft.verdict.assign) task.assignee = workplace.assignee_name(*draft.verdict.assign);
  if (draft.verdict.priority) task.priority = *draft.verdict.priority;
  else if (says_urgent(draft.message, draft.verdict.keywords, draft.rules)) task.priority = Priority::high;
  task.tags = draft.verdict.tags;
  for (auto& tag : label_of(draft))
    if (std::find(task.tags.begin(), task.tags.end(), tag) == task.tags.end()) task.tags.push_back(std::move(tag));
  if (task.tags.size() > commands::kTagsMax) task.tags.resize(commands::kTagsMax);
  if (draft.envelope.archived) task.state = draft.envelope.archived->state;
  task.type = draft.verdict.task_type;
  if (!task.type.empty())
    task.fields = draft.rules.fields(task.type, draft.message, date_of(draft.message, draft.envelope).at);
  task.origin = draft.incoming.id;
  task.created_at = draft.dated;
  task.updated_at = draft.dated;
  return task;
}

/// Its chain, service level and first deadline.
void start_clocks(Draft& draft, Task& task) {
  task.escalation = chain_by_rules(draft, task);
  const auto& workplace = draft.rules.workplace();
  if (!draft.quiet) {
    task.sla = workplace.sla_for(draft.verdict.sla.value_or(""), task.requester.address,
                                 ORGO_PLANT(level_of_the_team_unheard) ? "" : std::string_view(task.team), task.type);
    const ChainTime time{.calendar = &workplace.calendar(task.escalation.calendar)};
    task.due_at = next_deadline(task.escalation, time);
    EscalationContext context;
    context.workplace = &workplace;
    if (const auto wake = next_wake(task, draft.now, context))
      draft.changes.timers.push_back(deadline_set(draft.task, *wake));
  }
}

void explain(Draft& draft, const Task& task) {
  if (task.team.empty()) draft.reason = "no rule routes it: the task waits without a team";
  else if (!draft.rule.empty())
    draft.reason.append("rule '").append(draft.rule).append("' routed it to ").append(task.team);
  else draft.reason.append("the rules routed it to ").append(task.team);
  if (draft.envelope.archived) draft.reason.append("; kept as history, ").append(to_string(task.state));
  if (!draft.context.thread.refused_claim.empty()) draft.reason += "; " + draft.context.thread.refused_claim;
  if (draft.related && !draft.is_copy) draft.reason += "; related to " + to_string(draft.related);
}

void add_event(Draft& draft, const Task& task) {
  Event& opened = draft.event(EventKind::task_opened);
  JsonWriter json(opened.data);
  json.begin_object().field("title", task.title).field("requester", to_string(task.requester));
  json.field("team", task.team);
  if (!task.assignee.empty()) json.field("assignee", task.assignee);
  json.field("priority", to_string(task.priority));
  if (!task.tags.empty()) {
    json.key("tags").begin_array();
    for (const auto& tag : task.tags) json.string(tag);
    json.end_array();
  }
  if (!draft.rule.empty()) json.field("rule", draft.rule);
  if (draft.envelope.archived) json.field("archived", to_rfc3339(draft.dated)).field("state", to_string(task.state));
  if (!task.type.empty()) json.field("type", task.type);
  if (task.due_at) json.field("due", to_rfc3339(*task.due_at));
  if (!draft.context.thread.refused_claim.empty()) json.field("claim", draft.context.thread.refused_claim);
  if (draft.related) json.field("related", to_string(draft.related));
  if (task.sla) json.field("sla", task.sla->sla.name);
  json.end_object();
}

}  // namespace

Escalation chain_by_rules(const Draft& draft, const Task& task) {
  Escalation chain;
  chain.steps = draft.verdict.escalation;
  if (chain.steps.size() > kChainSteps) chain.steps.resize(kChainSteps);
  answer_later(draft, chain);
  chain.started_at = draft.dated;
  const auto& workplace = draft.rules.workplace();
  for (auto& step : chain.steps)
    if (step.effects && !step.effects->assign.empty())
      step.effects->assign = workplace.assignee_name(step.effects->assign);
  if (counts_business_time(chain))
    chain.calendar = !draft.verdict.escalation_calendar.empty() && !ORGO_PLANT(named_calendar_of_a_chain_unheard)
                         ? draft.verdict.escalation_calendar
                         : workplace.calendar_for(task.requester.address, task.team, task.type);
  return chain;
}

void open_task(Draft& draft) {
  draft.outcome = Outcome::task_opened;
  draft.task = TaskRef::nth_new(0);
  auto task = new_task(draft);
  start_clocks(draft, task);
  explain(draft, task);
  add_event(draft, task);
  for (const auto& note : draft.verdict.notes) {
    Event& noted = draft.event(EventKind::task_commented);
    JsonWriter(noted.data).begin_object().field("text", note).end_object();
  }
  tell_rules_targets(draft, "task_opened", task.priority);
  notify(draft, task.assignee, "task_assigned", task.priority,
         rule_behind(draft.verdict.tells, draft.verdict.assign.value_or("")));
  call_and_answer(draft, "task_opened");
  draft.changes.add(TaskChange{std::move(task)});
}

}  // namespace orgo
