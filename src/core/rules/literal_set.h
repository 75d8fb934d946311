#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules/automaton.h"
#include "core/rules/byte_set.h"
#include "core/rules/folded_text.h"
#include "core/rules/gram_filter.h"

namespace orgo::rules {

/// Finds all of many literals in one pass, at about a nanosecond a byte however many there are.
///
/// Of each literal the six bytes that are rarest among all literals and in usual text are hashed into a bit table; of a
/// short one four bytes into another table. A text is passed through them at each byte, without one step waiting for
/// the other; only where a bit is set is the literal compared. Literals too short for four bytes are left to an
/// automaton. A text that makes many comparisons (a stranger may write one) is given up and asked of an automaton of
/// all literals, so that the time is linear whatever comes.
class LiteralSet {
 public:
  explicit LiteralSet(VectorLevel level = vector_level()) : level_(level) {}
  /// Returns the number of the literal, the same for the same one. `text` as in Automaton::add. Only before build().
  /// `tail`: only where these stand behind it; a text that is not ASCII, or that is given up, is not asked for them.
  std::uint32_t add(std::string_view folded, Anchors anchors = {}, const Tail& tail = {});
  /// Whole words: `folded` is the outcome of fold_words(). nullopt: this one can't be found here (too short, or of a
  /// script without spaces). Literals that were given by add() and these have different numbers.
  std::optional<std::uint32_t> add_words(std::string_view folded);
  /// All that `other` looks for. Returns for each of its literals the number here. Only before build(); `other` may be
  /// built.
  std::vector<std::uint32_t> add_all(const LiteralSet& other);
  void build();

  [[nodiscard]] VectorLevel level() const { return level_; }
  [[nodiscard]] std::size_t size() const { return literals_.size(); }
  [[nodiscard]] bool empty() const { return literals_.empty(); }
  [[nodiscard]] std::size_t memory() const;
  /// Calls on_new(literal, at, length) for each literal that is not in `found`, and adds it there: where its first
  /// occurrence stands in text.text(). false: words of add_words() may be missing, since the text was too costly; ask
  /// for them in another way.
  template <typename OnNew>
  bool scan(const FoldedText& text, Found& found, OnNew&& on_new) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct Literal {
    std::uint32_t start = 0, length = 0;  ///< of its text in bytes_
    std::uint32_t tail = 0;               ///< its place in tails_
    Anchors anchors;
    bool words = false;
    bool hard = false;  ///< left to the automaton
  };
  /// Literals that are looked at where a gram stands.
  struct Group {
    std::uint32_t key = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  /// What stands around the gram in each of its occurrences, as far as eight bytes tell it: nearly all that are no
  /// occurrence are seen by one comparison.
  struct Member {
    std::uint64_t around = 0;
    std::uint64_t mask = 0;
    std::int32_t delta = 0;  ///< where the eight bytes begin, from the gram
    std::uint32_t literal = 0;
  };
  /// The rest, for the exact comparison.
  struct Exact {
    std::int32_t offset = 0;  ///< of the gram in the literal; -1: with the space before it
    std::uint32_t start = 0;  ///< into bytes_
    std::uint32_t length = 0;
    std::uint32_t tail = 0;
    Anchors anchors;
    bool words = false;
  };

  [[nodiscard]] std::string_view text_of(const Literal& literal) const {
    return std::string_view(bytes_).substr(literal.start, literal.length);
  }
  std::uint32_t put(std::string_view text, Anchors anchors, bool words, const Tail& tail);
  [[nodiscard]] std::string framed(const Literal& literal) const;
  static constexpr std::ptrdiff_t kBlock = 1024;  ///< bytes that are filtered before any is looked at
  /// The eight bytes around the `width` at `at` of `frame`.
  static void look_around(const Literal& literal, std::string_view frame, std::size_t at, std::size_t width,
                          Member& member);
  /// The literals whose grams have the same width.
  struct Tier {
    explicit Tier(GramFilter::Width width) : filter(width) {}
    GramFilter filter;
    std::vector<Group> groups;  ///< open addressing; count 0: free. Empty: no literals
    unsigned group_shift = 32;

    /// Where the group of this key stands, or one of those before it in a row without a gap.
    [[nodiscard]] std::uint32_t home_of(std::uint32_t key) const { return (key * 0x85EBCA6BU) >> group_shift; }
    /// The one of this key, or an empty one.
    [[nodiscard]] const Group& group(std::uint32_t key) const {
      auto place = home_of(key);
      while (groups[place].count != 0 && groups[place].key != key)
        place = (place + 1) & static_cast<std::uint32_t>(groups.size() - 1);
      return groups[place];
    }
  };
  struct Chosen {
    std::uint32_t key;
    Member member;
    Exact exact;
  };
  void fill(Tier& tier, std::vector<Chosen> chosen);
  /// false: too costly.
  template <typename OnNew>
  bool scan_tier(const Tier& tier, const FoldedText& text, Found& found, std::ptrdiff_t& budget, OnNew& on_new) const;
  /// Length of the match in the text; 0: none. `at` becomes where it begins.
  [[nodiscard]] std::size_t match(const Exact& member, const FoldedText& text, std::ptrdiff_t gram_at, std::size_t& at,
                                  std::ptrdiff_t& budget) const;

  /// The literals of each pattern of an automaton: they differ only in their tails.
  using Numbers = std::vector<std::vector<std::uint32_t>>;
  template <typename OnNew>
  void scan_by(const Automaton& automaton, const Numbers& numbers, std::string_view text, Found& found,
               OnNew& on_new) const;

  std::vector<Literal> literals_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::map<Tail, std::uint32_t> tail_numbers_;
  std::vector<Tail> tails_{Tail{}};
  VectorLevel level_;
  std::array<Tier, 2> tiers_{Tier(GramFilter::Width::six), Tier(GramFilter::Width::four)};
  std::vector<Member> members_;
  std::vector<Exact> exact_;  ///< of the member with the same place
  std::string bytes_;         ///< the texts of all literals
  Automaton hard_;
  Automaton all_;
  Numbers hard_numbers_;
  Numbers all_numbers_;
};

template <typename OnNew>
void LiteralSet::scan_by(const Automaton& automaton, const Numbers& numbers, std::string_view text, Found& found,
                         OnNew& on_new) const {
  thread_local Found own;
  own.reset(automaton.pattern_count());
  automaton.scan(text, own, [&](std::uint32_t pattern, std::size_t end) {
    for (const auto literal : numbers[pattern]) {
      if (found.has(literal)) continue;
      found.set(literal);
      const std::size_t length = literals_[literal].length;
      on_new(literal, end - std::min(end, length), length);
    }
  });
}

template <typename OnNew>
bool LiteralSet::scan(const FoldedText& text, Found& found, OnNew&& on_new) const {
  const auto whole = text.text();
  if (!hard_.empty()) scan_by(hard_, hard_numbers_, whole, found, on_new);
  // So much work may be done on comparisons before it is cheaper to do without them.
  auto budget = static_cast<std::ptrdiff_t>(whole.size()) * 8 + 4096;
  for (const auto& tier : tiers_) {
    if (tier.groups.empty() || scan_tier(tier, text, found, budget, on_new)) continue;
    scan_by(all_, all_numbers_, whole, found, on_new);
    return false;
  }
  return true;
}

template <typename OnNew>
bool LiteralSet::scan_tier(const Tier& tier, const FoldedText& text, Found& found, std::ptrdiff_t& budget,
                           OnNew& on_new) const {
  const char* const words = text.words();
  // The gram begins at the space before the text, and ends at the one behind it.
  const auto last =
      static_cast<std::ptrdiff_t>(text.text().size()) + 1 - static_cast<std::ptrdiff_t>(tier.filter.width());
  struct Look {
    std::ptrdiff_t at;
    std::uint32_t first, last;  ///< members
  };
  std::array<std::uint32_t, kBlock + GramFilter::kSlack> places;  // NOLINT: filled by candidates()
  std::array<Look, kBlock> looks;                                 // NOLINT: filled below
  for (std::ptrdiff_t from = -1; from <= last; from += kBlock) {
    const auto size = static_cast<std::size_t>(std::min<std::ptrdiff_t>(kBlock, last + 1 - from));
    const auto count = tier.filter.candidates(words + from, size, places.data(), level_);
    // In three steps, so that the memory of one candidate is not waited for while those behind it could be asked for.
    for (std::size_t i = 0; i < count; ++i)
      __builtin_prefetch(&tier.groups[tier.home_of(tier.filter.key_of(words + from + places[i]))]);
    std::size_t found_groups = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto at = from + static_cast<std::ptrdiff_t>(places[i]);
      const Group& here = tier.group(tier.filter.key_of(words + at));
      looks[found_groups] = {at, here.first, here.first + here.count};
      found_groups += here.count != 0 ? 1U : 0U;
      __builtin_prefetch(&members_[here.first]);
    }
    for (std::size_t i = 0; i < found_groups; ++i) {
      const auto& [gram_at, first, behind] = looks[i];
      budget -= behind - first;
      for (auto number = first; number < behind; ++number) {
        const Member& member = members_[number];
        std::uint64_t around = 0;
        std::memcpy(&around, words + gram_at + member.delta, 8);
        if (((around ^ member.around) & member.mask) != 0 || found.has(member.literal)) continue;
        budget -= exact_[number].length;
        std::size_t at = 0;
        const auto length = match(exact_[number], text, gram_at, at, budget);
        if (length == 0) continue;
        found.set(member.literal);
        on_new(member.literal, at, length);
      }
      if (budget < 0) return false;
    }
  }
  return true;
}

}  // namespace orgo::rules
