#include "base/yaml_place.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {

/// Behind the closing quote of the text in quotes that begins at `at`; npos: there is none.
std::size_t end_of_quoted(std::string_view source, std::size_t at) {
  const char quote = source[at++];
  while (at < source.size()) {
    if (quote == '"' && source[at] == '\\') {
      at += 2;
    } else if (source[at] != quote) {
      ++at;
    } else if (quote == '\'' && at + 1 < source.size() && source[at + 1] == quote) {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

Diagnostic at_offset(const SourceFile& source, std::size_t offset, std::string message, std::string hint) {
  const auto place = YamlLines(source.text).place(std::min(offset, source.text.size()));
  return {source.path, place.line, place.column, 1, std::move(message), std::move(hint)};
}

/// Byte offset in the source of byte `wanted` of the scalar's text. Both are walked together: quoting and folding
/// change only white space and escapes, so the n-th character that is not white space is the same in both.
std::size_t source_offset(std::string_view source, const YamlNode& scalar, std::size_t wanted) {
  const auto text = std::string_view(scalar.text);
  wanted = std::min(wanted, text.size());
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  std::size_t visible = 0;  // characters before `wanted` that are not white space
  std::size_t spaces = 0;   // white space right before `wanted`
  for (std::size_t i = 0; i < wanted; ++i) {
    if (is_space(text[i])) {
      ++spaces;
    } else {
      spaces = 0;
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) ++visible;
    }
  }
  auto at = scalar.offset;
  if (at >= source.size()) return source.size();
  const char style = source[at];
  if (style == '|' || style == '>') {
    at = std::min(source.find('\n', at), source.size() - 1) + 1;
  } else if (style == '"' || style == '\'') {
    ++at;
  }
  /// Goes over one unit of the source; true when it stands for something that is not white space.
  const auto step = [&]() -> bool {
    const char c = source[at];
    if (style == '"' && c == '\\' && at + 1 < source.size()) {
      const char escape = source[at + 1];
      at += 2;
      if (escape == 'x') at += 2;
      if (escape == 'u') at += 4;
      if (escape == 'U') at += 8;
      at = std::min(at, source.size());
      return !(escape == 'n' || escape == 't' || escape == 'r' || escape == ' ' || escape == '\n' || escape == '\r');
    }
    if (style == '\'' && c == '\'' && at + 1 < source.size() && source[at + 1] == '\'') {
      at += 2;
      return true;
    }
    if (is_space(c)) {
      ++at;
      return false;
    }
    decode_utf8(source, at);
    return true;
  };
  while (visible > 0 && at < source.size())
    if (step()) --visible;
  const auto skip_folded = [&] {  // what folding swallowed between the last visible character and the wanted one
    while (at < source.size() && is_space(source[at])) ++at;
  };
  if (wanted < text.size() && !is_space(text[wanted])) {
    if (spaces > 0 || visible == 0) {
      if (style == '"') {
        while (at < source.size()) {
          const auto before = at;
          if (step()) {
            at = before;
            break;
          }
        }
      } else {
        skip_folded();
      }
    }
  } else {
    at = std::min(at + spaces, source.size());
  }
  return at;
}

}  // namespace orgo
