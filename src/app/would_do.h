#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/show/mail_view.h"
#include "core/processing/decide.h"
#include "core/processing/message_decision.h"
#include "core/processing/trace.h"

namespace orgo {

/// What the parser sees in a mail and what the rules would do with it, as if it were the first of its thread. Nothing
/// is stored or sent: this is the real decision of core/, asked without a store.
struct WouldDo {
  Message message;
  std::string raw;  ///< the bytes
  Envelope envelope;
  Changes changes;
  Trace trace;  ///< of the decision, with all rules

  [[nodiscard]] const MessageDecision& decision() const { return *changes.find<MessageDecision>(); }
};

/// `recipient`: for whom, when the mail does not say.
WouldDo would_do(std::string_view bytes, const rules::RuleSet& rules, const DecideSettings& settings, TimePoint now,
                 std::string_view recipient = {});

/// The same of a message with its envelope, and of what the store knows of it.
WouldDo would_do(Incoming incoming, const Context& context, const rules::RuleSet& rules, const DecideSettings& settings,
                 TimePoint now);

/// Sender, subject, keywords and where it is routed, in words; a few lines more where there is something to tell.
/// `view`: with the mail as it is meant: new text, language, calendar entries, signature.
std::string to_text(const WouldDo& result, const MailView* view = nullptr);
/// The whole parse and what the rules would do, as one JSON object in one line; `name` of the file where it is not
/// empty.
std::string to_json(const WouldDo& result, std::string_view name = {}, const MailView* view = nullptr);

}  // namespace orgo
