#include "service/gateway/messages/mail_envelope.h"

#include <algorithm>
#include <string>

#include "core/contact/contact.h"
#include "core/contact/mail_address.h"
#include "core/task/task.h"

namespace orgo::gateway {
namespace {

/// An address of the envelope as SMTP would take it; the words of the error name the parameter.
Status check_address(std::string_view name, const std::string& address) {
  const bool printable = std::all_of(address.begin(), address.end(),
                                     [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
  if (printable && is_mail_address(address)) return {};
  return failure(Errc::invalid_input, std::string(name) + " '" + address.substr(0, 50) +
                                          "' is not a mail address, as in office@example.org");
}

/// Archive mode and folder, for imports through a running server.
Status read_archive(const MailWords& words, Envelope& envelope) {
  const auto state = words.archived_state;
  if (const auto at = words.archived_at; !at.empty()) {
    const auto dated = parse_rfc3339(at);
    if (!dated || *dated > envelope.received_at)
      return failure(Errc::invalid_input, "archived_at is a time of the past, as in 2016-01-12T10:00:00Z");
    const auto wanted = state.empty() ? TaskState::closed : parse_task_state(state);
    if (!wanted)
      return failure(Errc::invalid_input,
                     "archived_state is a state of tasks: new, open, pending, acknowledged, resolved or closed");
    envelope.archived = Archived{*dated, *wanted};
  } else if (!state.empty()) {
    return failure(Errc::invalid_input, "archived_state goes with archived_at");
  }
  envelope.label = words.label;
  const bool clean = std::none_of(envelope.label.begin(), envelope.label.end(),
                                  [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (!clean || envelope.label.size() > kLabelMax)
    return failure(Errc::invalid_input, "label is one line of at most " + std::to_string(kLabelMax) + " bytes");
  return {};
}

}  // namespace

Status read_mail_words(const MailWords& words, const PolicyOf& policies, Envelope& envelope) {
  envelope.recipient = mail_contact(words.recipient);
  if (envelope.recipient.empty()) {
    ORGO_TRY(policy, policies(envelope.tenant));
    envelope.recipient = mail_contact(policy->settings.default_recipient);
  }
  ORGO_CHECK(check_address("recipient", envelope.recipient.address));
  envelope.sender = mail_contact(words.sender);
  if (!envelope.sender.empty()) ORGO_CHECK(check_address("sender", envelope.sender.address));
  return read_archive(words, envelope);
}

}  // namespace orgo::gateway
