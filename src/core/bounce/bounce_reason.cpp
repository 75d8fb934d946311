#include "core/bounce/bounce_reason.h"

#include <array>
#include <cstddef>

namespace orgo {
namespace {

// In the order of the enumeration.
constexpr auto kNames = std::to_array<std::string_view>({
    "undefined",       "userunknown",   "hasmoved",        "hostunknown", "notaccept",    "mailboxfull",
    "suspend",         "filtered",      "onhold",          "expired",     "networkerror", "systemerror",
    "systemfull",      "mailererror",   "mesgtoobig",      "exceedlimit", "toomanyconn",  "speeding",
    "blocked",         "badreputation", "requireptr",      "authfailure", "spamdetected", "virusdetected",
    "policyviolation", "contenterror",  "notcompliantrfc", "norelaying",  "rejected",     "securityerror",
    "syntaxerror",     "feedback",      "vacation",        "delivered",
});
static_assert(kNames.size() == static_cast<std::size_t>(BounceReason::delivered) + 1);

}  // namespace

std::string_view to_string(BounceReason reason) {
  return kNames[static_cast<std::size_t>(reason)];
}

std::optional<BounceReason> bounce_reason(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<BounceReason>(i);
  return std::nullopt;
}

}  // namespace orgo
