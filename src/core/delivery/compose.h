#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

/// Writing RFC 5322 and MIME: each function is safe for any bytes in its arguments, since they come from strangers.
namespace orgo::compose {

/// UTF-8 without control characters: bytes below 0x20 and 0x7F become a space, what is not UTF-8 becomes U+FFFD.
std::string clean_text(std::string_view text);
/// The same for a body: LF and tab stay, CRLF and CR become LF.
std::string clean_body(std::string_view text);

/// Appends "Name: value\r\n". The value is cleaned, folded, and written as encoded words (RFC 2047) where it is not
/// plain ASCII; no line is longer than 78 characters, except where a plain word is (at most 998).
void append_field(std::string& out, std::string_view name, std::string_view value);
/// Appends "Name: display name <address>\r\n". `address` must be one (is_mail_address).
void append_address_field(std::string& out, std::string_view name, std::string_view display_name,
                          std::string_view address);
/// Appends "Name: <id> <id>\r\n", one id a line. Ids that are none (white space, brackets, not ASCII, more than 250
/// bytes) are left out; without any, nothing is appended.
void append_ids_field(std::string& out, std::string_view name, const std::vector<std::string>& ids);

/// "Sun, 22 Nov 2026 01:22:35 +0000"
std::string rfc5322_date(TimePoint at);

/// Appends MIME-Version, Content-Type, Content-Transfer-Encoding, the empty line and the text: 7bit where that is
/// enough, else quoted-printable, or base64 where that is shorter. CRLF line ends.
void append_text_body(std::string& out, std::string_view text);

std::string base64(std::string_view bytes);

}  // namespace orgo::compose
