#pragma once
#include <cstddef>
#include <functional>
#include <streambuf>
#include <string>
#include <string_view>

namespace orgo {

/// `text` from column `at` on, broken between words, in lines of at most `width` columns; lines behind the first begin
/// in column `indent`. A word that is wider stays whole, since half a name or path is none. No line end behind it.
std::string fold_words(std::string_view text, std::size_t at, std::size_t indent, std::size_t width);

/// One line as lines of at most `width` columns (0: as wide as it is). What goes on is indented: below the value of
/// "name   value", else two columns more than the line.
std::string fold_line(std::string_view line, std::size_t width);

/// The same of each line of `text`.
std::string fold_text(std::string_view text, std::size_t width);

/// Between the commands and a terminal: folds each line that is too wide for it. JSON, which begins with a bracket,
/// stays a line. Holds one line at most. One thread.
class FoldBuffer final : public std::streambuf {
 public:
  static constexpr std::size_t kLineMax = 64 * 1024;  ///< bytes; what is longer is no text for people

  /// `width` is asked for each line that may be too wide; 0: it stays as it is.
  FoldBuffer(std::streambuf& to, std::function<std::size_t()> width) : to_(to), width_(std::move(width)) {}

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize count) override;
  int sync() override;

 private:
  bool put(char c);
  bool pass();

  std::streambuf& to_;
  std::function<std::size_t()> width_;
  std::string line_;
};

}  // namespace orgo
