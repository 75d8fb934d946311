#include "core/rules/condition_lexer.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"

namespace orgo::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' || c == '@' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Quotes that word processors make of ' and ".
constexpr std::array<std::string_view, 8> kTypographicQuotes{"\u2018", "\u2019", "\u201A", "\u201C",
                                                             "\u201D", "\u201E", "\u00AB", "\u00BB"};

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
  return bad(token.offset, 1, "the text that begins here is never closed", std::string("write ") + quote + " at its end");
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
      return bad(offset, quote.size(), "'" + std::string(quote) + "' does not begin a text", "write straight quotes: '...'");
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
    return bad(offset, end - offset, "'" + sign + "' means nothing here", "texts stand in quotes, as in subject contains 'urgent'");
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

Token ConditionLexer::next_header_name() {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '[')
    return bad(at_, 1, "the name of the header is missing", "as in header[List-Id] contains 'news'");
  const auto open = at_++;
  const auto close = text_.find(']', at_);
  if (close == std::string_view::npos) return bad(open, 1, "the [ is never closed", "as in header[List-Id] contains 'news'");
  auto name = text_.substr(at_, close - at_);
  while (!name.empty() && (name.front() == ' ' || name.front() == '\'' || name.front() == '"')) name.remove_prefix(1);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\'' || name.back() == '"')) name.remove_suffix(1);
  at_ = close + 1;
  // RFC 5322, section 2.2: printable ASCII without a colon.
  const bool good = !name.empty() && name.size() <= 128 &&
                    std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7F && c != ':'; });
  if (!good) return bad(open, close + 1 - open, "this is not the name of a header", "as in header[List-Id] contains 'news'");
  Token token;
  token.kind = Token::Kind::word;
  token.text = name;
  token.offset = open;
  token.length = close + 1 - open;
  return token;
}

}  // namespace orgo::rules
