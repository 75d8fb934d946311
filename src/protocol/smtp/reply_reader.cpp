#include "protocol/smtp/reply_reader.h"

#include <utility>

namespace orgo::smtp {
namespace {

constexpr std::size_t kLineMost = 4096;
constexpr std::size_t kLinesMost = 128;
constexpr std::size_t kTextMost = 500;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string Reply::text() const {
  std::string text = std::to_string(code);
  for (const auto& line : lines) {
    text += &line == &lines.front() ? " " : "; ";
    for (const char c : line) text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    if (text.size() > kTextMost) {
      std::size_t end = kTextMost;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;  // not within a UTF-8 sequence
      text.resize(end);
      text += "...";
      break;
    }
  }
  return text;
}

ReplyReader::State ReplyReader::read(std::string_view& input) {
  while (!input.empty()) {
    const std::size_t lf = input.find('\n');
    const std::string_view piece = input.substr(0, lf);
    if (line_.size() + piece.size() > kLineMost) return State::garbage;
    line_.append(piece);
    if (lf == std::string_view::npos) {
      input = {};
      return State::more;
    }
    input.remove_prefix(lf + 1);
    if (!line_.empty() && line_.back() == '\r') line_.pop_back();
    const State state = on_line(line_);
    line_.clear();
    if (state != State::more) return state;
  }
  return State::more;
}

ReplyReader::State ReplyReader::on_line(std::string_view line) {
  if (line.size() < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2]))
    return State::garbage;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (!reply_.lines.empty() && code != reply_.code) return State::garbage;
  if (reply_.lines.size() >= kLinesMost) return State::garbage;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return State::garbage;
  reply_.code = code;
  reply_.lines.emplace_back(line.size() > 3 ? line.substr(4) : std::string_view{});
  return line.size() > 3 && line[3] == '-' ? State::more : State::reply;
}

Reply ReplyReader::take() {
  return std::exchange(reply_, {});
}

}  // namespace orgo::smtp
