#pragma once
#include <optional>
#include <string_view>

namespace orgo::smtp {

/// A path of MAIL or RCPT (RFC 5321, section 4.1.2), read from the front of a command's argument.
struct Path {
  std::string_view mailbox;  ///< without <> and without a source route; empty for "<>"
  std::string_view rest;     ///< what follows '>': the parameters, with their leading space
  bool ascii = true;         ///< false: needs SMTPUTF8 (RFC 6531); then it is valid UTF-8
};

/// Reads "<mailbox>" with an optional source route, which RFC 5321, appendix C says to ignore. Spaces before '<' are
/// forgiven, since many clients write "FROM: <". nullopt: no brackets, a control character, a space outside of quotes,
/// an unclosed quote, bad UTF-8, or an empty local part or domain. A mailbox may lack a domain ("<postmaster>");
/// whether that is somebody is for the recipient policy to say.
std::optional<Path> parse_path(std::string_view text);

/// Can `address` be written between < and > of a command without becoming another command or another address? What
/// goes out is checked with it, so that no CR, LF or '>' in a stored address gets to a peer (R30). Empty is fine.
bool is_safe_address(std::string_view address);
/// Only bytes below 0x80?
bool is_ascii(std::string_view text);
/// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF)?
bool is_utf8(std::string_view text);

}  // namespace orgo::smtp
