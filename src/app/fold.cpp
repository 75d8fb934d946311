#include "app/fold.h"

#include <algorithm>

#include "app/table.h"
#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::size_t kSurelyFits = 20;  ///< bytes; no terminal is narrower
constexpr std::size_t kValueGap = 2;
constexpr std::size_t kNameWidest = 30;  ///< "2026-12-01T13:00:00+01:00"; of a name in front of a value

/// Without the marks of colours, which take no columns.
std::size_t columns_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto mark = std::min(text.find("\x1b["), text.size());
    width += shown_width(text.substr(0, mark));
    const auto end = text.find('m', mark);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return width;
}

/// Where the value begins in "  name   value", in bytes; else behind the indent.
std::size_t begin_of_value(std::string_view line, std::size_t lead) {
  const auto gap = line.find(std::string(kValueGap, ' '), lead);
  if (gap == std::string_view::npos) return lead;
  const auto value = line.find_first_not_of(' ', gap);
  return value == std::string_view::npos || value > lead + kNameWidest ? lead : value;
}

}  // namespace

std::string fold_words(std::string_view text, std::size_t at, std::size_t indent, std::size_t width) {
  std::string out;
  bool first = true;  // on its line
  while (!text.empty()) {
    const auto word = text.substr(0, std::min(text.find(' '), text.size()));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const auto wide = columns_of(word);
    if (!first && at + 1 + wide > width) {
      out.append("\n").append(indent, ' ');
      at = indent;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out += word;
    at += wide;
    first = false;
  }
  return out;
}

std::string fold_line(std::string_view line, std::size_t width) {
  if (width == 0 || columns_of(line) <= width || ORGO_PLANT(lines_run_over_the_edge)) return std::string(line);
  const auto lead = std::min(line.find_first_not_of(' '), line.size());
  const auto value = begin_of_value(line, lead);
  const auto at = columns_of(line.substr(0, value));
  const auto indent = value == lead ? lead + kValueGap : at;
  // A column of a few words' width reads worse than a step to the left.
  const auto hangs = std::min(indent, 2 * indent > width ? lead + kValueGap : indent);
  return std::string(line.substr(0, value)) + fold_words(line.substr(value), at, hangs, width);
}

std::string fold_text(std::string_view text, std::size_t width) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += fold_line(text.substr(0, end), width);
    if (end < text.size()) out += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool FoldBuffer::pass() {
  std::string text = std::move(line_);
  line_.clear();
  const bool ends = text.ends_with('\n');
  if (ends) text.pop_back();
  const bool may_be_wide = text.size() > kSurelyFits && text.size() < kLineMax && text.front() != '{' &&
                           text.front() != '[' && text.find('\r') == std::string::npos;
  if (may_be_wide) text = fold_line(text, width_());
  if (ends) text += '\n';
  const auto size = static_cast<std::streamsize>(text.size());
  return to_.sputn(text.data(), size) == size;
}

bool FoldBuffer::put(char c) {
  line_ += c;
  return (c != '\n' && line_.size() < kLineMax) || pass();
}

FoldBuffer::int_type FoldBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  return put(traits_type::to_char_type(c)) ? c : traits_type::eof();
}

std::streamsize FoldBuffer::xsputn(const char* text, std::streamsize count) {
  for (std::streamsize i = 0; i < count; ++i)
    if (!put(text[i])) return i;
  return count;
}

int FoldBuffer::sync() {
  const bool passed = line_.empty() || pass();
  return to_.pubsync() == 0 && passed ? 0 : -1;
}

}  // namespace orgo
