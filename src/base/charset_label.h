#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// The charset that a label of mail or the web names, by one name for all its spellings: "" for a label that says
/// nothing ("us-ascii", "x-unknown"), "utf-8", "windows-1252" (which ISO 8859-1 means, WHATWG Encoding, section 4.2),
/// "iso-2022-jp", "iso-8859-16", or a name that ICU has; a label that nobody knows comes back as it is, in lower case.
/// Understands the labels of WHATWG and IANA, those of Python and Java, and code pages as Windows, DOS and IBM write
/// them ("win-1251", "x-cp1250", "uhc", "ms932"). Looks at 64 bytes.
std::string charset_of_label(std::string_view label);

/// Do bytes below 0x80 mean ASCII in that charset, wherever they stand? Not in EBCDIC, UTF-16, UTF-7, ISO-2022 and
/// their like; of a charset that nobody knows it is taken to be so.
bool is_ascii_charset(std::string_view label);

}  // namespace orgo
