#pragma once
#include <string>
#include <utility>
#include <vector>

#include "core/intake/raw_message.h"
#include "core/message/message.h"
#include "tests/support/tenants.h"

/// What the tests of findings share: a mail of Anna's for the maintenance.
namespace orgo {

inline Envelope envelope(std::string sender = "anna@example.org") {
  Envelope made{.tenant = kTenant};
  made.sender = mail_contact(std::move(sender));
  made.recipient = mail_contact("maintenance@organization.com");
  return made;
}

inline Message mail(std::string from, std::string subject, std::vector<HeaderField> headers = {}) {
  Message made;
  made.from = Address{"", std::move(from)};
  made.make_mail().to = {{"", "maintenance@organization.com"}};
  made.subject = std::move(subject);
  made.make_mail().headers = std::move(headers);
  return made;
}
inline Message ordinary(std::vector<HeaderField> headers = {}) {
  return mail("anna@example.org", "Water leak in room 102", std::move(headers));
}

inline const std::vector<HeaderField> kGenerated{{"Auto-Submitted", "auto-generated"}};

}  // namespace orgo
