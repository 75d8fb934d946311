#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// Columns that line up, two spaces apart; the last is not filled. Widths are those of a terminal: 2 for a wide
/// character, 0 for an accent that stands by itself.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.size() <= 1; }
  /// At most `width` columns (0: as wide as it is). Where it doesn't fit, columns that nothing stands in are left out,
  /// then the widest texts are cut, with an ellipsis, down to kTextLeast; words, numbers and times are never cut, since
  /// half of one reads as another. Where that is not enough, each row becomes lines of its own, "HEAD  value".
  [[nodiscard]] std::string text(std::size_t width) const;
  /// The same, as wide as terminal_width() says.
  [[nodiscard]] std::string text() const;

  static constexpr std::size_t kTextLeast = 10;

 private:
  [[nodiscard]] std::string lines(const std::vector<std::size_t>& widths) const;
  [[nodiscard]] std::string records(std::size_t width) const;

  std::vector<std::vector<std::string>> rows_;
};

/// Columns that a terminal gives to `text`, which is one line.
std::size_t shown_width(std::string_view text);

/// How wide what we write to standard output may be: COLUMNS, else what the terminal says; 0: as wide as it is, since
/// it is a file or a pipe.
/// `output`: another descriptor to ask.
std::size_t terminal_width(int output = 1);

}  // namespace orgo
