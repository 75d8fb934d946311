#include "core/processing/tell.h"

#include <utility>

#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/workplace/workplace.h"

namespace orgo {

std::string address_of(const Draft& draft, const std::string& target) {
  const auto& workplace = draft.rules.workplace();
  return workplace.teams.empty() && workplace.people.empty() ? target : workplace.address_of(target, draft.now, false);
}

void notify(Draft& draft, const std::string& target, std::string_view template_name, Priority priority,
            std::string rule) {
  auto to = address_of(draft, target);
  if (draft.quiet || !is_mail_address(to)) return;
  const bool wrote_it = is_same_address(to, draft.sender()) || is_same_address(to, draft.envelope.sender.address);
  if (wrote_it && is_own_address(to, draft.settings.own_addresses)) return;
  for (const auto& known : draft.changes.sends)
    if (known.kind == SendKind::notification && is_same_address(known.recipient.address, to)) return;
  draft.send(SendKind::notification, mail_contact(std::move(to)), notice_priority(priority), template_name,
             std::move(rule));
}

void tell_rules_targets(Draft& draft, std::string_view template_name, Priority priority) {
  const auto& verdict = draft.verdict;
  for (const auto* targets : {&verdict.route_to, &verdict.notify})
    for (const auto& to : *targets) notify(draft, to, template_name, priority, rule_behind(verdict.tells, to));
}

namespace {

Contact whom_to_answer(const Draft& draft) {
  return answer_contact(draft.envelope, draft.message, draft.settings.own_addresses);
}

/// Unless that must not be answered (RFC 3834).
void answer(Draft& draft) {
  if (draft.verdict.reply_with.empty() || draft.is_copy) return;
  draft.no_answer = why_no_answer(draft.envelope, draft.message, draft.findings, draft.settings.own_addresses);
  if (draft.no_answer) return;
  const auto to = whom_to_answer(draft);
  for (const auto& name : draft.verdict.reply_with)
    draft.send(SendKind::reply, to, Priority::normal, name, rule_behind(draft.verdict.answers, name));
}

}  // namespace

void call_and_answer(Draft& draft, std::string_view about) {
  if (draft.quiet) return;
  for (const auto& url : draft.verdict.webhooks)
    draft.send(SendKind::webhook, webhook_contact(url), Priority::high, about, rule_behind(draft.verdict.tells, url));
  answer(draft);
}

void answer_later(const Draft& draft, Escalation& escalation) {
  for (auto& step : escalation.steps) {
    if (draft.is_copy && step.effects && !ORGO_PLANT(chain_of_a_copy_answers_too)) step.effects->replies.clear();
    if (!step.effects || step.effects->replies.empty()) continue;
    if (why_no_answer(draft.envelope, draft.message, draft.findings, draft.settings.own_addresses))
      step.effects->replies.clear();
    else step.effects->answer_to = to_string(whom_to_answer(draft));
  }
}

}  // namespace orgo
