#include "core/mail/read/envelope_of.h"

#include "base/text.h"
#include "core/contact/kept_address.h"

namespace orgo {
namespace {

std::string_view without_brackets(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>') text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

Envelope envelope_of(TenantId tenant, const Message& message, Channel channel, TimePoint received_at,
                     std::string_view fallback) {
  Envelope envelope{.tenant = tenant};
  envelope.channel = channel;
  envelope.received_at = received_at;
  envelope.peer = "file";
  const auto return_path = trim(message.header("Return-Path"));
  if (!return_path.empty()) envelope.sender = mail_contact(without_brackets(return_path));
  else if (message.from) envelope.sender = mail_contact(message.from->address);

  for (const auto name : {"Delivered-To", "X-Original-To", "Envelope-To"}) {
    const auto value = without_brackets(message.header(name));
    if (value.find('@') != std::string_view::npos && envelope.recipient.empty())
      envelope.recipient = mail_contact(value);
  }
  if (envelope.recipient.empty()) envelope.recipient = mail_contact(fallback);
  for (const auto* list : {&message.as_mail().to, &message.as_mail().cc})
    for (const auto& address : *list)
      if (envelope.recipient.empty() && !address.address.empty()) envelope.recipient = mail_contact(address.address);
  if (envelope.recipient.empty()) envelope.recipient = mail_contact("unknown@localhost");
  if (kept_address(envelope.recipient.address).empty())
    envelope.recipient = mail_contact(fallback.empty() ? "unknown@localhost" : std::string(fallback));
  envelope.sender.address = kept_address(std::move(envelope.sender.address));
  return envelope;
}

}  // namespace orgo
