#include "protocol/smtp/command.h"

#include <array>
#include <cstddef>
#include <utility>

#include "base/text.h"

namespace orgo::smtp {
namespace {

std::string_view trim_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

constexpr std::uint32_t word4(std::string_view word) {
  std::uint32_t value = 0;
  for (const char c : word.substr(0, 4)) {
    value = value << 8U | static_cast<unsigned char>(ascii_lower(c));
  }
  return value;
}

}  // namespace

Command parse_command(std::string_view line) {
  line = trim_spaces(line);
  std::size_t end = 0;
  while (end < line.size() && line[end] != ' ' && line[end] != '\t') ++end;
  const std::string_view word = line.substr(0, end);
  Command command{Verb::unknown, trim_spaces(line.substr(end))};
  if (word.size() == 4) {
    switch (word4(word)) {
      case word4("helo"):
        command.verb = Verb::helo;
        break;
      case word4("ehlo"):
        command.verb = Verb::ehlo;
        break;
      case word4("lhlo"):
        command.verb = Verb::lhlo;
        break;
      case word4("mail"):
        command.verb = Verb::mail;
        break;
      case word4("rcpt"):
        command.verb = Verb::rcpt;
        break;
      case word4("data"):
        command.verb = Verb::data;
        break;
      case word4("bdat"):
        command.verb = Verb::bdat;
        break;
      case word4("rset"):
        command.verb = Verb::rset;
        break;
      case word4("noop"):
        command.verb = Verb::noop;
        break;
      case word4("vrfy"):
        command.verb = Verb::vrfy;
        break;
      case word4("expn"):
        command.verb = Verb::expn;
        break;
      case word4("help"):
        command.verb = Verb::help;
        break;
      case word4("quit"):
        command.verb = Verb::quit;
        break;
      case word4("auth"):
        command.verb = Verb::auth;
        break;
      case word4("post"):
      case word4("head"):
        command.verb = Verb::foreign;
        break;
      default:
        break;
    }
    return command;
  }
  if (ascii_iequals(word, "starttls")) {
    command.verb = Verb::starttls;
  } else {
    for (const std::string_view http : {"get", "put", "options", "connect", "host:", "user-agent:", "content-type:"}) {
      if (ascii_iequals(word, http)) command.verb = Verb::foreign;
    }
  }
  return command;
}

std::optional<Parameter> next_parameter(std::string_view& rest) {
  rest = trim_spaces(rest);
  if (rest.empty()) return std::nullopt;
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view item = rest.substr(0, end);
  rest.remove_prefix(end);
  const std::size_t equals = item.find('=');
  if (equals == std::string_view::npos) return Parameter{item, {}};
  return Parameter{item.substr(0, equals), item.substr(equals + 1)};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

}  // namespace orgo::smtp
