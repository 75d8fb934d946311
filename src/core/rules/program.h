#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/regex.h"
#include "core/rules/automaton.h"
#include "core/rules/condition.h"
#include "core/rules/rule_set.h"

namespace orgo::rules {

/// All conditions of a rule set, made ready for speed: the texts of all rules are looked for in one pass over each
/// field, so that most of a condition is tests of bits; a rule none of whose texts occurred is not even looked at.
/// Regular expressions are asked last and each at most once for a message.
/// Immutable after build(); any number of threads, each with a Run of its own.
class Program {
 public:
  /// Working memory for one message at a time; kept by a thread to spare allocations.
  class Run {
   public:
    /// Does condition `number` hold? Only between begin() and the next one.
    [[nodiscard]] bool holds(std::uint32_t number);
    /// The numbers of the conditions that may hold, in order; all others don't.
    [[nodiscard]] std::span<const std::uint64_t> candidates() const { return candidates_; }

   private:
    friend class Program;
    bool evaluate(std::uint32_t node);
    bool regex(std::uint32_t number);

    const Program* program_ = nullptr;
    const Facts* facts_ = nullptr;
    std::vector<Found> found_;                ///< per slot
    std::vector<std::uint64_t> candidates_;
    std::vector<std::uint8_t> regex_results_;  ///< 0 not asked yet, 1 no, 2 yes
    std::string folded_;
    std::uint64_t findings_ = 0;
  };

  /// Returns its number, counted from 0. `text` is what it was read from, for explanations. Only before build().
  std::uint32_t add(const Condition& condition, std::string_view text);
  void build();

  /// Looks through the message. `facts` must live as long as the Run is asked.
  void begin(Run& run, const Facts& facts) const;

  /// Why a condition holds: its parts that do, with the words of the message: "subject contains 'leak' (\"Water leak in
  /// Room 102\")". At most 1 KiB.
  [[nodiscard]] std::string why(Run& run, std::uint32_t number) const;
  /// The part that does not hold, as written.
  [[nodiscard]] std::string_view why_not(Run& run, std::uint32_t number) const;

  /// Bytes of all automata.
  [[nodiscard]] std::size_t memory() const;

 private:
  enum class Kind : std::uint8_t {
    always, all, any, none,
    pattern,      ///< found[slot] has `first`
    any_pattern,  ///< ... one of patterns_[first, first + count)
    regex,        ///< number `first`
    finding, channel, hour, weekday,  ///< bit of `mask`
    size,         ///< op, against `mask`
  };
  struct Node {
    Kind kind = Kind::always;
    Operator op = Operator::is;
    std::uint16_t slot = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint64_t mask = 0;
    std::uint32_t offset = 0;  ///< in the text of the condition
    std::uint32_t length = 0;
    std::uint32_t test = 0;    ///< into tests_, for explanations
  };
  struct RegexTest {
    Regex regex;
    std::uint16_t slot;
  };
  /// (slot, pattern) pairs of which one must be found for a condition to hold; empty with `open`: it may always hold.
  struct Guard {
    bool open = true;
    std::vector<std::pair<std::uint16_t, std::uint32_t>> patterns;
  };

  std::uint32_t compile(const Condition& condition);
  std::uint32_t compile_test(const Condition& condition);
  std::uint16_t slot_of(const Test& test);
  [[nodiscard]] Guard guard_of(std::uint32_t node) const;
  template <typename Use>
  void for_each_value(const Facts& facts, std::size_t slot, Use&& use) const;
  void explain(Run& run, std::uint32_t node, std::string_view text, std::string& out) const;
  [[nodiscard]] std::string evidence(const Facts& facts, const Node& node) const;

  static constexpr std::uint16_t kKeywordSlot = kTextFields;
  static constexpr std::uint16_t kFirstHeaderSlot = kTextFields + 1;

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> children_;
  std::vector<std::uint32_t> patterns_;
  std::vector<std::uint32_t> roots_;
  std::vector<std::string> texts_;
  std::vector<Test> tests_;
  std::vector<RegexTest> regexes_;
  std::unordered_map<std::string, std::uint32_t> regex_numbers_;
  std::vector<Automaton> automata_ = std::vector<Automaton>(kFirstHeaderSlot);  ///< per slot; the keywords' stays empty
  std::vector<std::string> header_names_;                                       ///< in lower case; slot - kFirstHeaderSlot
  std::unordered_map<std::string, std::uint32_t> keywords_;                     ///< folded name -> "pattern"
  std::vector<std::vector<std::vector<std::uint32_t>>> guarded_;                ///< slot, pattern -> conditions
  std::vector<std::uint64_t> unguarded_;                                        ///< conditions without a guard
};

}  // namespace orgo::rules
