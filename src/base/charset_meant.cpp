#include "base/charset_meant.h"

#include <algorithm>
#include <string>

#include "base/charset.h"
#include "base/charset_guess.h"
#include "base/charset_label.h"
#include "base/text.h"
#include "base/work.h"

namespace orgo {
namespace {

constexpr std::size_t kMultiBytesMin = 3;  // characters that make UTF-8 sure below a label of another charset

enum class Family { none, utf8, latin, other, wide, shifted, foreign, utf7 };

/// `name`: what charset_of_label() says.
Family family_of(std::string_view label, const std::string& name) {
  if (name.empty()) return Family::none;
  if (name == "utf-8") return Family::utf8;
  if (ascii_istarts_with(name, "utf-7") || name == "utf7") return Family::utf7;
  std::string letters;
  for (const char c : name)
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) letters += c;
  const std::string_view bare = letters.starts_with("x") ? std::string_view(letters).substr(1) : letters;
  for (const std::string_view wide : {"utf16", "utf32", "ucs2", "ucs4", "unicode", "csunicode", "iso10646"})
    if (bare.starts_with(wide)) return Family::wide;
  if (name == "windows-1252" || name == "windows-1254" || name == "iso-8859-15") return Family::latin;
  if (is_ascii_charset(label)) return Family::other;
  for (const std::string_view shifted : {"iso2022", "hz", "scsu"})
    if (bare.starts_with(shifted)) return Family::shifted;
  return Family::foreign;
}

struct Meaning {
  std::string label, name;
  Family family = Family::none;
};
/// Of the label that this thread asked for last: one mail mostly has one.
const Meaning& meaning_of(std::string_view label) {
  thread_local Meaning last;
  if (last.label == label) return last;
  last.name = charset_of_label(label);
  last.family = family_of(label, last.name);
  last.label = label.substr(0, 64);  // a longer one is never found again
  return last;
}

std::size_t multi_bytes(std::string_view bytes) {
  return static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xC0; }));
}

bool has_nul(std::string_view bytes) {
  return bytes.find('\0') != std::string_view::npos;
}

bool is_mostly_ascii(std::string_view bytes) {
  const auto plain = std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '\n';
  });
  return static_cast<std::size_t>(plain) * 2 > bytes.size();
}

/// Is a "+" of UTF-7 (RFC 2152) a plus here? Shifted text is base64 whose length and last bits come out even, and is
/// not made of digits only.
bool is_plain_plus(std::string_view bytes) {
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  for (auto at = bytes.find('+'); at != std::string_view::npos; at = bytes.find('+', at + 1)) {
    auto end = at + 1;
    while (end < bytes.size() && is_base64(bytes[end])) ++end;
    const auto run = bytes.substr(at + 1, end - at - 1);
    if (run.empty()) {
      if (end < bytes.size() && bytes[end] == '-') continue;  // "+-" is a plus
      return true;
    }
    const auto bits = run.size() * 6 % 16;  // what is left of the last unit is padding
    const bool digits = std::all_of(run.begin(), run.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (run.size() < 3 || bits >= 6 || digits) return true;
    at = end - 1;
  }
  return false;
}

/// Is most of what is not ASCII well-formed UTF-8? Bytes of other charsets are by chance, here and there.
bool is_mostly_utf8(std::string_view bytes) {
  std::size_t good = 0, bad = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    at += ascii_prefix(bytes.substr(at));
    if (at >= bytes.size()) break;
    const auto length = utf8_sequence(bytes, at);
    good += length == 0 ? 0 : length - 1;  // of two bytes some are by chance, of three hardly any
    bad += length == 0 ? 1 : 0;
    at += std::max<std::size_t>(length, 1);
  }
  return good >= bad;
}

/// UTF-16 under a label of something else: the zeros of its ASCII, or its first character, tell.
std::string_view utf16_in(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return "utf-16";
  if (!has_nul(bytes)) return {};
  std::size_t zeros[2] = {0, 0};
  const auto head = bytes.substr(0, 2'000);
  for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
  if (4 * std::max(zeros[0], zeros[1]) < head.size() || 8 * std::min(zeros[0], zeros[1]) > head.size()) return {};
  return guess_utf16(head);
}

std::string_view or_label(std::string_view charset, std::string_view label) {
  return charset.empty() ? label : charset;
}

/// Bytes that are neither ASCII nor UTF-8, under no label, one that says UTF-8, or one that nobody knows.
std::string_view of_unlabelled(std::string_view bytes, std::string_view label, bool says_utf8) {
  if (const auto wide = utf16_in(bytes); !wide.empty()) return wide;
  if (says_utf8 && is_mostly_utf8(bytes)) return label;
  return or_label(guess_charset(bytes), label);
}

std::string_view of_wide(std::string_view bytes, std::string_view label, const std::string& name) {
  if (is_utf8(bytes) && !has_nul(bytes)) return "utf-8";
  if (!has_nul(bytes) && 2 * multi_bytes(bytes) < bytes.size() && is_mostly_ascii(bytes)) return "windows-1252";
  if (name.find("32") != std::string::npos || name.find("ucs-4") != std::string::npos) return label;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    return name == "utf-16le" && bytes.starts_with("\xFE\xFF")   ? "utf-16be"
           : name == "utf-16be" && bytes.starts_with("\xFF\xFE") ? "utf-16le"
                                                                 : label;
  const auto guess = guess_utf16(bytes);
  const bool little =
      name == "utf-16le" || name.find("16le") != std::string::npos || name.find("littleendian") != std::string::npos;
  return guess.empty() || little == (guess == "utf-16le") ? label : guess;
}

}  // namespace

std::string_view escaped_charset(std::string_view bytes) {
  for (auto at = bytes.find('\x1B'); at != std::string_view::npos; at = bytes.find('\x1B', at + 1)) {
    const auto sequence = bytes.substr(at + 1, 3);
    if (sequence.starts_with("$B") || sequence.starts_with("$@") || sequence.starts_with("(J") ||
        sequence.starts_with("(I") || sequence.starts_with("$(D"))
      return "iso-2022-jp";
    if (sequence.starts_with("$)C")) return "iso-2022-kr";
    if (sequence.starts_with("$)A") || sequence.starts_with("$)G")) return "iso-2022-cn";
  }
  return {};
}

bool says_no_charset(std::string_view label) {
  return charset_of_label(label).empty();
}

std::string_view charset_as_meant(std::string_view bytes, std::string_view label) {
  const bool ascii = is_ascii(bytes);
  const auto& [said, name, family] = meaning_of(label);
  if (ascii && (family == Family::none || family == Family::utf8 || family == Family::latin)) {
    const auto escaped = escaped_charset(bytes);
    return or_label(escaped, label);
  }
  switch (family) {
    case Family::none:
      return is_utf8(bytes) ? label : of_unlabelled(bytes, label, false);
    case Family::utf8:
      return is_utf8(bytes) ? label : of_unlabelled(bytes, label, true);
    case Family::utf7:
      if (!ascii) return is_utf8(bytes) ? "utf-8" : "windows-1252";
      return is_plain_plus(bytes) ? "us-ascii" : label;
    case Family::wide:
      return of_wide(bytes, label, name);
    case Family::foreign:
      return is_utf8(bytes) && !has_nul(bytes) && (ascii || bytes.find('\n') != std::string_view::npos) ? "utf-8"
                                                                                                        : label;
    case Family::shifted:
      if (ascii && bytes.find_first_of("\x1B\x0E") == std::string_view::npos && bytes.find("~{") == bytes.npos)
        return "us-ascii";
      return !ascii && is_utf8(bytes) ? "utf-8" : label;
    case Family::latin:
      if (ascii) return label;
      if (is_utf8(bytes)) return "utf-8";
      if (const auto wide = utf16_in(bytes); !wide.empty()) return wide;
      return or_label(charset_instead_of(name, bytes), label);
    case Family::other:
      if (ascii) return label;
      if (is_utf8(bytes)) return multi_bytes(bytes) >= kMultiBytesMin ? "utf-8" : label;
      if (has_nul(bytes))
        if (const auto wide = utf16_in(bytes); !wide.empty()) return wide;
      if (!is_known_charset(label)) return of_unlabelled(bytes, label, false);
      return or_label(charset_instead_of(name, bytes), label);
  }
  return label;
}

}  // namespace orgo
