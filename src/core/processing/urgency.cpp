#include "core/processing/urgency.h"

#include "core/mail/read/split_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/negation.h"

namespace orgo {
namespace {

constexpr std::size_t kTopBytes = 512;  ///< whatever is urgent is mostly said to be so in the first sentences

bool is_said(std::string_view subject, std::string_view text, const rules::RuleSet& rules) {
  Message said;
  said.subject = rules::without_denied(subject);
  said.text = rules::without_denied(text);
  return rules::is_urgent(rules.keywords(said));
}

/// Up to the last end of a sentence: what is denied there is denied in the whole text, and nothing else is.
std::string_view top_of(std::string_view text) {
  if (text.size() <= kTopBytes) return text;
  const auto end = text.substr(0, kTopBytes).find_last_of(".!?");
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

}  // namespace

bool says_urgent(const Message& message, std::span<const std::string> keywords, const rules::RuleSet& rules) {
  // Most mails have no such word anywhere; what is new in them is nobody's question.
  if (!rules::is_urgent(keywords)) return false;
  if (is_said(message.subject, {}, rules)) return true;
  const auto fresh = new_text(message);
  const auto top = top_of(fresh);
  return is_said({}, top, rules) || (top.size() < fresh.size() && is_said({}, fresh, rules));
}

}  // namespace orgo
