#include "core/rules/lexicon.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

// Keywords that make a task urgent by themselves, also those that rule files add under these names.
constexpr auto kUrgentKeywords = std::to_array<std::string_view>({
    "urgent",     "urgently",  "emergency",  "immediately", "asap", "critical", "danger",
    "fire",       "dringend",  "notfall",    "sofort",      "eilt", "urgence",  "urgente",
    "emergencia", "emergenza", "emergência", "spoed",       "तुरंत",  "आपातकाल",  "अत्यावश्यक",
});

constexpr std::size_t kFrugalTable = 1U << 14U;

}  // namespace

bool is_urgent(std::span<const std::string> keywords) {
  return std::any_of(keywords.begin(), keywords.end(), [](const std::string& keyword) {
    return std::any_of(kUrgentKeywords.begin(), kUrgentKeywords.end(),
                       [&](auto word) { return ascii_iequals(word, keyword); });
  });
}

bool Lexicon::add(std::string_view keyword, std::string_view word) {
  std::string folded;
  fold_words(word, folded);
  const auto has_word = [&] {
    for (std::size_t at = 0; at < folded.size();)
      if (is_word_character(decode_utf8(folded, at))) return true;
    return false;
  };
  if (!has_word()) return false;
  const auto name = fold_case(trim(keyword));
  const auto [known, fresh] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (fresh) names_.push_back(name);
  const auto pattern = automaton_.add(folded);
  if (pattern >= keywords_of_.size()) {
    keywords_of_.resize(pattern + 1);
    words_.resize(pattern + 1);
  }
  words_[pattern] = std::move(folded);
  auto& list = keywords_of_[pattern];
  if (std::find(list.begin(), list.end(), known->second) == list.end()) list.push_back(known->second);
  return true;
}

void Lexicon::add_defaults() {
  for (const auto& [keyword, words] : default_lexicon())
    for (const auto word : words) add(keyword, word);
}

void Lexicon::build(bool frugal) {
  automaton_.build(frugal ? kFrugalTable : Automaton::kTableEntriesMax);
}

const Lexicon& standard_lexicon() {
  static const Lexicon made = [] {
    Lexicon lexicon;
    lexicon.add_defaults();
    lexicon.build();
    return lexicon;
  }();
  return made;
}

std::vector<std::string> Lexicon::keywords_of(std::span<const std::uint32_t> words) const {
  std::vector<std::string> keywords;
  for (const bool urgent : {true, false})
    for (const auto word : words)
      for (const auto number : keywords_of_[word])
        if ((names_[number] == kUrgent) == urgent &&
            std::find(keywords.begin(), keywords.end(), names_[number]) == keywords.end())
          keywords.push_back(names_[number]);
  return keywords;
}

std::vector<std::string> Lexicon::find(std::string_view subject, std::string_view text) const {
  thread_local Found found;
  thread_local std::string folded;
  thread_local std::vector<std::uint32_t> order;
  order.clear();
  found.reset(automaton_.pattern_count());
  for (auto part : {cut_utf8(subject, kTextBytesMax), cut_utf8(text, kTextBytesMax)}) {
    if (!is_ascii(part)) {
      fold_words(part, folded);
      part = folded;
    }
    automaton_.scan(part, found, [&](std::uint32_t pattern) { order.push_back(pattern); });
  }
  return keywords_of(order);
}

}  // namespace orgo::rules
