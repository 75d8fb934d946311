#include "core/mail/findings/answer_allowed.h"

#include <algorithm>

#include "base/text.h"
#include "core/channel/channel_traits.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_mailing_list.h"
#include "core/mail/findings/machine_sender.h"
#include "protocol/mime/address.h"

namespace orgo {

namespace {

/// "desk+form@example.org" as "desk@example.org" (RFC 5233); else as it is.
std::string without_detail(std::string_view address) {
  const auto local = local_part(address);
  const auto plus = local.find('+');
  if (plus == std::string_view::npos || plus == 0 || local.size() == address.size()) return std::string(address);
  return std::string(local.substr(0, plus)) + std::string(address.substr(local.size()));
}

bool has_mailbox(std::string_view address) {
  return address.find('@') != std::string_view::npos;
}

/// "web.example" and "mail.web.example".
bool is_of_one_house(std::string_view a, std::string_view b) {
  const auto is_below = [](std::string_view below, std::string_view above) {
    return below.size() > above.size() && below[below.size() - above.size() - 1] == '.' &&
           is_same_domain(below.substr(below.size() - above.size()), above);
  };
  return is_same_domain(a, b) || is_below(a, b) || is_below(b, a);
}

/// Who wrote what a list sent on in its own name, as Google Groups, Mailman and others keep it.
std::string original_author(const Message& message) {
  for (const auto* name : {"X-Original-From", "X-Original-Sender", "X-Google-Original-From", "Original-From"}) {
    const auto found = mime::parse_addresses(message.header(name), {}, {2}).mailboxes;
    if (!found.empty() && has_mailbox(found.front().address)) return found.front().address;
  }
  return {};
}

/// Is From the list itself, put there in place of whoever wrote, as lists do where DMARC forbids them to send in the
/// author's name: "Kim via Group" <group@lists.example>, or the very address that takes the list's posts?
bool stands_for_author(const Message& message) {
  if (!message.from) return false;
  const auto& [name, address] = *message.from;
  const auto via = ascii_lower(name).rfind(" via ");
  if (via != std::string::npos && (is_of_list(message) || !original_author(message).empty())) return true;
  const auto post = trim(message.header("List-Post"));
  const auto mailto = ascii_lower(post).find("mailto:");
  if (mailto == std::string::npos) return false;
  const auto list = post.substr(mailto + 7);
  return is_same_address(address, list.substr(0, list.find_first_of(">?")));
}

}  // namespace

bool is_own_address(std::string_view address, std::span<const std::string> own) {
  const auto plain = without_detail(address);
  return std::any_of(own.begin(), own.end(), [&](std::string_view entry) {
    if (entry.starts_with('@')) return is_same_domain(domain_part(address), entry.substr(1));
    return is_same_address(address, entry) || is_same_address(plain, entry);
  });
}

bool is_of_house(std::string_view address, const Envelope& envelope, std::span<const std::string> own) {
  const auto& recipient = envelope.recipient.address;
  return is_own_address(address, own) || is_same_address(address, recipient) ||
         is_same_address(without_detail(address), without_detail(recipient));
}

bool is_own_mailbox(std::string_view address, std::span<const std::string> own) {
  const auto plain = without_detail(address);
  return std::ranges::any_of(own, [&](std::string_view entry) {
    return !entry.starts_with('@') && (is_same_address(address, entry) || is_same_address(plain, entry));
  });
}

Contact answer_contact(const Envelope& envelope, const Message& message, std::span<const std::string> own) {
  if (envelope.sender.kind != ContactKind::mail) return envelope.sender;
  const auto& reply_to = message.as_mail().reply_to;
  // "Reply-To: desk@ours, carla@example.org" of a form: she waits for the answer.
  for (const auto& address : reply_to)
    if (is_mail_address(address.address) && !is_of_house(address.address, envelope, own))
      return mail_contact(address.address);
  for (const auto& address : reply_to)
    if (!address.address.empty()) return mail_contact(address.address);
  if (message.from && !message.from->address.empty()) return mail_contact(message.from->address);
  return envelope.sender;
}

std::string requester_address(const Envelope& envelope, const Message& message, std::span<const std::string> own) {
  // "From: Ann", "From: MAILER": nobody can be answered by a name.
  const bool has_from = message.from && has_mailbox(message.from->address);
  const bool is_name = message.from && !message.from->address.empty() && !has_from;
  const std::string& from = has_from ? message.from->address : envelope.sender.address;
  const bool ours = is_of_house(from, envelope, own), of_list = has_from && stands_for_author(message);
  const auto may_ask = [&](std::string_view address) {
    return is_mail_address(address) && !is_unattended(address) && !is_of_house(address, envelope, own) &&
           !(of_list && is_same_address(address, from));
  };
  if (!is_name && !from.empty() && !ours && !of_list && !is_program(from)) {
    if (!is_of_many(from)) return from;
    // "info@", "contact@": people write by it as well as forms. Whoever is named elsewhere has filled one in.
    for (const auto& [name, address] : message.as_mail().reply_to)
      if (may_ask(address) && !is_of_one_house(domain_part(address), domain_part(from))) return address;
    return from;
  }
  for (const auto& [name, address] : message.as_mail().reply_to)
    if (may_ask(address)) return address;
  if (of_list)
    if (auto author = original_author(message); may_ask(author)) return author;
  return from.empty() && message.from ? message.from->address : from;
}

std::optional<std::string> why_no_answer(const Envelope& envelope, const Message& message,
                                         const std::vector<Finding>& findings, std::span<const std::string> own) {
  if (envelope.channel == Channel::import_) return "it was imported";
  if (envelope.archived) return "it was archived";
  for (const auto& finding : findings)
    if (finding.kind != FindingKind::follow_up && finding.kind != FindingKind::duplicate)
      return std::string(to_string(finding.kind)) + " (" + finding.detail + ")";
  if (const auto word = auto_submitted(message); !word.empty()) return "Auto-Submitted: " + word;
  if (has_null_sender(envelope, message)) return "the null sender";
  if (!message.header("X-Loop").empty()) return "X-Loop";
  if (const auto suppress = ascii_lower(message.header("X-Auto-Response-Suppress"));
      suppress.find("all") != std::string::npos || suppress.find("oof") != std::string::npos ||
      suppress.find("autoreply") != std::string::npos)
    return "X-Auto-Response-Suppress: " + suppress.substr(0, 80);

  const auto contact = answer_contact(envelope, message, own);
  if (!is_valid(contact) || !channel_of(contact.kind).answers) return "there is nobody to answer";
  const auto& to = contact.address;
  const auto asked = [&](std::string_view address) {
    return !address.empty() && is_unattended(address)
               ? std::optional<std::string>("nobody reads " + std::string(address))
               : std::nullopt;
  };
  if (auto why = asked(to)) return why;
  // A form sends as noreply@ and names in Reply-To who filled it in.
  const bool named =
      std::ranges::any_of(message.as_mail().reply_to, [&](const Address& a) { return a.address == to; }) &&
      !(message.from && is_same_address(message.from->address, to));
  if (!named) {
    if (auto why = asked(envelope.sender.address)) return why;
    if (message.from)
      if (auto why = asked(message.from->address)) return why;
  }
  if (is_same_address(to, envelope.recipient.address)) return "it would go to the address that it came to";
  for (const auto& address : own)
    if (!address.starts_with('@') && is_same_address(address, to)) return "it would go to our own address " + to;

  const auto names_us = [&](const std::vector<Address>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Address& a) {
      return is_same_address(a.address, envelope.recipient.address) || is_own_address(a.address, own);
    });
  };
  if (!names_us(message.as_mail().to) && !names_us(message.as_mail().cc))
    return "none of our addresses stands in To or Cc";
  return std::nullopt;
}

}  // namespace orgo
