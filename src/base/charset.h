#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

/// Length of the well-formed UTF-8 sequence at text[at] (RFC 3629), 1 to 4; 0 when there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t at);
/// How many bytes at the start of `text` are well-formed UTF-8.
std::size_t utf8_prefix(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return utf8_prefix(text) == text.size();
}
/// How many bytes at the start of `text` are below 0x80.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) {
  return ascii_prefix(text) == text.size();
}
/// Appends one code point; U+FFFD for what is none (surrogates, beyond U+10FFFF).
void append_code_point(std::string& out, char32_t code_point);

/// What became of bytes on the way to UTF-8.
enum class Decoded {
  cleanly,          ///< every byte meant something in that charset
  repaired,         ///< some did not: U+FFFD stands for them, or the bytes were in another charset than they said
  unknown_charset,  ///< no such charset: read as UTF-8 if they are that, else as windows-1252
};

/// Appends `bytes`, which say that they are in `charset`, as well-formed UTF-8. The label is read as mail and the web
/// use them (WHATWG Encoding, section 4.2): without case, iso-8859-1 and us-ascii mean windows-1252, gb2312 means
/// gb18030. Empty: no label. ASCII and UTF-8 do not go through ICU; a charset of single bytes goes by a table; for the
/// others a converter is kept open per thread. At most 3 bytes are written for each byte read. Linear time.
Decoded append_utf8(std::string& out, std::string_view bytes, std::string_view charset);
/// The same as a value.
std::string to_utf8(std::string_view bytes, std::string_view charset);
/// Are these bytes, in that charset, UTF-8 as they are, so that nothing needs to be copied?
bool is_utf8_already(std::string_view bytes, std::string_view charset);
/// Does append_utf8() know that label?
bool is_known_charset(std::string_view charset);

}  // namespace orgo
