#include "base/charset.h"

#include <unicode/ucnv.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "base/charset_label.h"
#include "base/text.h"
#include "base/work.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace orgo {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// 0x80 to 0x9F of windows-1252; the five bytes without a character stay C1 controls, as WHATWG has them.
constexpr std::array<char16_t, 32> kWindows1252 = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

/// The upper half of a charset of single bytes; U+FFFD where a byte means nothing.
using UpperHalf = std::array<char16_t, 128>;

const UpperHalf& windows_1252() {
  static const UpperHalf table = [] {
    UpperHalf half{};
    for (std::size_t i = 0; i < half.size(); ++i)
      half[i] = i < kWindows1252.size() ? kWindows1252[i] : static_cast<char16_t>(0x80 + i);
    return half;
  }();
  return table;
}

enum class Kind { unlabelled, utf8, single_byte, multi_byte, iso_2022_jp };

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

struct Charset {
  std::string label;
  Kind kind = Kind::unlabelled;
  bool ascii = true;  // bytes below 0x80 are ASCII, wherever they stand
  UpperHalf upper{};  // single_byte
  std::unique_ptr<UConverter, CloseConverter> converter;
};

// ISO 8859-16, which ICU has not: where it differs from windows-1252 above 0xA0.
struct Difference {
  unsigned char byte;
  char16_t character;
};
constexpr Difference kIso8859Part16[] = {
    {0xA1, 0x104},  {0xA2, 0x105}, {0xA3, 0x141}, {0xA4, 0x20AC}, {0xA5, 0x201E}, {0xA6, 0x160}, {0xA8, 0x161},
    {0xAA, 0x218},  {0xAC, 0x179}, {0xAE, 0x17A}, {0xAF, 0x17B},  {0xB2, 0x10C},  {0xB3, 0x142}, {0xB4, 0x17D},
    {0xB5, 0x201D}, {0xB8, 0x17E}, {0xB9, 0x10D}, {0xBA, 0x219},  {0xBC, 0x152},  {0xBD, 0x153}, {0xBE, 0x178},
    {0xBF, 0x17C},  {0xC3, 0x102}, {0xC5, 0x106}, {0xD0, 0x110},  {0xD1, 0x143},  {0xD5, 0x150}, {0xD7, 0x15A},
    {0xD8, 0x170},  {0xDD, 0x118}, {0xDE, 0x21A}, {0xE3, 0x103},  {0xE5, 0x107},  {0xF0, 0x111}, {0xF1, 0x144},
    {0xF5, 0x151},  {0xF7, 0x15B}, {0xF8, 0x171}, {0xFD, 0x119},  {0xFE, 0x21B}};

/// Do printable bytes below 0x80 mean ASCII there? Not in EBCDIC, and not where they are shifted (ISO 2022, UTF-7).
bool is_ascii_in(UConverter* converter) {
  const auto type = ucnv_getType(converter);
  if (type != UCNV_MBCS && type != UCNV_SBCS && type != UCNV_DBCS && type != UCNV_UTF8) return false;
  for (int byte = 0x20; byte < 0x7F; ++byte) {
    const char in = static_cast<char>(byte);
    std::array<UChar, 4> out{};
    UErrorCode error = U_ZERO_ERROR;
    ucnv_reset(converter);
    if (ucnv_toUChars(converter, out.data(), out.size(), &in, 1, &error) != 1 || U_FAILURE(error) || out[0] != byte)
      return false;
  }
  return true;
}

/// Makes what `label` needs. False: nobody knows it.
bool open_charset(Charset& charset) {
  const auto name = charset_of_label(charset.label);
  if (name.empty()) return true;
  if (name == "utf-8") {
    charset.kind = Kind::utf8;
    return true;
  }
  if (name == "windows-1252" || name == "iso-8859-16") {
    charset.kind = Kind::single_byte;
    charset.upper = windows_1252();
    if (name == "iso-8859-16")
      for (const auto& one : kIso8859Part16) charset.upper[one.byte - 0x80U] = one.character;
    return true;
  }
  if (name == "iso-2022-jp") {
    charset.kind = Kind::iso_2022_jp;
    charset.ascii = false;
    UErrorCode opening = U_ZERO_ERROR;
    charset.converter.reset(ucnv_open("ibm-943_P15A-2003", &opening));
    return U_SUCCESS(opening) && charset.converter != nullptr;
  }
  UErrorCode error = U_ZERO_ERROR;
  // The alias table is in memory; ucnv_open() of an unknown name would look for a file, at a stranger's wish.
  if (ucnv_countAliases(name.c_str(), &error) == 0 || U_FAILURE(error)) return false;
  error = U_ZERO_ERROR;
  charset.converter.reset(ucnv_open(name.c_str(), &error));
  if (U_FAILURE(error) || charset.converter == nullptr) return false;
  charset.kind = Kind::multi_byte;
  charset.ascii = is_ascii_in(charset.converter.get());
  if (ucnv_getMaxCharSize(charset.converter.get()) != 1 || ucnv_getMinCharSize(charset.converter.get()) != 1 ||
      !charset.ascii)
    return true;
  // A table serves only where the lower half is ASCII (not EBCDIC), each byte by itself.
  UpperHalf upper{};
  for (int byte = 0; byte < 256; ++byte) {
    const char in = static_cast<char>(byte);
    std::array<UChar, 4> out{};
    error = U_ZERO_ERROR;
    ucnv_reset(charset.converter.get());
    const auto length = ucnv_toUChars(charset.converter.get(), out.data(), out.size(), &in, 1, &error);
    if (U_FAILURE(error) || length != 1) {
      if (byte >= 0x80) upper[static_cast<std::size_t>(byte) - 0x80] = 0xFFFD;
      continue;
    }
    if (byte >= 0x80) upper[static_cast<std::size_t>(byte) - 0x80] = out[0];
  }
  charset.upper = upper;
  charset.kind = Kind::single_byte;
  charset.converter.reset();
  return true;
}

/// The charset of that label, kept per thread. nullptr: unknown.
Charset* find_charset(std::string_view raw_label) {
  constexpr std::size_t kKept = 48;
  thread_local std::vector<std::unique_ptr<Charset>> kept;
  thread_local std::size_t next_out = 0;
  thread_local Charset* last = nullptr;  // one mail mostly has one charset
  raw_label = raw_label.substr(0, 64);   // no longer ones are understood
  if (last != nullptr && ascii_iequals(last->label, raw_label)) return last;
  for (const auto& charset : kept)
    if (ascii_iequals(charset->label, raw_label)) return last = charset.get();
  auto charset = std::make_unique<Charset>();
  charset->label = raw_label;
  if (!open_charset(*charset)) return nullptr;
  if (kept.size() < kKept) return kept.emplace_back(std::move(charset)).get();
  last = nullptr;
  next_out = (next_out + 1) % kKept;
  kept[next_out] = std::move(charset);
  return kept[next_out].get();
}

void append_upper(std::string& out, std::string_view bytes, const UpperHalf& upper, bool& bad) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto plain = ascii_prefix(bytes.substr(at));
    out.append(bytes, at, plain);
    at += plain;
    // A run of upper bytes, with single ASCII bytes between: gathered, since append() per character is slow.
    char buffer[256];
    std::size_t used = 0;
    while (at < bytes.size() && used + 3 <= sizeof buffer) {
      const auto byte = static_cast<unsigned char>(bytes[at]);
      if (byte < 0x80) {
        if (at + 1 < bytes.size() && static_cast<unsigned char>(bytes[at + 1]) < 0x80) break;
        buffer[used++] = static_cast<char>(byte);
        ++at;
        continue;
      }
      const char16_t c = upper[byte - 0x80];
      bad = bad || c == 0xFFFD;
      if (c < 0x800) {
        buffer[used++] = static_cast<char>(0xC0 | (c >> 6));
      } else {
        buffer[used++] = static_cast<char>(0xE0 | (c >> 12));
        buffer[used++] = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
      }
      buffer[used++] = static_cast<char>(0x80 | (c & 0x3F));
      ++at;
    }
    out.append(buffer, used);
  }
}

/// Well-formed as it is, else with U+FFFD for each bad piece; but a single bad byte between ASCII is a letter of
/// windows-1252, as where a footer was appended to a text in another charset.
void append_repaired(std::string& out, std::string_view bytes) {
  const auto is_ascii_byte = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  bool ascii_before = true;
  while (!bytes.empty()) {
    const auto good = utf8_prefix(bytes);
    out.append(bytes.substr(0, good));
    if (good == bytes.size()) return;
    if (good > 0) ascii_before = is_ascii_byte(bytes[good - 1]);
    const auto bad = static_cast<unsigned char>(bytes[good]);
    if (bad >= 0xA0 && ascii_before && (good + 1 == bytes.size() || is_ascii_byte(bytes[good + 1]))) {
      append_code_point(out, bad);
      bytes.remove_prefix(good + 1);
      continue;
    }
    ascii_before = false;
    out += kReplacement;
    bytes.remove_prefix(good + 1);
    while (!bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 0xC0) == 0x80) bytes.remove_prefix(1);
  }
}

bool has_multi_byte_sequence(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    at += ascii_prefix(bytes.substr(at));
    if (at >= bytes.size()) return false;
    if (utf8_sequence(bytes, at) > 1) return true;
    ++at;
  }
  return false;
}

Decoded append_unlabelled(std::string& out, std::string_view bytes) {
  if (is_utf8(bytes)) {
    out.append(bytes);
    return is_ascii(bytes) ? Decoded::cleanly : Decoded::repaired;
  }
  bool bad = false;
  append_upper(out, bytes, windows_1252(), bad);
  return Decoded::repaired;
}

Decoded append_claimed_utf8(std::string& out, std::string_view bytes) {
  const auto good = utf8_prefix(bytes);
  if (good == bytes.size()) {
    out.append(bytes);
    return Decoded::cleanly;
  }
  // Nothing in it is UTF-8: the label is wrong, as from mailers that only wrote another label over old bytes.
  if (!has_multi_byte_sequence(bytes)) return append_unlabelled(out, bytes);
  append_repaired(out, bytes);
  return Decoded::repaired;
}

/// ISO-2022-JP as mailers write it is Shift_JIS in another dress: with the vendors' characters (circled numbers) that
/// the standard has not and ICU's converter refuses, half-width kana, and not seldom Shift_JIS itself under that label.
std::string shift_jis_of_iso_2022_jp(std::string_view bytes) {
  enum class Set { ascii, kana, kanji } set = Set::ascii;
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (c == 0x1B && i + 2 < bytes.size()) {
      const char a = bytes[i + 1], b = bytes[i + 2];
      if (a == '(' && (b == 'B' || b == 'J' || b == 'H')) {
        set = Set::ascii;
        i += 2;
        continue;
      }
      if (a == '(' && b == 'I') {
        set = Set::kana;
        i += 2;
        continue;
      }
      if (a == '$' && (b == 'B' || b == '@')) {
        set = Set::kanji;
        i += 2;
        continue;
      }
    }
    if (c == '\n' || c == '\r') set = Set::ascii;  // RFC 1468: a line ends in ASCII, also where its mailer forgot
    if (set == Set::kana && c >= 0x21 && c <= 0x5F) {
      out += static_cast<char>(c + 0x80);
    } else if (set == Set::kanji && c >= 0x21 && c <= 0x7E && i + 1 < bytes.size()) {
      const auto d = static_cast<unsigned char>(bytes[++i]);
      if (d < 0x21 || d > 0x7E) {
        out += '\xFF';
        --i;
        continue;
      }
      out += static_cast<char>((c - 1) / 2 + (c < 0x5F ? 0x71 : 0xB1));
      out += static_cast<char>(c % 2 == 0 ? d + 0x7E : d + (d < 0x60 ? 0x1F : 0x20));
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

bool append_by_converter(std::string& out, std::string_view bytes, UConverter* converter) {
  ucnv_reset(converter);
  bool bad = false;
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  std::array<UChar, 1024> units;
  char buffer[3 * units.size() + 4];  // + 4: a pair over the edge
  char32_t high = 0;                  // a surrogate that waits for its other half over the edge of a chunk
  for (;;) {
    UChar* target = units.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, units.data() + units.size(), &source, end, nullptr, true, &error);
    std::size_t used = 0;
    for (const UChar* unit = units.data(); unit != target; ++unit) {
      char32_t c = *unit;
      if (c >= 0xD800 && c < 0xDC00) {
        high = c;
        continue;
      }
      if (c >= 0xDC00 && c < 0xE000) c = high != 0 ? 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00) : 0xFFFD;
      high = 0;
      bad = bad || c == 0xFFFD;
      if (c < 0x80) {
        buffer[used++] = static_cast<char>(c);
      } else if (c < 0x800) {
        buffer[used++] = static_cast<char>(0xC0 | (c >> 6));
        buffer[used++] = static_cast<char>(0x80 | (c & 0x3F));
      } else if (c < 0x10000) {
        buffer[used++] = static_cast<char>(0xE0 | (c >> 12));
        buffer[used++] = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        buffer[used++] = static_cast<char>(0x80 | (c & 0x3F));
      } else {  // two units made it, so there is room
        buffer[used++] = static_cast<char>(0xF0 | (c >> 18));
        buffer[used++] = static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        buffer[used++] = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        buffer[used++] = static_cast<char>(0x80 | (c & 0x3F));
      }
    }
    out.append(buffer, used);
    if (error != U_BUFFER_OVERFLOW_ERROR) return bad || U_FAILURE(error) || high != 0;
  }
}

}  // namespace

Decoded append_utf8(std::string& out, std::string_view bytes, std::string_view label) {
  count_work(bytes.size());
  // Growing by doubling would hold large texts nearly twice; what is reserved and not written costs nothing.
  if (bytes.size() > (1U << 20)) out.reserve(out.size() + 3 * bytes.size());
  Charset* const charset = find_charset(label);
  if (charset == nullptr) {
    append_unlabelled(out, bytes);
    return Decoded::unknown_charset;
  }
  switch (charset->kind) {
    case Kind::unlabelled:
      return append_unlabelled(out, bytes);
    case Kind::utf8:
      return append_claimed_utf8(out, bytes);
    case Kind::single_byte: {
      bool bad = false;
      append_upper(out, bytes, charset->upper, bad);
      return bad ? Decoded::repaired : Decoded::cleanly;
    }
    case Kind::iso_2022_jp:
      return append_by_converter(out, shift_jis_of_iso_2022_jp(bytes), charset->converter.get()) ? Decoded::repaired
                                                                                                 : Decoded::cleanly;
    case Kind::multi_byte:
      break;
  }
  return append_by_converter(out, bytes, charset->converter.get()) ? Decoded::repaired : Decoded::cleanly;
}

bool is_utf8_already(std::string_view bytes, std::string_view label) {
  const Charset* const charset = find_charset(label);
  if (charset != nullptr && !charset->ascii) return false;
  const auto ascii = ascii_prefix(bytes);
  if (ascii == bytes.size()) return true;
  return charset != nullptr && charset->kind == Kind::utf8 && is_utf8(bytes.substr(ascii));
}

std::string to_utf8(std::string_view bytes, std::string_view charset) {
  std::string out;
  append_utf8(out, bytes, charset);
  return out;
}

bool is_known_charset(std::string_view charset) {
  return find_charset(charset) != nullptr;
}

bool is_ascii_charset(std::string_view label) {
  const Charset* const charset = find_charset(label);
  return charset == nullptr || charset->ascii;
}

}  // namespace orgo
