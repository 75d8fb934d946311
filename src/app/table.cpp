#include "app/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "base/planted.h"
#include "base/unicode.h"

namespace orgo {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kWordLongest = 16;  ///< "2026-12-01 13:00"; longer ones are texts of people
constexpr std::size_t kNarrowest = 20, kWidest = 10'000;

/// The beginning of `text` that takes at most `width` columns, with an ellipsis where something is missing.
std::string fitted(const std::string& text, std::size_t width) {
  if (shown_width(text) <= width) return text;
  std::size_t end = 0;
  for (std::size_t at = 0, used = 0; at < text.size();) {
    const auto columns = static_cast<std::size_t>(display_width(decode_utf8(text, at)));
    if (used + columns + 1 > width) break;
    used += columns;
    end = at;
  }
  return text.substr(0, end) + "…";
}

}  // namespace

std::size_t shown_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto columns = static_cast<std::size_t>(display_width(decode_utf8(text, at)));
    width += ORGO_PLANT(wide_is_one_column) ? 1 : columns;
  }
  return width;
}

std::size_t terminal_width(int output) {
  if (const char* said = std::getenv("COLUMNS")) {
    std::size_t width = 0;
    const std::string_view text = said;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error == std::errc{} && end == text.data() + text.size() && width >= kNarrowest && width <= kWidest)
      return width;
  }
  winsize size{};
  if (::isatty(output) != 1 || ::ioctl(output, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col == 0 ? 0 : std::max<std::size_t>(size.ws_col, kNarrowest);
}

std::string Table::text() const {
  return text(terminal_width());
}

std::string Table::text(std::size_t width) const {
  std::size_t columns = 0;
  for (const auto& row : rows_) columns = std::max(columns, row.size());
  std::vector<std::size_t> widths(columns), least(columns);
  std::vector<bool> used(columns);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto wide = shown_width(row[i]);
      widths[i] = std::max(widths[i], wide);
      // A word is kept whole, in the head or below; what is longer may be cut.
      least[i] = std::max(least[i], &row == rows_.data() || wide <= kWordLongest ? wide : Table::kTextLeast);
      if (&row != rows_.data() && !row[i].empty()) used[i] = true;
    }
  const auto total = [&] {
    std::size_t sum = 0, shown = 0;
    for (const auto one : widths)
      if (one > 0) {
        sum += one;
        ++shown;
      }
    return sum + (shown > 0 ? (shown - 1) * kGap : 0);
  };
  if (width == 0 || total() <= width) return lines(widths);
  for (std::size_t i = 0; i < columns; ++i)
    if (!used[i]) widths[i] = 0;
  while (total() > width) {
    std::size_t widest = columns;
    for (std::size_t i = 0; i < columns; ++i)
      if (widths[i] > least[i] && (widest == columns || widths[i] > widths[widest])) widest = i;
    if (widest == columns) return records(width);
    --widths[widest];
  }
  return lines(widths);
}

std::string Table::lines(const std::vector<std::size_t>& widths) const {
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    std::size_t filled = 0, column = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths[i] == 0) continue;
      if (const auto shown = fitted(row[i], widths[i]); !shown.empty()) {
        line.append(column - filled, ' ').append(shown);
        filled = column + shown_width(shown);
      }
      column += widths[i] + kGap;
    }
    out += line + '\n';
  }
  return out;
}

std::string Table::records(std::size_t width) const {
  const auto& head = rows_.front();
  std::size_t names = 0;
  for (const auto& name : head) names = std::max(names, shown_width(name));
  std::string out;
  for (std::size_t r = 1; r < rows_.size(); ++r) {
    if (r > 1) out += '\n';
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      if (rows_[r][i].empty()) continue;
      out += head[i] + std::string(names - shown_width(head[i]) + kGap, ' ');
      out += fitted(rows_[r][i], std::max(width, names + kGap + kTextLeast) - names - kGap) + '\n';
    }
  }
  return out;
}

}  // namespace orgo
