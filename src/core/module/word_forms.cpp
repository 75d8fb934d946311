#include "core/module/word_forms.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"

namespace orgo::modules {
namespace {

using Forms = std::vector<std::string>;

bool ends(std::string_view word, std::string_view end) {
  return word.ends_with(end);
}
std::string cut(std::string_view word, std::string_view end) {
  return std::string(word.substr(0, word.size() - end.size()));
}
bool is_vowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

template <typename... Ending>
void add_each(Forms& forms, const std::string& stem, const Ending&... endings) {
  (forms.push_back(stem + endings), ...);
}

void english(Forms& forms, const std::string& word) {
  const char last = word.back();
  const char before = word[word.size() - 2];
  if (last == 'y' && !is_vowel(before)) {
    const auto stem = cut(word, "y");
    add_each(forms, stem, "ies", "ied");
    add_each(forms, word, "ing", "s");
    return;
  }
  if (last == 'e') {
    const auto stem = cut(word, "e");
    add_each(forms, word, "s", "d", "r");
    add_each(forms, stem, "ing");
    return;
  }
  const bool hisses = last == 's' || last == 'x' || last == 'z' || ends(word, "ch") || ends(word, "sh");
  add_each(forms, word, hisses ? "es" : "s", "ed", "ing", "er");
  // drip, dripping; but not look, looking or broken
  if (word.size() <= 5 && !is_vowel(last) && last != 'w' && last != 'x' && last != 'y' && is_vowel(before) &&
      (word.size() < 3 || !is_vowel(word[word.size() - 3])))
    add_each(forms, word + last, "ed", "ing");
}

void german(Forms& forms, const std::string& word) {
  add_each(forms, word, "e", "en", "er", "es", "em", "n", "s", "t", "te", "ten");
  if (ends(word, "e")) {
    const auto stem = cut(word, "e");
    add_each(forms, stem, "en", "er", "es", "em");
  }
  if (ends(word, "en") && word.size() > 4) {  // a verb: tropfen, tropft, tropfte, tropfend
    const auto stem = cut(word, "en");
    add_each(forms, stem, "t", "te", "ten", "e", "est", "et", "ete", "end", "ende", "enden", "ender", "endes");
  }
  if (ends(word, "in")) add_each(forms, word, "nen");
}

void french(Forms& forms, const std::string& word) {
  add_each(forms, word, "s", "e", "es", "x");
  if (ends(word, "al")) add_each(forms, cut(word, "l"), "ux");
  if (ends(word, "eux")) add_each(forms, cut(word, "x"), "se", "ses");
  if (ends(word, "if")) add_each(forms, cut(word, "f"), "ve", "ves");
  if (ends(word, "er"))
    add_each(forms, cut(word, "er"), "e", "es", "ent", "é", "ée", "és", "ées", "ait", "aient", "ez", "ons", "ant",
             "era", "ions");
  if (ends(word, "ir")) add_each(forms, cut(word, "ir"), "it", "is", "issent", "i", "ie", "ies");
}

void iberian(Forms& forms, const std::string& word, bool spanish) {
  const char last = word.back();
  if (last == 'o') add_each(forms, cut(word, "o"), "a", "os", "as");
  if (is_vowel(last)) add_each(forms, word, "s");
  else add_each(forms, word, "es");
  if (last == 'z') add_each(forms, cut(word, "z"), "ces");
  if (ends(word, "ión")) add_each(forms, cut(word, "ión"), "iones");
  if (ends(word, "ção")) add_each(forms, cut(word, "ção"), "ções");
  if (ends(word, "al") && !spanish) add_each(forms, cut(word, "l"), "is");
  if (ends(word, "ar"))
    add_each(forms, cut(word, "ar"), "a", "o", "an", "am", "ando", "ado", "ada", "ados", "adas", "aba", "aron", "ó",
             "é", "ou", "en");
  if (ends(word, "er") || ends(word, "ir")) {
    const auto stem = word.substr(0, word.size() - 2);
    add_each(forms, stem, "e", "o", "en", "em", "iendo", "endo", "indo", "ido", "ida", "idos", "idas", "ió", "ieron",
             "eu", "iu");
  }
}

void italian(Forms& forms, const std::string& word) {
  const char last = word.back();
  if (last == 'o' || last == 'a' || last == 'e')
    add_each(forms, word.substr(0, word.size() - 1), "o", "a", "i", "e", "he", "hi");
  if (ends(word, "are")) add_each(forms, cut(word, "are"), "a", "o", "ano", "ando", "ato", "ata", "ati", "ate");
  if (ends(word, "ere") || ends(word, "ire"))
    add_each(forms, word.substr(0, word.size() - 3), "e", "o", "ono", "endo", "uto", "uta", "ito", "ita", "iti", "ite");
}

void hindi(Forms& forms, const std::string& word) {
  if (ends(word, "ा")) {
    add_each(forms, cut(word, "ा"), "े", "ों", "ी", "ियाँ", "ियां", "ियों");
  } else if (ends(word, "ी")) {
    add_each(forms, cut(word, "ी"), "ियाँ", "ियां", "ियों", "े", "ा");
  } else if (ends(word, "ना")) {
    add_each(forms, cut(word, "ना"), "ने", "नी", "ता", "ते", "ती");
  } else {
    add_each(forms, word, "ों", "ें", "े", "ा", "ी");
  }
  if (ends(word, "ना")) add_each(forms, cut(word, "ना"), "ने", "नी", "ता", "ते", "ती");
}

constexpr std::array<std::string_view, 7> kLanguages{"de", "en", "es", "fr", "hi", "it", "pt"};
constexpr std::size_t kFormsMax = 40;

}  // namespace

bool knows_word_forms(std::string_view language) {
  return std::find(kLanguages.begin(), kLanguages.end(), language) != kLanguages.end();
}

std::vector<std::string> word_forms(std::string_view language, std::string_view phrase) {
  Forms forms{std::string(phrase)};
  if (!knows_word_forms(language)) return forms;
  const auto space = phrase.rfind(' ');
  const std::string first(space == std::string_view::npos ? std::string_view() : phrase.substr(0, space + 1));
  const auto word = fold_case(space == std::string_view::npos ? phrase : phrase.substr(space + 1));
  if (count_characters(word) < 3) return forms;
  Forms words;
  if (language == "en") english(words, word);
  else if (language == "de") german(words, word);
  else if (language == "fr") french(words, word);
  else if (language == "es" || language == "pt") iberian(words, word, language == "es");
  else if (language == "it") italian(words, word);
  else hindi(words, word);
  for (auto& one : words) {
    if (forms.size() >= kFormsMax) break;
    one.insert(0, first);
    if (std::find(forms.begin(), forms.end(), one) == forms.end()) forms.push_back(std::move(one));
  }
  return forms;
}

}  // namespace orgo::modules
