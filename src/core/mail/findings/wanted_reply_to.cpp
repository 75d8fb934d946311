#include "core/mail/findings/wanted_reply_to.h"

#include <algorithm>

#include "core/contact/mail_address.h"
#include "core/mail/findings/answer_allowed.h"
#include "core/mail/findings/find_mailing_list.h"
#include "core/mail/findings/machine_sender.h"

namespace orgo {

std::string wanted_reply_to(const Envelope& envelope, const Message& message, std::string_view requester,
                            std::span<const std::string> own) {
  const auto& named = message.as_mail().reply_to;
  if (named.empty()) return {};
  // A form, or somebody else in the thread: whom they name is not the requester's wish.
  if (!message.from || !is_same_address(message.from->address, requester) || is_of_list(message)) return {};
  const auto is_requester = [&](const Address& one) { return is_same_address(one.address, requester); };
  if (std::ranges::any_of(named, is_requester)) return {};
  for (const auto& [name, address] : named)
    if (is_mail_address(address) && !is_unattended(address) && !is_of_house(address, envelope, own)) return address;
  return {};
}

}  // namespace orgo
