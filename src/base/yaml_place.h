#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {

// Shared by yaml.cpp and yaml_reader.cpp: where a byte of a YAML file is for a person.

/// Where lines begin, to turn the library's marks into places of ours.
class YamlLines {
 public:
  explicit YamlLines(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
      starts_.push_back(at + 1);
  }
  /// `line` and `column` count from 0, the column in bytes.
  [[nodiscard]] std::size_t offset(int line, int column) const {
    if (line < 0) return 0;
    const auto row = std::min(static_cast<std::size_t>(line), starts_.size() - 1);
    return std::min(starts_[row] + static_cast<std::size_t>(std::max(column, 0)), text_.size());
  }
  struct Place {
    int line;
    int column;
  };
  [[nodiscard]] Place place(std::size_t offset) {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto row = static_cast<std::size_t>(next - starts_.begin()) - 1;
    // Values are asked for in the order of the file: counting goes on where it was, or a file of one long line would
    // cost the square of its length.
    if (row != row_ || offset < counted_to_) {
      row_ = row;
      counted_to_ = starts_[row];
      characters_ = 0;
    }
    characters_ += count_characters(text_.substr(counted_to_, offset - counted_to_));
    counted_to_ = offset;
    return {static_cast<int>(row) + 1, static_cast<int>(characters_) + 1};
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  std::size_t row_ = 0, counted_to_ = 0,
              characters_ = 0;  ///< of the last place: its line, its offset, the characters before it
};

/// A finding at a byte of the source.
Diagnostic at_offset(const SourceFile& source, std::size_t offset, std::string message, std::string hint);
/// The offset behind the quoted scalar that begins at `at`; npos when it is never closed.
std::size_t end_of_quoted(std::string_view source, std::size_t at);
/// Where in the source byte `wanted` of the text of a scalar stands: escapes and line folding are counted as written.
std::size_t source_offset(std::string_view source, const YamlNode& scalar, std::size_t wanted);

}  // namespace orgo
