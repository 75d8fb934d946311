#pragma once
#include <string_view>

namespace orgo {

/// The charset that `bytes` are in, when what their label says can't be true; else `label` itself:
/// - EBCDIC, UTF-16 or UTF-32 over bytes that are ASCII or UTF-8 (a mail whose header lines are ASCII is no EBCDIC);
/// - UTF-7 over text whose "+" is a plus;
/// - a charset of single or double bytes over bytes that are UTF-8, which they are never by chance.
/// - any of those over bytes with the escape sequences of ISO-2022 (escaped_charset()).
/// Without a label, or with one that says nothing or that nobody knows, bytes above 127 that are no UTF-8 are guessed
/// (guess_charset()); also where the label is UTF-8 and most of them are not, and where they read badly in the charset
/// that the label names and well in another (charset_instead_of()). UTF-16 goes by its zeros and by what is frequent,
/// not by the order that a label promises. The result is `label`, or a literal.
std::string_view charset_as_meant(std::string_view bytes, std::string_view label);

/// The charset of seven bits that these bytes change into by its escape sequences, which nothing else has: ISO-2022-JP,
/// -KR, -CN. Empty: none.
std::string_view escaped_charset(std::string_view bytes);

/// Is that no label, or one that says nothing ("us-ascii", "unknown-8bit")?
bool says_no_charset(std::string_view label);

}  // namespace orgo
