#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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
  };
  /// At most 4 KiB of pattern and 512 KiB for the compiled program and its run. invalid_input in words: "missing closing )".
  static Result<Regex> compile(std::string_view pattern, Options options);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// Does it match anywhere in `text`?
  [[nodiscard]] bool matches(std::string_view text) const;
  /// Offset and length of the leftmost match.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text) const;

 private:
  explicit Regex(std::unique_ptr<re2::RE2> compiled);
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace orgo
