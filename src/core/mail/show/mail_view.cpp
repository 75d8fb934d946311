#include "core/mail/show/mail_view.h"

#include <utility>

#include "base/json_writer.h"
#include "core/mail/read/read_message.h"

namespace orgo {

MailView mail_view(std::string_view raw) {
  return mail_view(raw, read_message(raw));
}

MailView mail_view(std::string_view raw, Message message) {
  MailView view;
  view.message = std::move(message);
  view.split = split_text(view.message);
  const auto fresh = view.text_of(TextKind::fresh);
  view.language = guess_language(fresh);
  if (!view.language && fresh.empty()) view.language = guess_language(view.message.text);
  if (has_calendar(view.message)) view.invites = find_invites(raw, view.message);
  view.protection = find_protection(raw);
  if (view.protection.is_signed()) view.check.state = SignatureCheck::State::not_checked;
  return view;
}

void write_mail_view(JsonWriter& out, const MailView& view) {
  out.field("new_text", view.text_of(TextKind::fresh)).field("quoted_text", view.text_of(TextKind::quoted));
  out.field("signature", view.text_of(TextKind::signature));
  out.key("text_parts").begin_array();
  for (const auto& span : view.split.spans) {
    out.begin_object().field("kind", to_string(span.kind)).field("begin", span.begin).field("end", span.end);
    if (span.forwarded) out.field("forwarded", true);
    out.end_object();
  }
  out.end_array();
  out.key("language");
  if (view.language) {
    out.begin_object().field("code", view.language->language);
    out.field("percent", static_cast<int>(view.language->confidence * 100 + 0.5)).end_object();
  } else {
    out.null();
  }
  out.key("invites").begin_array();
  for (const auto& invite : view.invites) write_invite(out, invite);
  out.end_array();
  out.key("protection");
  write_protection(out, view.protection, view.check);
}

}  // namespace orgo
