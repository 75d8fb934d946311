#include "service/answers/customers.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/processing/message_decision.h"
#include "service/answers/answer_address.h"
#include "service/tasks/conversation.h"

namespace orgo {
namespace {

constexpr int kLastWordsMost = 50;

/// What opened the task that they asked for.
Result<MessageId> origin_of(TaskStore& tasks, const Task& task, const std::string& asked) {
  if (is_same_address(asked, task.requester.address)) return task.origin;
  for (const auto& person : task.ties.people)
    if (is_same_address(asked, person.address)) {
      ORGO_TRY(part, tasks.read(task.tenant, person.of));
      return part.origin;
    }
  return MessageId{};
}

}  // namespace

Result<std::vector<Customer>> customers_of(TaskStore& tasks, MessageStore& messages, const Task& task,
                                           const Policy& policy) {
  std::vector<Customer> all;
  ORGO_TRY(mails,
           messages_with_parts(messages, task,
                               {.tenant = task.tenant, .before = {}, .limit = kLastWordsMost, .task = task.number}));
  for (const auto& asked : who_asked(task)) {
    ORGO_TRY(origin, origin_of(tasks, task, asked));
    Customer one{.asked = asked, .address = {}, .word = origin, .written_to = {}};
    const auto theirs = std::ranges::find_if(mails, [&](const MessageSummary& mail) {
      return mail.decision && mail.decision->outcome != Outcome::recorded &&
             is_same_address(mail.decision->from, asked);
    });
    if (theirs != mails.end()) one.word = theirs->message.id;
    if (one.word)
      if (const auto word = messages.read(task.tenant, one.word)) one.written_to = word->envelope.recipient.address;
    one.address = answer_address(messages, as_asked_by(task, asked, origin), one.word, policy);
    all.push_back(std::move(one));
  }
  if (!ORGO_PLANT(only_the_requester_is_answered)) std::ranges::stable_sort(all, std::greater{}, &Customer::word);
  return all;
}

Result<std::vector<Customer>> chosen_among(std::vector<Customer> all, const std::vector<std::string>& named,
                                           TaskNumber task) {
  if (named.empty()) {
    if (all.size() > 1) all.resize(1);
    return all;
  }
  std::vector<Customer> chosen;
  for (const auto& name : named) {
    const auto is_them = [&](const Customer& one) { return is_same_address(one.asked, trim(name)); };
    const auto found = std::ranges::find_if(all, is_them);
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const auto& one : all) known.push_back(one.asked);
      return failure(Errc::invalid_input, "'" + one_line(name, 100) + "' has not asked for " + to_string(task) + "; " +
                                              (known.empty() ? "nobody has by mail" : join(known, ", ") + " did") +
                                              ". Others can get a copy (cc)");
    }
    if (std::ranges::none_of(chosen, is_them)) chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace orgo
