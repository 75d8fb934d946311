#include "core/suppression/suppression.h"

#include "base/text.h"
#include "base/unicode.h"
#include "core/changes/actor.h"

namespace orgo {

bool blocks(const Suppression& suppression, TimePoint now) {
  return suppression.active && (!suppression.expires_at || now < *suppression.expires_at);
}

std::string refusal_words(const Suppression& suppression, const TimeZone& zone) {
  auto words = "suppressed since " + to_rfc3339(suppression.since, zone) + ": " + suppression.reason;
  if (!suppression.detail.empty()) words.append(" (").append(cut_utf8(suppression.detail, 300)).append(")");
  if (suppression.message) words += ", reported by " + to_string(suppression.message);
  else if (suppression.reason == "manual") words += ", added by " + std::string(actor_name(suppression.actor));
  if (suppression.expires_at) words += "; until " + to_rfc3339(*suppression.expires_at, zone);
  return words;
}

}  // namespace orgo
