#include "protocol/mime/uuencode_scan.h"

#include "base/text.h"
#include "base/work.h"

namespace orgo::mime {
namespace {

/// Is it a line of data: its first character says how many bytes follow, 4 characters for each 3?
bool is_data_line(std::string_view line) {
  if (line.empty() || line[0] <= ' ' || line[0] > '`') return line == "`" || line == " ";
  const auto bytes = static_cast<std::size_t>(line[0] - ' ') & 0x3F;
  const auto characters = (bytes + 2) / 3 * 4;
  // Some encoders add a check character; relays cut trailing spaces.
  if (line.size() > characters + 2 || line.size() < 2) return line == "`";
  for (const char c : line)
    if (c < ' ' || c > '`') return false;
  return true;
}

}  // namespace

std::vector<UuencodedFile> find_uuencoded(std::string_view text) {
  constexpr std::size_t kFilesMax = 100;
  std::vector<UuencodedFile> files;
  std::size_t at = 0;
  while (files.size() < kFilesMax) {
    const auto begin = text.find("begin ", at);
    if (begin == std::string_view::npos) break;
    at = begin + 6;
    if (begin != 0 && text[begin - 1] != '\n') continue;
    auto i = at;
    while (i < text.size() && text[i] >= '0' && text[i] <= '7') ++i;
    if (i - at < 3 || i - at > 4 || i >= text.size() || text[i] != ' ') continue;
    const auto name_end = text.find('\n', i);
    if (name_end == std::string_view::npos) break;
    const auto name = trim(text.substr(i, name_end - i));
    // Data lines up to "end".
    auto line_begin = name_end + 1;
    bool whole = false;
    std::size_t lines = 0;
    while (line_begin < text.size()) {
      const auto newline = text.find('\n', line_begin);
      const auto line_end = newline == std::string_view::npos ? text.size() : newline;
      const auto line = text.substr(line_begin, line_end - line_begin);
      line_begin = newline == std::string_view::npos ? text.size() : newline + 1;
      if (trim(line) == "end") {
        whole = lines > 0;
        break;
      }
      if (!line.empty() && !is_data_line(line)) {
        line_begin = line_end - line.size();  // it may begin another one
        break;
      }
      ++lines;
    }
    count_work(line_begin - begin);
    at = line_begin;  // what was looked through is not looked through again
    if (whole) files.push_back({begin, line_begin, name});
  }
  return files;
}

}  // namespace orgo::mime
