#include "core/processing/ask_rules.h"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "core/contact/mail_address.h"
#include "core/workplace/workplace.h"

namespace orgo {
namespace {

/// What a condition may ask of a task: the history of a whole one is nothing to keep with each follow-up.
Task asked_of(const Task& task) {
  Task asked{.tenant = task.tenant, .number = task.number};
  asked.state = task.state;
  asked.priority = task.priority;
  asked.team = task.team;
  asked.assignee = task.assignee;
  asked.tags = task.tags;
  return asked;
}

/// The first copy of the same mail is no earlier one, and what it opened no other task.
void leave_out_copy(rules::SenderHistory& history, const Draft& draft) {
  history.earlier_messages = std::max<std::int64_t>(0, history.earlier_messages - 1);
  const auto& task = draft.context.thread.task;
  if (task && is_open(task->state) && is_same_address(task->requester.address, draft.sender()))
    history.open_tasks = std::max<std::int64_t>(0, history.open_tasks - 1);
}

}  // namespace

void ask_rules(Draft& draft, const Task* thread) {
  const auto& rules = draft.rules;
  auto& asked = draft.asked.emplace();
  asked.at = draft.envelope.archived ? draft.dated : draft.envelope.received_at;
  asked.offset = rules.workplace().zone(draft.settings.zone).offset_at(asked.at);
  if (rules.needs().staff) asked.from_staff = rules.workplace().is_staff(draft.sender());
  if (thread != nullptr) asked.thread = asked_of(*thread);
  asked.sender = draft.context.sender;
  if (asked.sender && draft.context.thread.same_content) leave_out_copy(*asked.sender, draft);
  auto facts = facts_of(asked, draft.message, draft.envelope, draft.findings, draft.incoming.raw);
  std::function<bool(std::string_view)> open;
  if (rules.needs().business_hours && !rules.workplace().calendars.empty()) {
    open = [&](std::string_view name) {
      const auto [known, first] = asked.open.try_emplace(std::string(name), false);
      if (first) known->second = business_time(rules, asked, name);
      return known->second;
    };
    facts.in_business_hours = &open;
  }
  const auto depth = draft.settings.trace;
  draft.verdict = rules.decide(facts, depth == TraceDepth::near);
  if (depth == TraceDepth::all) draft.verdict.trace = rules.explain(facts);
  if (!draft.verdict.matched.empty()) draft.rule = draft.verdict.matched.front();
}

}  // namespace orgo
