#include "base/ical_lines.h"

#include "base/charset.h"
#include "base/text.h"

namespace orgo {

std::string ical_upper(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

std::string_view ical_text(std::string_view file, std::string& own) {
  using namespace std::string_view_literals;
  std::string_view charset;
  if (file.starts_with("\xFF\xFE"sv) || file.starts_with("B\0E\0G\0I\0N\0"sv)) charset = "utf-16le";
  else if (file.starts_with("\xFE\xFF"sv) || file.starts_with("\0B\0E\0G\0I\0N"sv)) charset = "utf-16be";
  if (charset.empty()) return file;
  own = to_utf8(file, charset);
  return own;
}

bool IcalLines::next(IcalLine& line) {
  for (;;) {
    if (rest_.empty()) return false;
    line.number = number_ + 1;
    std::string raw(take_line());
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      const auto more = take_line().substr(1);
      if (raw.size() < length_max_) raw += more.substr(0, length_max_ - raw.size());
    }
    if (raw.size() > length_max_) raw.resize(length_max_);
    if (read(raw, line)) return true;
  }
}

std::string_view IcalLines::take_line() {
  ++number_;
  const auto end = rest_.find_first_of("\r\n");
  const auto line = rest_.substr(0, end);
  if (end == std::string_view::npos) {
    rest_ = {};
  } else {
    const bool both = rest_[end] == '\r' && end + 1 < rest_.size() && rest_[end + 1] == '\n';
    rest_.remove_prefix(end + (both ? 2 : 1));
  }
  return line;
}

bool IcalLines::read(std::string_view raw, IcalLine& line) {
  const auto name_end = raw.find_first_of(";:");
  if (name_end == std::string_view::npos || name_end == 0 || name_end > 64) return false;
  line.name = ical_upper(trim(raw.substr(0, name_end)));
  line.params.clear();
  std::size_t at = name_end;
  while (at < raw.size() && raw[at] == ';') {
    const auto key_begin = ++at;
    while (at < raw.size() && raw[at] != '=' && raw[at] != ':' && raw[at] != ';') ++at;
    auto key = ical_upper(raw.substr(key_begin, at - key_begin));
    std::string value;
    if (at < raw.size() && raw[at] == '=') {
      ++at;
      bool quoted = false;
      for (; at < raw.size() && (quoted || (raw[at] != ':' && raw[at] != ';')); ++at) {
        if (raw[at] == '"') quoted = !quoted;
        else value += raw[at];
      }
    }
    if (line.params.size() < 50) line.params.emplace_back(std::move(key), std::move(value));
  }
  if (at >= raw.size()) return false;
  line.value = raw.substr(at + 1);
  return true;
}

}  // namespace orgo
