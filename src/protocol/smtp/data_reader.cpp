#include "protocol/smtp/data_reader.h"

#include <cstring>

#include "base/text.h"

namespace orgo::smtp {

void DataReader::keep(std::string_view bytes, std::string& text) {
  size_ += bytes.size();
  if (discard_) return;
  if (size_ > size_max_) {
    too_big_ = true;
    discard(text);
    return;
  }
  text.append(bytes);
}

void DataReader::discard(std::string& text) {
  discard_ = true;
  text.clear();
  text.shrink_to_fit();  // a refused message must not go on holding its memory
}

bool DataReader::step(char c, std::string& text) {
  switch (state_) {
    case State::line_start:
      if (c == '.') {
        state_ = State::dot;  // not kept: it is stuffing, or the end
        return false;
      }
      break;
    case State::dot:
      if (c == '\r') {
        state_ = State::dot_cr;
        return false;
      }
      break;
    case State::dot_cr:
      if (c == '\n') return true;
      keep("\r", text);  // ".\rX": the dot was stuffing and the CR is bare
      bare_ = true;
      break;
    case State::cr:
      keep(std::string_view(&c, 1), text);
      if (c == '\n') {
        state_ = State::line_start;
        return false;
      }
      bare_ = true;
      state_ = c == '\r' ? State::cr : State::middle;
      return false;
    case State::middle:
      break;
  }
  keep(std::string_view(&c, 1), text);
  if (c == '\n') bare_ = true;
  state_ = c == '\r' ? State::cr : State::middle;
  return false;
}

void DataReader::check_line(std::string_view line) {
  if (line.size() < 2 || line[line.size() - 2] != '\r') {
    bare_ = true;
    return;
  }
  if (std::memchr(line.data(), '\r', line.size() - 2) != nullptr) bare_ = true;
}

bool DataReader::read(std::string_view& input, std::string& text) {
  // A line that an earlier piece began is finished byte by byte; everything else line by line.
  while (!input.empty() && state_ != State::line_start && state_ != State::middle) {
    const char c = input.front();
    input.remove_prefix(1);
    if (step(c, text)) return true;
  }
  const char* position = input.data();
  const char* const end = position + input.size();
  const char* kept_to = position;  // what is before it went to `text`
  const auto flush = [&](const char* to) { keep({kept_to, static_cast<std::size_t>(to - kept_to)}, text); };
  while (position < end) {
    if (state_ == State::line_start && *position == '.') {
      flush(position);
      kept_to = position;
      if (end - position < 3) {  // cut within the end mark, perhaps
        while (position < end) {
          if (step(*position++, text)) {
            input.remove_prefix(static_cast<std::size_t>(position - input.data()));
            return true;
          }
        }
        kept_to = end;
        break;
      }
      if (position[1] == '\r' && position[2] == '\n') {
        input.remove_prefix(static_cast<std::size_t>(position + 3 - input.data()));
        return true;
      }
      ++kept_to;  // stuffing
      ++position;
    }
    const auto* lf = static_cast<const char*>(std::memchr(position, '\n', static_cast<std::size_t>(end - position)));
    if (lf == nullptr) {
      const auto rest = static_cast<std::size_t>(end - position);
      if (rest != 0) {
        const auto* cr = static_cast<const char*>(std::memchr(position, '\r', rest));
        if (cr != nullptr && cr != end - 1) bare_ = true;
        state_ = end[-1] == '\r' ? State::cr : State::middle;
      } else {
        state_ = State::middle;  // only a stuffed dot was left
      }
      break;
    }
    check_line({position, static_cast<std::size_t>(lf - position) + 1});
    state_ = lf > position && lf[-1] == '\r' ? State::line_start : State::middle;
    position = lf + 1;
  }
  flush(end);
  input = {};
  return false;
}

void DataReader::read_chunk(std::string_view input, std::string& text) {
  keep(input, text);
  if (input.empty()) return;
  std::string_view rest = input;
  if (state_ == State::cr) {
    if (rest.front() == '\n') rest.remove_prefix(1);
    else bare_ = true;
    state_ = State::line_start;
  }
  while (!rest.empty() && !bare_) {
    const std::size_t lf = rest.find('\n');
    if (lf == std::string_view::npos) {
      const std::size_t cr = rest.find('\r');
      if (cr != std::string_view::npos && cr + 1 != rest.size()) bare_ = true;
      break;
    }
    check_line(rest.substr(0, lf + 1));
    rest.remove_prefix(lf + 1);
  }
  state_ = input.back() == '\r' ? State::cr : State::middle;
}

int count_received_fields(std::string_view message) {
  int count = 0;
  while (!message.empty()) {
    if (message.front() == '\r' || message.front() == '\n') break;
    if ((message.front() | 0x20) == 'r' && ascii_istarts_with(message, "received:")) ++count;
    const std::size_t lf = message.find('\n');
    if (lf == std::string_view::npos) break;
    message.remove_prefix(lf + 1);
  }
  return count;
}

}  // namespace orgo::smtp
