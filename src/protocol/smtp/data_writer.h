#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo::smtp {

/// Octets of `message` as append_data() puts it, before dot-stuffing and without the end mark: the SIZE of RFC 1870.
std::size_t wire_size(std::string_view message);
/// Appends `message` as it goes after DATA: every line ends with CRLF (LF is made CRLF), a dot at the start of a line
/// is doubled, then CRLF.CRLF. A CR that is not part of a CRLF becomes a space (as in Postfix,
/// cleanup_replace_stray_cr_lf): some servers take it for a line end, so it could smuggle a message or a header field
/// (R30).
void append_data(std::string_view message, std::string& out);

}  // namespace orgo::smtp
