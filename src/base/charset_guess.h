#pragma once
#include <string_view>

namespace orgo {

/// Which of GB 18030, Big5, Shift_JIS, EUC-JP, EUC-KR, KOI8-R and -U, windows-1251 and ISO 8859-5 (Cyrillic),
/// windows-1253 (Greek), -1255 (Hebrew), -1256 (Arabic) and -874 (Thai) do these bytes look like, by how frequent the
/// characters are that they would be? Turkish and the languages of Central Europe (windows-1254, -1250, ISO 8859-2) are
/// known by letters that Western Europe has not; where a text has none, nothing tells them apart. Empty: none of them
/// more than windows-1252. Looks at 2,000 bytes, and reads 300 of them in each.
std::string_view guess_charset(std::string_view bytes);

/// The same for bytes whose label names `charset` (as charset_of_label() says it), which mostly is true: empty unless
/// they read badly in that one and well in another. A Western label stands over all that a Western language writes.
std::string_view charset_instead_of(std::string_view charset, std::string_view bytes);

/// "utf-16le", "utf-16be": bytes that are so, since every second one is 0, or since the characters that they would be
/// the other way round are rare ones. Empty: no telling.
std::string_view guess_utf16(std::string_view bytes);

}  // namespace orgo
