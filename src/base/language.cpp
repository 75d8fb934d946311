#include "base/language.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"
#include "base/work.h"

namespace orgo {
namespace {

/// A word that no language made: an address, a link, a number, a code.
bool is_noise(std::string_view word) {
  if (word.size() > 100) return true;
  for (const char c : word)
    if (c == '@' || c == '/' || c == '\\' || c == '_' || c == '=' || c == '<' || c == '>' || (c >= '0' && c <= '9'))
      return true;
  return word.starts_with("www.");
}

std::string words_of(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    const auto word = text.substr(at, end - at);
    // Scripts without spaces make long "words"; those are no noise.
    if (!word.empty() && (!is_noise(word) || !is_ascii(word))) {
      if (!out.empty()) out += ' ';
      out += word;
    }
    at = end + 1;
  }
  return out;
}

/// CLD2 has some codes of its own and old ones of ISO 639.
std::string bcp47(std::string_view code) {
  if (code == "iw") return "he";
  if (code == "jw") return "jv";
  if (code == "mo") return "ro";
  if (code == "in") return "id";
  if (code == "no") return "nb";
  return std::string(code);
}

}  // namespace

std::optional<LanguageGuess> guess_language(std::string_view text, const LanguageLimits& limits) {
  text = cut_utf8(text, limits.input_bytes);
  if (!is_valid_utf8(text)) return std::nullopt;
  const auto words = words_of(text);
  count_work(text.size());
  if (words.size() < limits.letters_min) return std::nullopt;
  CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::Language languages[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
  int percents[3] = {0, 0, 0};
  double scores[3] = {0, 0, 0};
  int letters = 0;
  bool reliable = false;
  CLD2::ExtDetectLanguageSummary(words.data(), static_cast<int>(words.size()), /*is_plain_text=*/true, &hints,
                                 /*flags=*/0, languages, percents, scores, /*resultchunkvector=*/nullptr, &letters,
                                 &reliable);
  const std::string_view code = CLD2::LanguageCode(languages[0]);
  const double share = percents[0] / 100.0;
  if (!reliable || code == "un" || code.starts_with("xx") || code.starts_with("zz") || share < limits.share_min ||
      letters < static_cast<int>(limits.letters_min))
    return std::nullopt;
  return LanguageGuess{bcp47(code), share};
}

std::optional<std::string> language_code(std::string_view code_or_name) {
  const auto wanted = ascii_lower(code_or_name);
  for (int i = 0; i < CLD2::NUM_LANGUAGES; ++i) {
    const auto language = static_cast<CLD2::Language>(i);
    const std::string_view code = CLD2::LanguageCode(language);
    if (code == "un" || code.starts_with("xx") || code.starts_with("zz")) continue;
    const auto ours = bcp47(code);
    for (const auto name : {code, std::string_view(ours), std::string_view(CLD2::LanguageName(language))})
      if (ascii_lower(name) == wanted) return ours;
  }
  return std::nullopt;
}

}  // namespace orgo
