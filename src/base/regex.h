#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace orgo {

/// A regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax): linear time on any text, no
/// back-references, no look-around. Text and pattern are UTF-8. May be used from several threads at once.
class Regex {
 public:
  struct Options {
    bool ignore_case = false;
    std::size_t memory = 512U << 10U;  ///< bytes for the compiled program and its run; with fewer it may run slower
  };
  /// At most 4 KiB of pattern. invalid_input in words: "missing closing )".
  static Result<Regex> compile(std::string_view pattern, Options options);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// Does it match anywhere in `text`?
  [[nodiscard]] bool matches(std::string_view text) const;
  /// Does a match begin at byte `at`? It ends early where it can't go on.
  [[nodiscard]] bool matches_at(std::string_view text, std::size_t at) const;
  /// Offset and length of the leftmost match.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text,
                                                                        std::size_t from = 0) const;
  /// Those of its first group, or of all when there is no group or it took no part.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find_group(std::string_view text) const;
  /// `text` with a backslash before all that means something in a pattern.
  static std::string quote(std::string_view text);

  /// What the first group that took part in the leftmost match holds; the whole match when the pattern has no group.
  /// Only the first eight groups are looked at. A view into `text`.
  [[nodiscard]] std::optional<std::string_view> first_group(std::string_view text) const;

 private:
  explicit Regex(std::unique_ptr<re2::RE2> compiled);
  std::unique_ptr<re2::RE2> compiled_;
};

/// Many expressions asked in one pass: which of them match anywhere in a text? Linear in the text. May be used from
/// several threads at once after compile().
class RegexSet {
 public:
  RegexSet();
  RegexSet(RegexSet&&) noexcept;
  RegexSet& operator=(RegexSet&&) noexcept;
  ~RegexSet();

  /// Returns its number, from 0. A pattern that Regex::compile() refuses makes compile() fail.
  std::size_t add(std::string_view pattern, bool ignore_case);
  /// false: too large together, or one is wrong; then it can't be asked.
  bool compile(std::size_t memory);
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Appends the numbers of those that match. false: it ran out of memory on this text; nothing is known.
  bool matches(std::string_view text, std::vector<int>& numbers) const;

 private:
  struct Compiled;
  std::vector<std::string> patterns_;
  std::unique_ptr<Compiled> compiled_;
  std::size_t size_ = 0;
};

}  // namespace orgo
