#pragma once
#include <cstdint>
#include <string>

#include "port/message_store.h"
#include "service/gateway/content/mail_content.h"
#include "service/gateway/pages/html.h"
#include "service/gateway/pages/rule_marks.h"

namespace orgo::gateway::page {

/// How a mail is shown.
struct MailShown {
  TimePoint now{};
  bool frame = false;                  ///< its HTML, if it has any, in a sandboxed frame instead of the text
  bool remote = false;                 ///< with pictures of other servers
  const TracedRule* marked = nullptr;  ///< the rule whose words are marked in subject and text; the frame has no marks,
                                       ///< so that this shows the text
};
/// One message as it is meant: sender, signature, calendar entries, text with quotes folded, attachments. nullptr: its
/// bytes can't be read.
void write_mail(Html& html, const StoredMessage& stored, const MailView* view, const MailShown& how);
/// One for which the page has no room: who and when, with a link.
void write_left_out(Html& html, const StoredMessage& stored, TimePoint now);
/// Its text, with quotes and signature folded.
void write_text(Html& html, const MailView& view, const RuleMarks& marks);
void write_attachments(Html& html, const MailView& view, MessageId id);
/// "1.4 MB"
std::string size_in_words(std::uint64_t bytes);
void write_frame(Html& html, const MailView& view, MessageId id, bool remote);

}  // namespace orgo::gateway::page
