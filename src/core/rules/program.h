#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/regex.h"
#include "core/rules/automaton.h"
#include "core/rules/condition.h"
#include "core/rules/field_values.h"
#include "core/rules/folded_text.h"
#include "core/rules/lexicon.h"
#include "core/rules/literal_set.h"
#include "core/rules/rule_set.h"
#include "core/rules/shared_scan.h"

namespace orgo::rules {

/// All conditions of a rule set, made ready for speed: the texts of all rules, the texts that their regular expressions
/// need and the words of all keywords are looked for in one pass over each field, so that most of a condition is tests
/// of bits; a rule none of whose texts occurred is not even looked at. Regular expressions are asked last, each at most
/// once for a message; those that need no text are asked together. Immutable after build(); any number of threads, each
/// with a Run of its own.
class Program {
 public:
  /// A literal that was found: where its first occurrence stands in the folded value.
  struct Hit {
    std::uint16_t slot = 0;
    std::uint16_t value = 0;  ///< of several values of a field, from 0
    std::uint32_t literal = 0;
    std::uint32_t at = 0;
    std::uint32_t length = 0;
  };
  /// Working memory for one message at a time; kept by a thread to spare allocations.
  class Run {
   public:
    /// Does condition `number` hold? Only between begin() and the next one.
    [[nodiscard]] bool holds(std::uint32_t number);
    /// The numbers of the conditions that may hold, in order; all others don't.
    [[nodiscard]] std::span<const std::uint64_t> candidates() const { return candidates_; }
    /// With Facts::find_keywords: what was found; else Facts::keywords.
    [[nodiscard]] const std::vector<std::string>& keywords() const { return keywords_; }
    [[nodiscard]] const Facts& facts() const { return *facts_; }
    /// What an extraction holds; empty when it found nothing.
    [[nodiscard]] std::string_view extracted(std::uint32_t number);

   private:
    friend class Program;
    bool evaluate(std::uint32_t node);
    bool regex(std::uint32_t number);
    std::optional<bool> regex_at_starts(const Program& program, std::uint32_t number, std::string_view value);
    void regexes_together(std::uint16_t slot);
    void scan(std::uint16_t slot);
    void adopt(std::uint16_t slot, const ScannedField& field);
    void ensure(std::uint16_t slot);
    std::int64_t count(std::uint32_t node, std::int64_t most);
    bool compare_text(std::uint32_t node);
    bool compare_filled(std::uint32_t node);

    const Program* program_ = nullptr;
    const Facts* facts_ = nullptr;
    std::vector<Found> found_;           ///< per slot
    std::vector<std::uint8_t> scanned_;  ///< per slot: 0 not yet, 1 yes, 2 yes and some letters were composed
    std::vector<std::uint64_t> candidates_;
    std::vector<std::uint8_t> regex_results_;  ///< 0 not asked yet, 1 no, 2 yes
    std::vector<std::optional<std::string>> extracted_;
    std::vector<Hit> hits_;
    std::vector<std::string> keywords_;
    FieldCache cache_;
    FoldedText folded_;
    std::vector<FoldedText> texts_;        ///< per slot, of its first value, where it is wanted
    std::vector<const FoldedText*> seen_;  ///< per slot: of texts_, or of the scan that many rule sets share
    std::uint64_t findings_ = 0;
  };

  /// Returns its number, counted from 0. `text` is what it was read from, for explanations. Only before build().
  std::uint32_t add(const Condition& condition, std::string_view text);
  /// A variable that actions use. Returns its number for Run::extracted(). Only before build().
  std::uint32_t add_extraction(const std::shared_ptr<const Extraction>& extraction);
  /// `lexicon`: its words are found in the same pass. It must live as long as the program.
  void build(const Lexicon* lexicon = nullptr);

  /// Looks through the message. `facts` must live as long as the Run is asked.
  void begin(Run& run, const Facts& facts) const;

  /// Why a condition holds: its parts that do, with the words of the message: "subject contains 'leak' (\"Water leak in
  /// Room 102\")". At most 1 KiB.
  [[nodiscard]] std::string why(Run& run, std::uint32_t number) const;
  /// The part that does not hold, as written.
  [[nodiscard]] std::string_view why_not(Run& run, std::uint32_t number) const;
  /// Each single test of a condition in its order, whether it holds, and where the words that did it stand. At most 50.
  /// `with_found`: also what the message has instead of what was asked for (PartTrace::found).
  [[nodiscard]] std::vector<PartTrace> parts(Run& run, std::uint32_t number, bool with_found = false) const;
  /// A condition as it was written.
  [[nodiscard]] const std::string& text(std::uint32_t number) const { return texts_[number]; }

  /// What the store has to be asked for this set.
  [[nodiscard]] Needs needs() const { return needs_; }
  /// What it looks for in subject and body.
  [[nodiscard]] TextLiterals text_literals() const {
    return {&slots_[subject_slot_].literals, &slots_[body_slot_].literals};
  }
  /// Bytes of all tables for literals.
  [[nodiscard]] std::size_t memory() const;

 private:
  enum class Kind : std::uint8_t {
    always,
    all,
    any,
    none,
    pattern,      ///< found[slot] has `first`
    any_pattern,  ///< ... one of patterns_[first, first + count)
    regex,        ///< number `first`
    bits,         ///< bit of `mask`, by `field`
    number,       ///< numbers_[first, first + count), by `field`
    flag,         ///< by `field`
    exists,       ///< slot has a value
    extract,      ///< extraction `first`
    count,        ///< of tests_[test]
    order,        ///< values of `slot` against tests_[test]
    filled,       ///< a text with variables in it, compared without any preparation
  };
  struct Node {
    Kind kind = Kind::always;
    Operator op = Operator::is;
    Field field = Field::subject;
    std::uint16_t slot = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint64_t mask = 0;
    std::uint32_t offset = 0;  ///< in the text of the condition
    std::uint32_t length = 0;
    std::uint32_t test = 0;  ///< into tests_, for explanations
  };
  /// Where values come from.
  struct Source {
    Field field = Field::subject;
    Part part = Part::whole;
    int index = 0;
    std::string header;            ///< in lower case
    std::uint32_t extraction = 0;  ///< of Field::variable
  };
  struct Slot {
    Source source;
    LiteralSet literals;
    bool keeps_text = false;           ///< expressions look for places in the folded text of its first value
    bool lazy = false;                 ///< costs too much to be looked at before it is asked for
    std::vector<std::uint32_t> loose;  ///< regular expressions that need no text
    RegexSet together;                 ///< those of `loose`
    bool asked_together = false;
    std::vector<std::vector<std::uint32_t>> guarded;  ///< literal -> conditions that it makes possible
    std::vector<std::uint32_t> guarded_by_regex;      ///< conditions that depend on texts of regular expressions
    std::vector<std::uint32_t> keyword_of;            ///< literal -> word of the lexicon, or kNone
  };
  struct RegexTest {
    std::shared_ptr<const Regex> regex;
    std::uint16_t slot = 0;
    bool folded = false;                 ///< it sees the folded text
    std::uint32_t first = 0, count = 0;  ///< patterns_ of which one must be found; none: always possible
    std::vector<std::pair<std::uint32_t, std::uint32_t>> further;  ///< the same once more
    std::vector<std::string> starts;  ///< every match begins with one of these; empty: not known
  };
  struct Extractor {
    std::shared_ptr<const Extraction> extraction;
    std::shared_ptr<const Regex> regex;
    std::vector<std::uint16_t> slots;
    std::vector<std::pair<std::uint16_t, std::uint32_t>> needed;  ///< one must be found; empty: always possible
  };
  /// (slot, literal) pairs of which one must be found for a condition to hold; with `open`: it may always hold.
  struct Guard {
    bool open = true;
    bool by_regex = false;
    std::vector<std::pair<std::uint16_t, std::uint32_t>> patterns;
  };

  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::uint16_t kKeywordSlot = 0;

  std::uint32_t compile(const Condition& condition);
  std::uint32_t compile_test(const Condition& condition);
  void compile_text(const Test& test, Node& node);
  void compile_regex(const std::string& pattern, bool ignore_case, bool folded, std::uint16_t slot, Node& node,
                     std::shared_ptr<const Regex> compiled = nullptr);
  std::uint16_t slot_of(Source source);
  std::uint16_t slot_of(const Test& test);
  [[nodiscard]] Guard guard_of(std::uint32_t node) const;
  [[nodiscard]] int cost_of(std::uint32_t node) const;
  void add_lexicon(const Lexicon& lexicon);
  void find_keywords(Run& run) const;
  void reset(Run& run, const Facts& facts) const;
  void mark_keywords(Run& run) const;
  void mark(Run& run, const std::vector<std::uint32_t>& conditions) const;
  template <typename Use>
  void for_each_value(Run& run, std::uint16_t slot, Use&& use) const;
  template <typename Use>
  void for_each_of_field(Run& run, const Source& source, Use&& use) const;
  [[nodiscard]] std::string filled(Run& run, const Node& node, std::string_view text) const;

  void explain(Run& run, std::uint32_t node, std::string_view text, std::string& out) const;
  struct PartWish {
    std::string_view text;  ///< of the condition
    bool with_found = false;
    bool negated = false;  ///< below an odd number of `not`
  };
  void collect_parts(Run& run, std::uint32_t node, PartWish wish, std::vector<PartTrace>& out) const;
  [[nodiscard]] std::vector<std::uint32_t> parts_in_order(const Node& node) const;
  struct Evidence {
    Highlight place;
    std::string excerpt;
  };
  /// Where the words stand that make a node hold, in the order in which they were found; at most `most`.
  [[nodiscard]] std::vector<Evidence> evidence(Run& run, const Node& node, std::size_t most) const;
  void evidence_of_count(
      Run& run, const Node& node,
      const std::function<void(std::size_t, std::string_view, std::size_t, std::size_t)>& show) const;
  void evidence_of_keyword(Run& run, const Node& node, std::size_t most, std::vector<Evidence>& out) const;
  [[nodiscard]] std::string what_is_there(Run& run, const Node& node) const;
  [[nodiscard]] std::string remark(Run& run, const Node& node) const;

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> children_;
  std::vector<std::uint32_t> patterns_;
  std::vector<std::int64_t> numbers_;
  std::vector<std::uint32_t> roots_;
  std::vector<std::string> texts_;
  std::vector<Test> tests_;
  std::vector<RegexTest> regexes_;
  std::vector<Extractor> extractors_;
  std::unordered_map<std::string, std::uint32_t> regex_numbers_;
  std::unordered_map<std::string, std::uint32_t> extractor_numbers_;
  std::unordered_map<std::string, std::uint16_t> slot_numbers_;
  std::vector<Slot> slots_ = std::vector<Slot>(1);           ///< the first: keywords
  std::unordered_map<std::string, std::uint32_t> keywords_;  ///< folded name -> "pattern"
  std::vector<std::uint64_t> unguarded_;                     ///< conditions without a guard
  const Lexicon* lexicon_ = nullptr;
  bool lexicon_shared_ = false;
  std::uint16_t subject_slot_ = 0, body_slot_ = 0;
  Needs needs_;
};

}  // namespace orgo::rules
