#include "base/diagnostic.h"

#include <algorithm>

#include "base/unicode.h"

namespace orgo {
namespace {

constexpr std::size_t kShownMax = 160;   ///< characters of a source line
constexpr std::size_t kBeforeMax = 100;  ///< of them before the place, in a longer line

std::string_view line_of(std::string_view text, int line) {
  for (int at = 1; at < line; ++at) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// The line and the mark below it, each with its margin. The mark stands right in a terminal: tabs are tabs again,
/// wide characters take two columns and combining marks none.
std::string excerpt(const Diagnostic& diagnostic, std::string_view line) {
  std::string shown;
  std::string mark;
  const auto first_column = static_cast<std::size_t>(std::max(diagnostic.column, 1));
  const auto length = static_cast<std::size_t>(std::max(diagnostic.length, 1));
  const std::size_t from = first_column > kBeforeMax ? first_column - kBeforeMax : 1;
  if (from > 1) {
    shown = "...";
    mark = "   ";
  }
  std::size_t column = 1;
  bool marked = false;
  for (std::size_t at = 0; at < line.size(); ++column) {
    const auto start = at;
    auto c = decode_utf8(line, at);
    if (column < from) continue;
    if (column >= from + kShownMax) {
      shown += "...";
      break;
    }
    const bool inside = column >= first_column && column < first_column + length;
    if (c == '\t') {
      shown += '\t';
      if (column < first_column) mark += '\t';
      if (inside) {
        mark += marked ? '~' : '^';
        marked = true;
      }
      continue;
    }
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) c = 0xFFFD;  // nothing that a terminal would obey
    const int width = display_width(c);
    if (c == 0xFFFD) {
      shown += "\xEF\xBF\xBD";
    } else {
      shown.append(line, start, at - start);
    }
    if (column < first_column) mark.append(static_cast<std::size_t>(width), ' ');
    for (int i = 0; inside && i < width; ++i) {
      mark += marked ? '~' : '^';
      marked = true;
    }
  }
  if (!marked) mark += '^';  // at the end of the line
  auto number = std::to_string(diagnostic.line);
  if (number.size() < 5) number.insert(0, 5 - number.size(), ' ');
  auto text = number + " | " + shown + "\n" + std::string(number.size(), ' ') + " | " + mark;
  if (!diagnostic.hint.empty()) text += " " + diagnostic.hint;
  return text + "\n";
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic, std::string_view source_text) {
  std::string text = diagnostic.path;
  if (diagnostic.line > 0) {
    text += ":" + std::to_string(diagnostic.line);
    if (diagnostic.column > 0) text += ":" + std::to_string(diagnostic.column);
  }
  if (!text.empty()) text += ": ";
  text += (diagnostic.is_warning ? "warning: " : "error: ") + diagnostic.message;
  const auto line = diagnostic.line > 0 ? line_of(source_text, diagnostic.line) : std::string_view{};
  if (diagnostic.column > 0 && !line.empty()) return text + "\n" + excerpt(diagnostic, line);
  if (!diagnostic.hint.empty()) text += "; " + diagnostic.hint;
  return text + "\n";
}

std::string to_string(const std::vector<Diagnostic>& diagnostics, const std::vector<SourceFile>& sources) {
  std::string text;
  for (const auto& diagnostic : diagnostics) {
    const auto source =
        std::find_if(sources.begin(), sources.end(), [&](const SourceFile& s) { return s.path == diagnostic.path; });
    text += to_string(diagnostic, source == sources.end() ? std::string_view{} : std::string_view(source->text));
  }
  return text;
}

}  // namespace orgo
