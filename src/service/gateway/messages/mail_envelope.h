#pragma once
#include <string_view>

#include "base/result.h"
#include "core/intake/raw_message.h"
#include "service/policy/policy_book.h"

namespace orgo::gateway {

/// What a caller says about a mail that it gives; each may be empty.
struct MailWords {
  std::string_view recipient;
  std::string_view sender;
  std::string_view archived_at;
  std::string_view archived_state;
  std::string_view label;
};

/// Writes what they say into an envelope whose tenant and time of arrival are set. A recipient that is not said is the
/// tenant's inbox, of `policies`. invalid_input: names the word that is wrong.
Status read_mail_words(const MailWords& words, const PolicyOf& policies, Envelope& envelope);

}  // namespace orgo::gateway
