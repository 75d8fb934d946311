#include "core/processing/urgency.h"

#include "core/mail/read/split_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/negation.h"

namespace orgo {

bool says_urgent(const Message& message, std::span<const std::string> keywords, const rules::RuleSet& rules) {
  // Most mails have no such word anywhere; what is new in them is nobody's question.
  if (!rules::is_urgent(keywords)) return false;
  Message said;
  said.subject = rules::without_denied(message.subject);
  said.text = rules::without_denied(new_text(message));
  return rules::is_urgent(rules.keywords(said));
}

}  // namespace orgo
