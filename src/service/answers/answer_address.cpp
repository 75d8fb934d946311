#include "service/answers/answer_address.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/wanted_reply_to.h"
#include "core/mail/read/read_message.h"
#include "core/processing/message_decision.h"
#include "core/threading/thread_hints.h"

namespace orgo {
namespace {

struct Wanted {
  std::string address;  ///< empty: themselves
  bool proven = false;  ///< the mail answers one of ours about the task
};

Wanted wanted_in(MessageStore& messages, const Task& task, MessageId id, const Policy& policy) {
  const std::array key{std::pair(task.tenant, id)};
  const auto loaded = std::move(messages.load(key).front());
  if (!loaded) return {};
  const auto& decide = policy.settings.decide;
  auto own = decide.own_addresses;
  own.push_back(sending_address(policy.settings.render));
  for (const auto& [name, team] : policy.workplace().teams)
    if (!team.address.empty()) own.push_back(team.address);
  const auto message = read_message(loaded->bytes);
  const auto hints = thread_hints(message, task.tenant, decide.domain, decide.id_key);
  const auto& parts = task.ties.merged;
  const bool proven =
      hints.proven && (hints.proven == task.number || std::ranges::find(parts, hints.proven) != parts.end());
  return {wanted_reply_to(loaded->message.envelope, message, task.requester.address, own), proven};
}

bool opened_a_task(MessageStore& messages, TenantId tenant, MessageId id) {
  const auto decision = messages.decision(tenant, id);
  return decision && *decision && (*decision)->outcome == Outcome::task_opened;
}

}  // namespace

std::string answer_address(MessageStore& messages, const Task& task, MessageId about, const Policy& policy) {
  const auto& requester = task.requester.address;
  if (!about || task.requester.kind != ContactKind::mail) return requester;
  const auto [wanted, proven] = wanted_in(messages, task, about, policy);
  if (wanted.empty()) return requester;
  if (about == task.origin || proven || ORGO_PLANT(reply_to_of_anybody)) return wanted;
  if (!task.origin) return opened_a_task(messages, task.tenant, about) ? wanted : requester;
  return is_same_address(wanted, wanted_in(messages, task, task.origin, policy).address) ? wanted : requester;
}

}  // namespace orgo
