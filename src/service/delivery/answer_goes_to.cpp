#include "service/delivery/answer_goes_to.h"

#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/processing/context.h"
#include "core/workplace/workplace.h"
#include "service/answers/answer_address.h"

namespace orgo {
namespace {

/// Of those who asked, whose words are told; empty: nobody's.
std::string customer_of(const Send& send, const Task& task, const std::optional<Message>& message) {
  const bool by_mail = task.requester.kind == ContactKind::mail && !task.requester.empty();
  if (send.message == task.origin) return by_mail ? task.requester.address : std::string();
  if (!message || !message->from || ORGO_PLANT(answers_to_parts_stay)) return {};
  for (auto& asked : who_asked(task))
    if (is_same_address(message->from->address, asked)) return std::move(asked);
  return {};
}

bool goes_on(const Send& send, const std::optional<Task>& task, const std::string& customer, const Policy& policy) {
  if (customer.empty() || !tells_of_customer(send) || is_same_address(send.recipient.address, customer)) return false;
  if (is_same_address(send.recipient.address, task->requester.address)) return false;  // who asked is no colleague here
  // Whom a rule tells besides need not be one of ours.
  const auto& told = send.recipient.address;
  const auto& workplace = policy.workplace();
  if (!is_same_address(told, task->team) && !is_same_address(told, workplace.team_address(task->team)) &&
      !is_same_address(told, task->assignee) && !workplace.is_staff(told))
    return false;
  const auto* team = workplace.team(task->team);
  const auto& by_house = policy.settings.decide.answers.by_mail;
  return (team != nullptr ? team->answers_by_mail.value_or(by_house) : by_house) == MailAnswers::forward;
}

}  // namespace

std::string answer_goes_to(MessageStore& messages, const Send& send, const std::optional<Task>& task,
                           const std::optional<Message>& message, const Policy& policy) {
  if (!task) return {};
  const auto customer = customer_of(send, *task, message);
  if (!goes_on(send, task, customer, policy)) return {};
  // Nearly no mail names another address, and then nothing is read once more.
  if (!message || message->as_mail().reply_to.empty()) return customer;
  const bool by_requester = is_same_address(customer, task->requester.address);
  return answer_address(messages, by_requester ? *task : as_asked_by(*task, customer, {}), send.message, policy);
}

}  // namespace orgo
