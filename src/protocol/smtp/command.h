#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace orgo::smtp {

enum class Verb : std::uint8_t {
  helo,
  ehlo,
  lhlo,
  mail,
  rcpt,
  data,
  bdat,
  rset,
  noop,
  vrfy,
  expn,
  help,
  quit,
  starttls,
  auth,
  foreign,  ///< HTTP: somebody made a browser talk to us, and its text must not be taken for commands
  unknown,
};

/// A command line without its CRLF (RFC 5321, section 4.1.1): word and argument. Letters' case doesn't matter.
struct Command {
  Verb verb = Verb::unknown;
  std::string_view argument;  ///< behind the word, trimmed of spaces
};
Command parse_command(std::string_view line);

/// Takes one "KEY=value" or "KEY" from the front of `rest`; nullopt when nothing is left.
struct Parameter {
  std::string_view key;
  std::string_view value;
};
std::optional<Parameter> next_parameter(std::string_view& rest);

/// A decimal number without sign; nullopt for anything else and for more than 18 digits.
std::optional<std::uint64_t> parse_number(std::string_view text);

}  // namespace orgo::smtp
