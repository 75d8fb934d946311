#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

struct LanguageGuess {
  std::string language;     ///< BCP 47: "de", "hi", "pt", "zh", "zh-Hant"
  double confidence = 0.0;  ///< 0 to 1: the share of the words that are in it
};

struct LanguageLimits {
  std::size_t input_bytes = 8 * 1024;  ///< what is behind that is not read: a page says enough
  std::size_t letters_min = 24;        ///< bytes of letters; shorter texts could be anything ("OK", "Hallo Anna")
  double share_min = 0.7;              ///< below that the text is mixed
};

/// In which language a person wrote this, as a hint for routing and answers: the text tells it better than headers do,
/// which mostly name the language of the program. nullopt when unsure, too short or mixed, and for a script without a
/// language. Addresses, links and numbers are left out, since they look like English. Plain text in UTF-8; other bytes
/// make it nullopt. By CLD2: some 83 languages, none of them written in a foreign alphabet (romanised Hindi is
/// nullopt). May be called from several threads; some 50 µs for 1 KB.
std::optional<LanguageGuess> guess_language(std::string_view text, const LanguageLimits& limits = {});

/// The code that guess_language() gives a language, by its code or its English name: "de" of "DE" and "german".
/// nullopt: there is no such language, or it is not told from others.
std::optional<std::string> language_code(std::string_view code_or_name);

}  // namespace orgo
