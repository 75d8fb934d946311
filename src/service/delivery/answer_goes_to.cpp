#include "service/delivery/answer_goes_to.h"

#include "core/contact/mail_address.h"
#include "core/processing/context.h"
#include "core/workplace/workplace.h"
#include "service/answers/answer_address.h"

namespace orgo {
namespace {

bool goes_on(const Send& send, const std::optional<Task>& task, const std::optional<Message>& message,
             const Policy& policy) {
  if (!task || !tells_of_customer(send) || task->requester.kind != ContactKind::mail || task->requester.empty() ||
      is_same_contact(send.recipient, task->requester))
    return false;
  // Whom a rule tells besides need not be one of ours.
  const auto& told = send.recipient.address;
  const auto& workplace = policy.workplace();
  if (!is_same_address(told, task->team) && !is_same_address(told, workplace.team_address(task->team)) &&
      !is_same_address(told, task->assignee) && !workplace.is_staff(told))
    return false;
  const auto* team = workplace.team(task->team);
  const auto& by_house = policy.settings.decide.answers.by_mail;
  if ((team != nullptr ? team->answers_by_mail.value_or(by_house) : by_house) != MailAnswers::forward) return false;
  const bool by_requester =
      message && message->from && is_same_address(message->from->address, task->requester.address);
  return send.message == task->origin || by_requester;
}

}  // namespace

std::string answer_goes_to(MessageStore& messages, const Send& send, const std::optional<Task>& task,
                           const std::optional<Message>& message, const Policy& policy) {
  if (!goes_on(send, task, message, policy)) return {};
  // Nearly no mail names another address, and then nothing is read once more.
  if (!message || message->as_mail().reply_to.empty()) return task->requester.address;
  return answer_address(messages, *task, send.message, policy);
}

}  // namespace orgo
