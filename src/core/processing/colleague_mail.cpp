#include "core/processing/colleague_mail.h"

#include <algorithm>

#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/read/split_text.h"
#include "core/processing/tell.h"

namespace orgo {
namespace {

bool is_ours(const Draft& draft, const Task& task) {
  const auto& who = draft.sender();
  const auto& workplace = draft.rules.workplace();
  if (is_same_address(who, task.requester.address)) return false;
  return is_same_address(who, task.assignee) || is_same_address(who, task.team) ||
         is_same_address(who, workplace.team_address(task.team)) || workplace.is_staff(who);
}

bool goes_to(const Message& message, std::string_view address) {
  const auto& mail = message.as_mail();
  const auto same = [&](const Address& one) { return is_same_address(one.address, address); };
  return std::ranges::any_of(mail.to, same) || std::ranges::any_of(mail.cc, same);
}

/// To another person of ours, whom a notification's own addresses are not.
bool goes_to_colleague(const Draft& draft) {
  const auto& workplace = draft.rules.workplace();
  return std::ranges::any_of(draft.message.as_mail().to, [&](const Address& one) {
    return !is_same_address(one.address, draft.sender()) && workplace.is_staff(one.address) &&
           !is_own_address(one.address, draft.settings.own_addresses) &&
           !is_same_address(one.address, draft.settings.own_sender);
  });
}

MailAnswers setting_of(const Draft& draft, const Task& task) {
  const auto* team = draft.rules.workplace().team(task.team);
  return team != nullptr && team->answers_by_mail ? *team->answers_by_mail : draft.settings.answers.by_mail;
}

bool says_something(const Message& message) {
  return split_text(message).has(TextKind::fresh) || !message.attachments.empty();
}

}  // namespace

Voice voice_of(const Draft& draft, const Task& task) {
  const auto& asked = task.requester.address;
  if (asked.empty() || draft.sender().empty() || !is_ours(draft, task)) return Voice::customer;
  if (goes_to(draft.message, asked)) return Voice::answer;
  const bool by_person = !draft.quiet && auto_submitted(draft.message).empty();
  if (goes_to_colleague(draft) || !by_person || !says_something(draft.message)) return Voice::colleague;
  const auto& word = draft.context.last_word;
  const bool sure = draft.context.thread.proven && word && (word->to_us || ORGO_PLANT(customers_speak_for_us));
  if (!sure) return Voice::unproven;
  if (!is_mail_address(asked) || setting_of(draft, task) == MailAnswers::comment) return Voice::kept;
  if (word->answers_since && draft.now - *word->answers_since < kAnswersByMailTime &&
      !ORGO_PLANT(programs_talk_through_us))
    return Voice::too_many;
  return Voice::forward;
}

void tell_it_was_kept(Draft& draft, const Task& task, Voice voice) {
  const auto& who = draft.sender();
  if (!is_mail_address(who) || is_own_address(who, draft.settings.own_addresses)) return;
  // Once: a program that answers whatever it gets would be told for ever.
  if (draft.context.last_word && draft.context.last_word->kept_before && !ORGO_PLANT(kept_mail_is_told_each_time))
    return;
  draft.send(SendKind::notification, mail_contact(who), notice_priority(task.priority), kKeptTemplate, {});
  draft.changes.sends.back().note =
      voice == Voice::kept       ? "Answers by mail stay with the task here, by a setting of the team."
      : voice == Voice::too_many ? "So many mails went on within ten minutes that a program seems to write them."
                                 : "Only an answer to a mail from Orgo to one of us goes on to the customer.";
}

}  // namespace orgo
