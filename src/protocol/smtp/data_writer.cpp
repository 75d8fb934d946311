#include "protocol/smtp/data_writer.h"

#include <cstring>

namespace orgo::smtp {
namespace {

/// Calls `take` with each line without its line end.
template <typename Take>
void for_each_line(std::string_view message, const Take& take) {
  while (!message.empty()) {
    const std::size_t lf = message.find('\n');
    std::string_view line = message.substr(0, lf);
    message.remove_prefix(lf == std::string_view::npos ? message.size() : lf + 1);
    if (!line.empty() && line.back() == '\r' && lf != std::string_view::npos) line.remove_suffix(1);
    take(line);
  }
}

}  // namespace

std::size_t wire_size(std::string_view message) {
  std::size_t size = 0;
  for_each_line(message, [&](std::string_view line) { size += line.size() + 2; });
  return size;
}

void append_data(std::string_view message, std::string& out) {
  out.reserve(out.size() + message.size() + message.size() / 32 + 16);
  for_each_line(message, [&](std::string_view line) {
    if (!line.empty() && line.front() == '.') out.push_back('.');
    const std::size_t begin = out.size();
    out.append(line);
    if (std::memchr(line.data(), '\r', line.size()) != nullptr) {
      for (std::size_t i = begin; i < out.size(); ++i) {
        if (out[i] == '\r') out[i] = ' ';
      }
    }
    out.append("\r\n");
  });
  out.append(".\r\n");
}

}  // namespace orgo::smtp
