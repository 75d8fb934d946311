#include "core/processing/urgency.h"

#include "base/text.h"
#include "core/mail/read/split_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/negation.h"

namespace orgo {

bool says_urgent(const Message& message, std::span<const std::string> keywords, const rules::RuleSet& rules) {
  // Most mails have no such word anywhere; what is new in them is nobody's question.
  if (!rules::is_urgent(keywords)) return false;
  Message said;
  said.subject = rules::without_denied(message.subject);
  const auto fresh = new_text(message);
  said.text = rules::without_denied(fresh);
  // Nothing is denied and nothing is quoted: what was found is said.
  if (said.subject == message.subject && said.text == fresh && fresh == trim(message.text)) return true;
  return rules::is_urgent(rules.keywords(said));
}

}  // namespace orgo
