#include "protocol/imap/response_reader.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "base/work.h"

namespace orgo::imap {
namespace {

constexpr std::uint64_t kLiteralSlack = 64U << 10U;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void to_upper(std::string& text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
}

/// Digits only, at most `most`; -1 otherwise.
std::int64_t number_of(std::string_view text, std::int64_t most) {
  if (text.empty() || text.size() > 19) return -1;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return -1;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value > static_cast<std::uint64_t>(most) ? -1 : static_cast<std::int64_t>(value);
}

/// The number in "{n}", "{n+}" or "~{n}" at the end of a line; -1 where there is none.
std::int64_t literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return -1;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return -1;
  std::string_view digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+') || digits.ends_with('-')) digits.remove_suffix(1);
  return number_of(digits, INT64_MAX);
}

/// Reads one line into values. Whatever it can't make sense of it takes as part of an atom.
class Parser {
 public:
  Parser(std::string_view text, std::vector<Value>& literals) : text_(text), literals_(literals) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// Each list was closed.
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] char here() const { return at_end() ? '\0' : text_[at_]; }
  void skip() { ++at_; }
  void spaces() {
    while (here() == ' ' || here() == '\t') ++at_;
  }
  /// To the next space.
  std::string_view word() {
    const std::size_t from = at_;
    while (!at_end() && text_[at_] != ' ') ++at_;
    return text_.substr(from, at_ - from);
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }

  /// Values up to `end`, or to the end of the text. False: too deep or too many.
  bool values(std::vector<Value>& out, char end, int depth) {
    if (depth > ResponseReader::kDepthMost) return false;
    for (;;) {
      spaces();
      if (at_end()) {  // a list that is not closed is as long as the line
        if (depth > 0) whole_ = false;
        return true;
      }
      if (here() == end) {
        skip();
        return true;
      }
      if (++count_ > ResponseReader::kValuesMost) return false;
      Value value;
      if (here() == '(') {
        skip();
        value.kind = Value::Kind::list;
        if (!values(value.items, ')', depth + 1)) return false;
      } else if (here() == '"') {
        quoted(value);
      } else if (!literal(value)) {
        atom(value, end);
      }
      out.push_back(std::move(value));
    }
  }

 private:
  void quoted(Value& value) {
    value.kind = Value::Kind::string;
    for (skip(); !at_end(); skip()) {
      if (here() == '"') {
        skip();
        return;
      }
      if (here() == '\\' && at_ + 1 < text_.size()) skip();
      value.text += here();
    }
  }
  bool literal(Value& value) {
    std::size_t at = at_ + (here() == '~' ? 1U : 0U);
    if (at >= text_.size() || text_[at] != '{' || next_ == literals_.size()) return false;
    for (++at; at < text_.size() && is_digit(text_[at]); ++at) {
    }
    if (at < text_.size() && (text_[at] == '+' || text_[at] == '-')) ++at;
    if (at >= text_.size() || text_[at] != '}') return false;
    for (++at; at < text_.size() && text_[at] == '\r'; ++at) {
    }
    if (at >= text_.size() || text_[at] != '\n') return false;
    value = std::move(literals_[next_++]);
    at_ = at + 1;
    return true;
  }
  void atom(Value& value, char end) {
    value.kind = Value::Kind::atom;
    const std::size_t from = at_;
    int brackets = 0;  // "BODY[HEADER.FIELDS (FROM TO)]<0>" is one atom
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == '[') ++brackets;
      if (brackets > 0) {
        if (c == ']') --brackets;
        continue;
      }
      if (c == end && at_ > from) break;
      if (c == ' ' || c == ')' || c == '(') break;
    }
    if (at_ == from) ++at_;  // a ")" that closes nothing
    value.text = text_.substr(from, at_ - from);
    if (ascii_iequals(value.text, "NIL")) {
      value.kind = Value::Kind::nil;
      value.text.clear();
    }
  }

  std::string_view text_;
  std::vector<Value>& literals_;
  std::size_t next_ = 0;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  bool whole_ = true;
};

bool is_status_name(std::string_view name) {
  return name == "OK" || name == "NO" || name == "BAD" || name == "BYE" || name == "PREAUTH";
}

/// "[CODE a b] text" of a status response. False: beyond a limit.
bool read_status(std::string_view text, Response& response) {
  text = trim(text);
  if (text.starts_with('[')) {
    std::vector<Value> none;
    Parser parser(text.substr(1), none);
    std::vector<Value> values;
    const std::size_t close = text.find(']');  // no code has one in a string that matters to us
    if (close != std::string_view::npos) {
      Parser inner(text.substr(1, close - 1), none);
      if (!inner.values(values, '\0', 0)) return false;
      text = trim(text.substr(close + 1));
    }
    if (!values.empty() && values.front().kind == Value::Kind::atom) {
      response.code = std::move(values.front().text);
      to_upper(response.code);
      values.erase(values.begin());
      response.code_arguments = std::move(values);
    }
  }
  response.text = text;
  return true;
}

}  // namespace

bool Value::is_atom(std::string_view word) const {
  return kind == Kind::atom && ascii_iequals(text, word);
}

std::int64_t Value::number(std::int64_t most) const {
  return kind == Kind::atom ? number_of(text, most) : -1;
}

bool Response::is_status() const {
  return is_status_name(name);
}

std::string Response::said() const {
  std::string line;
  if (!code.empty()) line = "[" + code + "]";
  if (!text.empty()) line += (line.empty() ? "" : " ") + text;
  return printable_line(line.empty() ? name : line);
}

ResponseReader::State ResponseReader::fail(std::string why) {
  why_ = std::move(why);
  line_.clear();
  literals_.clear();
  return State::garbage;
}

Response ResponseReader::take() {
  return std::exchange(response_, {});
}

bool ResponseReader::is_free_text() const {
  // Texts for persons may end in "{5}": no literal follows.
  if (line_.starts_with('+')) return true;
  const std::size_t space = line_.find(' ');
  if (space == std::string::npos) return true;
  const std::size_t end = line_.find(' ', space + 1);
  std::string name = line_.substr(space + 1, std::min<std::size_t>(end - space - 1, 16));
  to_upper(name);
  return is_status_name(name);
}

bool ResponseReader::is_search() const {
  return ascii_istarts_with(line_, "* SEARCH ");
}

ResponseReader::State ResponseReader::read(std::string_view& input) {
  if (!why_.empty()) return State::garbage;
  while (!input.empty()) {
    if (in_literal_) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, input.size()));
      count_work(count);
      if (literals_.back().kind == Value::Kind::string) literals_.back().text.append(input.substr(0, count));
      input.remove_prefix(count);
      literal_left_ -= count;
      if (literal_left_ > 0) return State::more;
      in_literal_ = false;
      continue;
    }
    const std::size_t lf = input.find('\n');
    const std::string_view piece = input.substr(0, lf == std::string_view::npos ? lf : lf + 1);
    count_work(piece.size());
    // Piece by piece, so that one that is told as SEARCH never grows.
    const std::size_t room = std::min<std::size_t>(piece.size(), kLineMost / 4);
    line_.append(piece.substr(0, room));
    input.remove_prefix(room);
    if (literals_.empty() && (searching_ || is_search())) {
      const State state = on_search_part(line_.ends_with('\n'));
      if (state != State::more) return state;
      continue;
    }
    if (line_.size() > kLineMost) return fail("a line of more than " + std::to_string(kLineMost) + " octets");
    if (!line_.ends_with('\n')) continue;
    const State state = on_line_end();
    if (state != State::more) return state;
  }
  return State::more;
}

ResponseReader::State ResponseReader::on_search_part(bool end) {
  // Numbers up to the last space are whole. "* SEARCH 2 3 (MODSEQ 9)" (RFC 7162) has no more of them behind the
  // parenthesis.
  std::size_t at = searching_ ? 0 : std::string_view("* SEARCH ").size();
  response_.kind = Response::Kind::untagged;
  response_.name = "SEARCH";
  while (at < line_.size()) {
    const std::size_t stop = line_.find_first_of(" \r\n(", at);
    if (stop == std::string::npos) break;
    const std::string_view digits = std::string_view(line_).substr(at, stop - at);
    if (const std::int64_t uid = number_of(digits, UINT32_MAX); uid > 0)
      response_.uids.push_back(static_cast<std::uint32_t>(uid));
    else if (!digits.empty()) return fail("SEARCH with something that is no number");
    if (line_[stop] == '(') {
      if (!end) {
        if (line_.size() - stop > 1024) return fail("SEARCH with something that is no number");
        at = stop;
        break;
      }
      at = line_.size();
      break;
    }
    at = stop + 1;
  }
  line_.erase(0, at);
  if (line_.size() > 1024) return fail("SEARCH with something that is no number");
  searching_ = !end;
  if (end) line_.clear();
  return end || response_.uids.size() >= kSearchChunk ? State::response : State::more;
}

ResponseReader::State ResponseReader::on_line_end() {
  std::string_view physical = std::string_view(line_).substr(line_from_);
  while (physical.ends_with('\n') || physical.ends_with('\r')) physical.remove_suffix(1);
  if (physical.empty() && literals_.empty()) {  // an empty line between responses: nothing said
    line_.clear();
    line_from_ = 0;
    return State::more;
  }
  if (const std::int64_t size = literal_at_end(physical); size >= 0 && (!literals_.empty() || !is_free_text())) {
    if (literals_.size() >= 1000) return fail("a response of more than 1000 literals");
    const auto octets = static_cast<std::uint64_t>(size);
    const bool keep = octets <= literal_max_ && kept_ + octets <= literal_max_ + kLiteralSlack;
    Value& value = literals_.emplace_back();
    value.kind = keep ? Value::Kind::string : Value::Kind::dropped;
    value.size = octets;
    if (keep) {
      kept_ += octets;
      // What is announced and never comes must not take memory.
      value.text.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(octets, 1U << 20U)));
    }
    literal_left_ = octets;
    in_literal_ = octets > 0;
    line_from_ = line_.size();
    return State::more;
  }
  std::string line = std::exchange(line_, {});
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  std::vector<Value> literals = std::exchange(literals_, {});
  line_from_ = 0;
  kept_ = 0;

  response_ = {};
  if (line.starts_with('+')) {
    response_.kind = Response::Kind::continuation;
    response_.text = trim(std::string_view(line).substr(1));
    return State::response;
  }
  Parser parser(line, literals);
  const std::string_view tag = parser.word();
  parser.spaces();
  if (tag.empty() || parser.at_end()) return fail("a line that is no response");
  std::string_view name = parser.word();
  if (tag == "*") {
    response_.kind = Response::Kind::untagged;
    if (const std::int64_t number = number_of(name, UINT32_MAX); number >= 0) {
      response_.number = number;
      parser.spaces();
      name = parser.word();
    }
  } else {
    response_.kind = Response::Kind::tagged;
    response_.tag = tag;
  }
  response_.name = name;
  to_upper(response_.name);
  if (response_.is_status()) {
    if (!read_status(parser.rest(), response_))
      return fail("a response code of more values or depth than any server needs");
    return State::response;
  }
  if (response_.kind == Response::Kind::tagged) return fail("a line that is no response");
  if (!parser.values(response_.values, '\0', 0))
    return fail("a response of more values or depth than any server needs");
  response_.whole = parser.whole();
  return State::response;
}

}  // namespace orgo::imap
