#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::imap {

/// A folder's name as IMAP4rev1 sends it: modified UTF-7 (RFC 3501, section 5.1.3), "Büro & Co" is "B&APw-ro &- Co".
/// invalid_input: not UTF-8, empty, longer than 1,000 octets, or with control characters.
Result<std::string> encode_mailbox_name(std::string_view utf8);
/// The other way. What is no modified UTF-7 stays as it is: many servers send raw UTF-8.
std::string decode_mailbox_name(std::string_view name);

}  // namespace orgo::imap
