#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace orgo::rules {

/// Where a pattern has to stand. Ignored in Mode::words.
struct Anchors {
  bool start = false;
  bool end = false;
};

/// What a scan has found: one bit for each pattern.
class Found {
 public:
  void reset(std::size_t patterns) { bits_.assign((patterns + 63) / 64, 0); }
  [[nodiscard]] bool has(std::uint32_t pattern) const { return ((bits_[pattern / 64] >> (pattern % 64)) & 1U) != 0; }
  void set(std::uint32_t pattern) { bits_[pattern / 64] |= std::uint64_t{1} << (pattern % 64); }
  [[nodiscard]] std::span<std::uint64_t> words() { return bits_; }

 private:
  std::vector<std::uint64_t> bits_;
};

/// Finds all of many texts in one pass (Aho and Corasick, "Efficient string matching", CACM 18(6), 1975).
///
/// Bytes become classes (letters without case, all white space one class), so that tables stay small and text in ASCII
/// needs no folding; other text is folded before (base/unicode.h), and so are the patterns. A run of white space counts
/// as one space, since mails are wrapped at any place. The beginning and the end of a text are classes of their own, so
/// that "starts with", "ends with" and "is" are patterns like all others. The states near the root, where nearly every
/// byte is spent, are rows of a table; the rest is a few bytes each, so that 10,000 rules fit into a cache.
class Automaton {
 public:
  enum class Mode {
    text,   ///< as described
    words,  ///< whole words: all that is no letter, digit or '_' counts as white space, also the beginning and the end
  };
  explicit Automaton(Mode mode = Mode::text) : mode_(mode) {}

  /// Returns the number of the pattern; the same for the same pattern. `folded` is the outcome of fold_case(), or of
  /// fold_words(). An empty pattern needs both anchors. Only before build().
  std::uint32_t add(std::string_view folded, Anchors anchors = {});
  /// 2 MiB of table: within the cache of one core, and more than 1,000 rules fill.
  static constexpr std::size_t kTableEntriesMax = 1U << 19U;
  /// Once, after the last add(). With a smaller table it takes less memory and finds the same more slowly.
  void build(std::size_t table_entries_max = kTableEntriesMax);

  [[nodiscard]] std::size_t pattern_count() const { return patterns_; }
  [[nodiscard]] bool empty() const { return patterns_ == 0; }
  /// Bytes of its tables, for benchmarks and tests.
  [[nodiscard]] std::size_t memory() const;

  /// Calls `on_new(pattern)` or `on_new(pattern, end)` for each pattern that is not in `found` yet, and adds it there;
  /// `end` is the byte of the trimmed text behind its first occurrence. `text` is ASCII, or folded. Linear in the text,
  /// whatever the patterns are.
  template <typename OnNew>
  void scan(std::string_view text, Found& found, OnNew&& on_new) const {
    if (patterns_ == 0) return;
    text = trimmed(text);
    std::size_t end = 0;
    const auto hit = [&](std::uint32_t state) {
      // Once a pattern is found, so are all that end in it: the chain behind it has been walked.
      for (state = match_[state]; state != kNone && !found.has(pattern_[state]); state = next_match_[state]) {
        found.set(pattern_[state]);
        if constexpr (std::is_invocable_v<OnNew, std::uint32_t, std::size_t>) {
          on_new(pattern_[state], end);
        } else {
          on_new(pattern_[state]);
        }
      }
    };
    std::uint32_t row = 0;
    enter(row, begin_class(), hit);
    const auto* const table = table_.data();
    const auto* const classes = classes_.data();
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    for (std::size_t at = 0; at < text.size(); ++at) {
      const auto next = table[row + classes[bytes[at]]];
      if (next < kSpecial) [[likely]] {
        row = next;
        continue;
      }
      auto state = next & ~kSpecial;
      end = at + 1;
      if (match_[state] != kNone) hit(state);
      while (state >= rows_ && ++at < text.size()) {
        state = step(state, classes[bytes[at]]);
        end = at + 1;
        if (match_[state] != kNone) hit(state);
      }
      end = text.size();
      if (state >= rows_) {  // the text ended in the sparse part
        state = step(state, end_class());
        if (match_[state] != kNone) hit(state);
        return;
      }
      row = state * class_count_;
    }
    end = text.size();
    enter(row, end_class(), hit);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::uint32_t kSpecial = 0x80000000;  ///< in the table: a state that matches or has no row
  static constexpr std::uint16_t kOther = 0, kSpace = 1, kBegin = 2, kEnd = 3, kFirstByte = 4;

  struct Edge {
    std::uint16_t cls;
    std::uint32_t target;
  };

  [[nodiscard]] std::uint16_t begin_class() const { return mode_ == Mode::words ? kSpace : kBegin; }
  [[nodiscard]] std::uint16_t end_class() const { return mode_ == Mode::words ? kSpace : kEnd; }
  [[nodiscard]] static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  [[nodiscard]] std::string_view trimmed(std::string_view text) const;
  [[nodiscard]] bool is_separator(unsigned char c) const;

  template <typename Hit>
  void enter(std::uint32_t& row, std::uint16_t cls, Hit& hit) const {
    const auto next = table_[row + cls];
    if (next < kSpecial) {
      row = next;
      return;
    }
    const auto state = next & ~kSpecial;
    if (match_[state] != kNone) hit(state);
    row = state * class_count_;  // after the first and the last class only: those states have rows, or it is the end
  }
  [[nodiscard]] std::uint32_t step(std::uint32_t state, std::uint16_t cls) const;
  [[nodiscard]] std::uint32_t edge(std::uint32_t state, std::uint16_t cls) const;

  /// While patterns are added: a trie with lists of children.
  struct Draft {
    std::uint16_t cls = 0;
    std::uint32_t first_child = kNone;
    std::uint32_t sibling = kNone;
    std::uint32_t pattern = kNone;
  };
  std::uint32_t child(std::uint32_t node, std::uint16_t cls);

  Mode mode_;
  std::vector<Draft> draft_;
  std::uint32_t patterns_ = 0;

  std::array<std::uint16_t, 256> classes_{};
  std::uint32_t class_count_ = 0;
  std::uint32_t rows_ = 0;                 ///< states below have a row in table_
  std::vector<std::uint32_t> table_;       ///< row start of the next state, or kSpecial | state
  std::vector<std::uint32_t> edge_start_;  ///< per state, into edges_; for states without a row
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> fail_;        ///< longest proper suffix that is a state
  std::vector<std::uint32_t> match_;       ///< first state on the fail chain (itself included) with a pattern
  std::vector<std::uint32_t> next_match_;  ///< the next one after it
  std::vector<std::uint32_t> pattern_;
  std::vector<bool> after_space_;  ///< the state's last class is white space: more of it changes nothing
};

}  // namespace orgo::rules
