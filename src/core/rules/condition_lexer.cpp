#include "core/rules/condition_lexer.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' ||
         c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

/// Quotes that word processors make of ' and ".
constexpr std::array<std::string_view, 8> kTypographicQuotes{"\u2018", "\u2019", "\u201A", "\u201C",
                                                             "\u201D", "\u201E", "\u00AB", "\u00BB"};

/// Without spaces and quotes around it.
std::string_view unquoted(std::string_view name) {
  while (!name.empty() && (name.front() == ' ' || name.front() == '\'' || name.front() == '"')) name.remove_prefix(1);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\'' || name.back() == '"')) name.remove_suffix(1);
  return name;
}

}  // namespace

void ConditionLexer::skip_space() {
  while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) ++at_;
}

Token ConditionLexer::bad(std::size_t offset, std::size_t length, std::string what, std::string hint) const {
  Token token;
  token.kind = Token::Kind::bad;
  token.text = std::move(what);
  token.hint = std::move(hint);
  token.offset = offset;
  token.length = length;
  return token;
}

Token ConditionLexer::quoted(char quote) {
  Token token;
  token.kind = Token::Kind::string;
  token.offset = at_++;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == quote) {
      if (at_ + 1 < text_.size() && text_[at_ + 1] == quote) {  // doubled: the quote itself
        token.text += quote;
        ++at_;
        continue;
      }
      token.length = ++at_ - token.offset;
      return token;
    }
    if (c == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == quote || text_[at_ + 1] == '\\')) ++at_;
    token.text += text_[at_];
  }
  return bad(token.offset, 1, "the text that begins here is never closed",
             std::string("write ") + quote + " at its end");
}

Token ConditionLexer::next() {
  skip_space();
  Token token;
  token.offset = at_;
  if (at_ >= text_.size()) return token;
  const char c = text_[at_];
  if (c == '\'' || c == '"') return quoted(c);
  const auto rest = text_.substr(at_);
  for (const auto quote : kTypographicQuotes)
    if (rest.starts_with(quote)) {
      const auto offset = at_;
      at_ += quote.size();
      return bad(offset, quote.size(), "'" + std::string(quote) + "' does not begin a text",
                 "write straight quotes: '...'");
    }
  for (const std::string_view symbol : {"<=", ">=", "==", "!=", "<", ">", "=", "(", ")", "[", "]", ","})
    if (rest.starts_with(symbol)) {
      token.kind = Token::Kind::symbol;
      token.text = symbol;
      token.length = symbol.size();
      at_ += symbol.size();
      return token;
    }
  if (is_digit(c)) {
    token.kind = Token::Kind::number;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    // "5MB" is a number and a unit; "3rd" or "2026-report" is a word.
    auto end = at_;
    while (end < text_.size() && is_word_byte(text_[end])) ++end;
    const auto tail = text_.substr(at_, end - at_);
    if (std::any_of(tail.begin(), tail.end(), [](char t) { return is_digit(t) || t == '-' || t == '@' || t == '_'; })) {
      token.kind = Token::Kind::word;
      at_ = end;
    }
  } else if (is_word_byte(c)) {
    token.kind = Token::Kind::word;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
  } else {
    std::size_t end = at_;
    decode_utf8(text_, end);
    const auto sign = std::string(text_.substr(at_, end - at_));
    const auto offset = at_;
    at_ = end;
    return bad(offset, end - offset, "'" + sign + "' means nothing here",
               "texts stand in quotes, as in subject contains 'urgent'");
  }
  token.length = at_ - token.offset;
  token.text = text_.substr(token.offset, token.length);
  return token;
}

Token ConditionLexer::next_regex() {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '/') return next();
  Token token;
  token.kind = Token::Kind::regex;
  token.offset = at_++;
  for (; at_ < text_.size() && text_[at_] != '/'; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      if (text_[at_ + 1] != '/') token.text += '\\';
      ++at_;
    }
    token.text += text_[at_];
  }
  if (at_ >= text_.size())
    return bad(token.offset, 1, "the regular expression that begins here is never closed", "write / at its end");
  ++at_;
  while (at_ < text_.size() && is_word_byte(text_[at_])) token.flags += text_[at_++];
  token.length = at_ - token.offset;
  return token;
}

std::optional<std::string_view> ConditionLexer::in_brackets(Token& token, std::string_view what,
                                                            const std::string& hint) {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '[') {
    token = bad(at_, 1, std::string(what) + " is missing", hint);
    return std::nullopt;
  }
  const auto open = at_++;
  const auto close = text_.find(']', at_);
  if (close == std::string_view::npos) {
    token = bad(open, 1, "the [ is never closed", hint);
    return std::nullopt;
  }
  const auto inside = text_.substr(at_, close - at_);
  at_ = close + 1;
  token.kind = Token::Kind::word;
  token.offset = open;
  token.length = at_ - open;
  return inside;
}

Token ConditionLexer::next_header_name() {
  static const std::string kHint = "as in header[List-Id] contains 'news'";
  Token token;
  const auto inside = in_brackets(token, "the name of the header", kHint);
  if (!inside) return token;
  for (const auto piece : split(*inside, ',')) {
    const auto name = unquoted(piece);
    // RFC 5322, section 2.2: printable ASCII without a colon. Commas are for several.
    const bool good = !name.empty() && name.size() <= 128 &&
                      std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != ':'; });
    if (!good) return bad(token.offset, token.length, "this is not the name of a header", kHint);
    token.text.append(token.text.empty() ? "" : ",").append(name);
  }
  if (token.text.size() > 1'000)
    return bad(token.offset, token.length, "these are too many headers", "at most 1,000 bytes of names");
  return token;
}

Token ConditionLexer::next_part_type() {
  static const std::string kHint =
      "as in part[text/html] contains 'href', part[text], part[multipart], part[message/rfc822], part[*]";
  Token token;
  const auto inside = in_brackets(token, "the type of the part", kHint);
  if (!inside) return token;
  const auto type = ascii_lower(unquoted(*inside));
  // RFC 2045, section 5.1: tokens; RFC 6838, section 4.2: at most 127 bytes each.
  const auto slash = type.find('/');
  const auto is_name = [](std::string_view name) {
    return !name.empty() && name.size() <= 127 && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
    });
  };
  const bool good = type == "*" || (slash == std::string::npos ? is_name(type)
                                                               : is_name(std::string_view(type).substr(0, slash)) &&
                                                                     is_name(std::string_view(type).substr(slash + 1)));
  if (!good) return bad(token.offset, token.length, "this is not the type of a part", kHint);
  token.text = type;
  return token;
}

}  // namespace orgo::rules
