#include "core/processing/urgency.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/unicode.h"
#include "core/mail/read/split_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/negation.h"

namespace orgo {
namespace {

constexpr std::size_t kTopBytes = 512;  ///< whatever is urgent is mostly said to be so in the first sentences

/// Of a mail that reached the wrong person, and what they shall do: whatever a paragraph that has both calls urgent
/// ("notify the sender immediately") is a lawyer's. As fold_case() writes them.
constexpr auto kWrongReader = std::to_array<std::string_view>({"in error",
                                                               "intended recipient",
                                                               "intended addressee",
                                                               "not the addressee",
                                                               "by mistake",
                                                               "irrtümlich",
                                                               "nicht der richtige",
                                                               "nicht der beabsichtigte",
                                                               "nicht der vorgesehene",
                                                               "par erreur",
                                                               "pas le destinataire",
                                                               "por error",
                                                               "no es el destinatario",
                                                               "no es usted el destinatario",
                                                               "may contain privileged",
                                                               "may contain confidential",
                                                               "contains privileged",
                                                               "contains confidential",
                                                               "mail ist vertraulich",
                                                               "nachricht ist vertraulich",
                                                               "vertrauliche informationen",
                                                               "est confidentiel",
                                                               "es confidencial"});
constexpr auto kRemedy = std::to_array<std::string_view>(
    {"delete", "destroy", "notify", "inform the sender", "contact the sender", "lösch", "vernicht", "absender",
     "détruire", "supprimer", "effacer", "expéditeur", "elimin", "borr", "destru", "remitente"});

template <typename Words>
bool has_one(std::string_view folded, const Words& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return folded.find(fold_case(word)) != folded.npos; });
}

std::string without_legal_paragraphs(std::string_view text) {
  std::string left;
  left.reserve(text.size());
  while (!text.empty()) {
    const auto end = std::min(text.find("\n\n"), text.size() - 1);
    const auto paragraph = text.substr(0, end + 1);
    auto folded = fold_case(paragraph);
    std::ranges::replace(folded, '\n', ' ');
    if (!has_one(folded, kWrongReader) || !has_one(folded, kRemedy)) left += paragraph;
    else left += '\n';
    text.remove_prefix(paragraph.size());
  }
  return left;
}

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
  const auto fresh = without_legal_paragraphs(new_text(message));
  const auto top = top_of(fresh);
  return is_said({}, top, rules) || (top.size() < fresh.size() && is_said({}, fresh, rules));
}

}  // namespace orgo
