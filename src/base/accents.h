#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// Letters without what stands above or below them, for whoever types them without: "müller" = "muller", "čeština" =
/// "cestina", "ёж" = "еж", Hebrew without points, Arabic without vowel signs, "ø" as "o", "ł" as "l", "æ" as "ae".
/// Marks that make another letter in their script (the vowel signs of India, Thai tones, kana with voicing marks) stay.
/// `folded` is what fold_case() makes; the result is again a form of its own: twice is as once. Linear time.
std::string without_accents(std::string_view folded);

}  // namespace orgo
