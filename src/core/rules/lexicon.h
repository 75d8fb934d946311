#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules/automaton.h"

namespace orgo::rules {

/// A routing keyword and what people write for it: "leak" for leak, leaking, Leck, fuite, fuga, ...
struct KeywordWords {
  std::string_view keyword;
  std::span<const std::string_view> words;
};
/// The lexicon that is always there: English, German, French, Spanish and Hindi words of what offices and schools write
/// about. Rule files add to it.
std::span<const KeywordWords> default_lexicon();

/// Is a word of urgency among these keywords (as RuleSet::keywords() gives them)? It says how fast, and makes a task
/// urgent by itself.
bool is_urgent(std::span<const std::string> keywords);

/// Finds routing keywords (A3) by whole words, without case, in one pass.
class Lexicon {
 public:
  /// The keyword that is named first wherever it stands, since it says how fast and not what.
  static constexpr std::string_view kUrgent = "urgent";
  /// Only so much of a text is searched: what a mail is about stands at its top, and quoted mails at its end.
  static constexpr std::size_t kTextBytesMax = 256U << 10U;

  /// false: `word` has no letter or digit, so that it can't be found.
  bool add(std::string_view keyword, std::string_view word);
  /// All of default_lexicon().
  void add_defaults();
  /// Once, after the last add(). `frugal`: a tenth of the memory, for one of many that are seldom searched.
  void build(bool frugal = false);

  [[nodiscard]] bool knows(std::string_view keyword) const { return numbers_.contains(std::string(keyword)); }
  [[nodiscard]] const std::vector<std::string>& keywords() const { return names_; }
  /// For those who look for the words themselves: each as fold_words() makes it, by number.
  [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
  /// The keywords of words that were found in this order: words of urgency first, no doubles.
  [[nodiscard]] std::vector<std::string> keywords_of(std::span<const std::uint32_t> words) const;
  /// Words of urgency first, then in the order of the texts; no doubles.
  [[nodiscard]] std::vector<std::string> find(std::string_view subject, std::string_view text) const;

 private:
  Automaton automaton_{Automaton::Mode::words};
  std::vector<std::string> names_;  ///< in lower case
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::vector<std::uint32_t>> keywords_of_;  ///< per pattern
  std::vector<std::string> words_;                       ///< per pattern
};

/// The default lexicon and no other words, built once: for all rule sets that add none.
const Lexicon& standard_lexicon();

}  // namespace orgo::rules
