#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/language.h"
#include "core/mail/read/protection.h"
#include "core/mail/read/split_text.h"
#include "core/mail/show/invite.h"
#include "core/message/message.h"

namespace orgo {

/// A mail as it is meant, for those who show it: pages, the API, `orgo parse`. More work than reading it, so it is made
/// when somebody looks.
struct MailView {
  Message message;
  SplitText split;                        ///< of message.text
  std::optional<LanguageGuess> language;  ///< of what is new in it
  std::vector<Invite> invites;
  Protection protection;
  SignatureCheck check;  ///< not checked here: that takes keys (port/signature_verifier.h)

  [[nodiscard]] std::string text_of(TextKind kind) const { return orgo::text_of(message.text, split, kind); }
};

/// Pure, linear time.
MailView mail_view(std::string_view raw);
MailView mail_view(std::string_view raw, Message message);

/// Its parts as fields of an object that the caller opened: "new_text", "quoted_text", "signature", "text_parts",
/// "language", "invites", "protection".
void write_mail_view(JsonWriter& out, const MailView& view);

}  // namespace orgo
