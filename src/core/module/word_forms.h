#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo::modules {

/// The languages whose endings are known: "de", "en", "es", "fr", "hi", "it", "pt".
bool knows_word_forms(std::string_view language);

/// The word, and the forms that it takes in a text by the common endings of its language: "leak" gives leaks, leaked,
/// leaking, ...; "Heizung" gives Heizungen. Of a phrase the last word is inflected. A light method: it makes forms
/// instead of cutting endings off, so that what a lexicon finds are whole words that one can list, and `orgo module
/// show` does. Some forms are no words; nobody writes them. Words of fewer than three letters and unknown languages
/// give the word alone. At most 40 forms.
std::vector<std::string> word_forms(std::string_view language, std::string_view word);

}  // namespace orgo::modules
