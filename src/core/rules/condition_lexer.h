#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orgo::rules {

/// One piece of a condition.
struct Token {
  enum class Kind : std::uint8_t {
    end,
    word,
    string,
    number,
    symbol,
    regex,
    bad,  ///< `text` says what is wrong
  };
  Kind kind = Kind::end;
  std::string text;        ///< of a string: without quotes and escapes; of a regex: the pattern; else as written
  std::string flags;       ///< of a regex: the letters after it
  std::string hint;        ///< of bad
  std::size_t offset = 0;  ///< in the condition, in bytes
  std::size_t length = 0;
};

/// Cuts a condition into tokens, one at a time, since what may come next depends on what came before (`/` begins a
/// regular expression only after `matches`, and a header's name is all up to the `]`).
class ConditionLexer {
 public:
  explicit ConditionLexer(std::string_view text) : text_(text) {}
  Token next();
  /// Right after `matches`: /pattern/flags, or the pattern as a string.
  Token next_regex();
  /// Right after `header`: `[Name]`, or several names with commas. The token is a word ("To,Cc"), or bad.
  Token next_header_name();
  /// Right after `part`: `[text/html]`, `[text]` or `[*]`. The token is a word in lower case, or bad.
  Token next_part_type();
  [[nodiscard]] std::size_t position() const { return at_; }

 private:
  void skip_space();
  Token quoted(char quote);
  /// What stands in [ ], without spaces and quotes around it; nullopt: the token is bad.
  std::optional<std::string_view> in_brackets(Token& token, std::string_view what, const std::string& hint);
  Token bad(std::size_t offset, std::size_t length, std::string what, std::string hint = {}) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace orgo::rules
