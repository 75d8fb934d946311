#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// A subject without "Re:", "AW:", "Fwd:", "[list]" in front and without task markers, folded: what stays the same in a
/// thread.
std::string plain_subject(std::string_view subject);
/// Does it begin with "Re:" or what mail programs of other languages write for it?
bool is_reply_subject(std::string_view subject);
/// Is the first of its prefixes "Fwd:" or what other languages write for it?
bool is_forward_subject(std::string_view subject);

}  // namespace orgo
