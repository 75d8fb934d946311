#pragma once
#include <string>

#include "port/message_store.h"
#include "port/signature_verifier.h"
#include "service/gateway/content/mail_content.h"
#include "service/gateway/pages/html.h"
#include "service/gateway/pages/rule_marks.h"

namespace orgo::gateway::page {

/// How a mail is shown.
struct MailShown {
  SignatureVerifier* signatures = nullptr;  ///< null: its signature is not checked
  TimePoint now{};
  Deadline checks_until{};  ///< then its signature is not checked any more; a page with many mails has one deadline
  bool frame = false;       ///< its HTML, if it has any, in a sandboxed frame instead of the text
  bool remote = false;      ///< with pictures of other servers
  const TracedRule* marked = nullptr;  ///< the rule whose words are marked in subject and text; the frame has no marks,
                                       ///< so that this shows the text
};
/// One message as it is meant: sender, signature, calendar entries, text with quotes folded, attachments.
void write_mail(Html& html, const StoredMessage& stored, const Result<std::string>& bytes, const MailShown& how);
void write_frame(Html& html, const MailView& view, MessageId id, bool remote);

}  // namespace orgo::gateway::page
