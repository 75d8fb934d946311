#include "core/processing/urgent_words.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace orgo {
namespace {

constexpr auto kUrgent = std::to_array<std::string_view>({
    "urgent",     "urgently",  "emergency",  "immediately", "asap", "critical", "danger",
    "fire",       "dringend",  "notfall",    "sofort",      "eilt", "urgence",  "urgente",
    "emergencia", "emergenza", "emergência", "spoed",       "तुरंत",  "आपातकाल",  "अत्यावश्यक",
});

}  // namespace

bool is_urgent(std::span<const std::string> keywords) {
  return std::any_of(keywords.begin(), keywords.end(), [](const std::string& keyword) {
    return std::any_of(kUrgent.begin(), kUrgent.end(), [&](auto word) { return ascii_iequals(word, keyword); });
  });
}

}  // namespace orgo
