#include "base/unicode.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace orgo {
namespace {

constexpr char32_t kReplacementCharacter = 0xFFFD;
constexpr int kCombinedMax = 32;

const icu::Normalizer2& folding() {
  static const icu::Normalizer2* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Normalizer2::getNFKCCasefoldInstance(error);  // data is linked into ICU: can't fail
  }();
  return *instance;
}

std::string fold_by_icu(std::string_view segment) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode error = U_ZERO_ERROR;
  folding().normalizeUTF8(0, icu::StringPiece(segment.data(), static_cast<std::int32_t>(segment.size())), sink, nullptr,
                          error);
  return U_SUCCESS(error) != 0 ? out : std::string(segment);
}

/// What folding does to each character below U+3000 (Latin, Greek, Cyrillic, Arabic, the scripts of India, ...), so
/// that ICU is asked only for what combines and for the rest of the world.
class FoldTable {
 public:
  static constexpr char32_t kEnd = 0x3000;
  enum class Kind : std::uint8_t { same, other, combines };
  struct Entry {
    Kind kind = Kind::same;
    std::uint8_t length = 0;
    std::uint16_t offset = 0;
  };

  static const FoldTable& instance() {
    static const FoldTable table;
    return table;
  }
  [[nodiscard]] Entry at(char32_t c) const { return entries_[c]; }
  [[nodiscard]] std::string_view text(Entry entry) const {
    return std::string_view(texts_).substr(entry.offset, entry.length);
  }
  [[nodiscard]] bool is_word(char32_t c) const { return words_[c]; }

 private:
  FoldTable() : entries_(kEnd), words_(kEnd) {
    for (char32_t c = 0x80; c < kEnd; ++c) {
      words_[c] = u_isalnum(static_cast<UChar32>(c)) != 0 || is_mark(c);
      std::string own;
      append_utf8(own, c);
      if (!folding().hasBoundaryBefore(static_cast<UChar32>(c))) {
        entries_[c].kind = Kind::combines;
        continue;
      }
      const auto folded = fold_by_icu(own);
      if (folded == own) continue;
      if (folded.size() > 255 || texts_.size() + folded.size() > 0xFFFF) {  // left to ICU
        entries_[c].kind = Kind::combines;
        continue;
      }
      entries_[c] = {Kind::other, static_cast<std::uint8_t>(folded.size()), static_cast<std::uint16_t>(texts_.size())};
      texts_ += folded;
    }
  }
  static bool is_mark(char32_t c) {
    return (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ME_MASK)) != 0;
  }

  std::vector<Entry> entries_;
  std::vector<bool> words_;
  std::string texts_;
};

bool combines(const FoldTable& table, char32_t c) {
  if (c < 0x80) return false;
  if (c < FoldTable::kEnd) return table.at(c).kind == FoldTable::Kind::combines;
  return !folding().hasBoundaryBefore(static_cast<UChar32>(c));
}

/// Appends ASCII in lower case, eight bytes at a time.
void append_lower(std::string& out, std::string_view ascii) {
  const auto first = out.size();
  out.resize(first + ascii.size());
  char* to = out.data() + first;
  const char* from = ascii.data();
  std::size_t at = 0;
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  for (; at + 8 <= ascii.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from + at, 8);
    // The top bit of each byte of `letters` is set for A to Z: sums of 7 bits carry into it and no further.
    const auto letters = ((word + kOnes * (0x80 - 'A')) ^ (word + kOnes * (0x7F - 'Z'))) & (kOnes * 0x80);
    word |= letters >> 2U;
    std::memcpy(to + at, &word, 8);
  }
  for (; at < ascii.size(); ++at) to[at] = ascii_lower(from[at]);
}

}  // namespace

char32_t decode_utf8(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(at++);
  if (lead < 0x80) return lead;
  int more = 0;
  char32_t c = 0;
  unsigned char least = 0x80;  // of the second byte: excludes overlong forms, surrogates and what is past U+10FFFF
  unsigned char most = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
    c = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    c = lead & 0x0FU;
    if (lead == 0xE0) least = 0xA0;
    if (lead == 0xED) most = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    c = lead & 0x07U;
    if (lead == 0xF0) least = 0x90;
    if (lead == 0xF4) most = 0x8F;
  } else {
    return kReplacementCharacter;
  }
  if (at + static_cast<std::size_t>(more) > text.size()) return kReplacementCharacter;
  for (int i = 0; i < more; ++i) {
    const auto next = byte(at + static_cast<std::size_t>(i));
    if (next < (i == 0 ? least : 0x80) || next > (i == 0 ? most : 0xBF)) return kReplacementCharacter;
    c = (c << 6U) | (next & 0x3FU);
  }
  at += static_cast<std::size_t>(more);
  return c;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    put(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
    put(0x80U | (c & 0x3FU));
  }
}

bool is_valid_utf8(std::string_view text) {
  std::size_t at = ascii_prefix(text);
  while (at < text.size()) {
    const auto before = at;
    if (decode_utf8(text, at) == kReplacementCharacter && text.substr(before, at - before) != "\xEF\xBF\xBD")
      return false;
  }
  return true;
}

std::size_t count_characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) decode_utf8(text, at);
  return count;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  auto end = bytes_max;
  while (end > 0 && bytes_max - end < 4 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

int display_width(char32_t c) {
  if (c < 0x300) return c == 0xAD ? 0 : 1;
  const auto code = static_cast<UChar32>(c);
  if ((U_GET_GC_MASK(code) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0) return 0;
  const auto width = u_getIntPropertyValue(code, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z');
  if (c < FoldTable::kEnd) return FoldTable::instance().is_word(c);
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  return u_isalnum(static_cast<UChar32>(c)) != 0 || (mask & (U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ME_MASK)) != 0;
}

bool stands_alone(char32_t c) {
  if (c < 0x0E00) return false;
  const auto code = static_cast<UChar32>(c);
  if (u_hasBinaryProperty(code, UCHAR_IDEOGRAPHIC) != 0) return true;
  if (c >= 0x3040 && c <= 0x30FF) return true;  // Hiragana, Katakana
  return u_getIntPropertyValue(code, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

bool combines(char32_t c) {
  return combines(FoldTable::instance(), c);
}

void fold_case(std::string_view text, std::string& out) {
  out.clear();
  out.reserve(text.size() + text.size() / 8);
  const auto& table = FoldTable::instance();
  std::size_t at = 0;
  while (at < text.size()) {
    if (const auto plain = ascii_prefix(text.substr(at)); plain > 0) {
      append_lower(out, text.substr(at, plain));
      at += plain;
      if (at == text.size()) break;
      auto next = at;
      if (!combines(table, decode_utf8(text, next))) continue;
      --at;  // the last letter combines with what follows
      out.pop_back();
    }
    const auto start = at;
    const auto c = decode_utf8(text, at);
    if (c == kReplacementCharacter) {
      out += "\xEF\xBF\xBD";
      continue;
    }
    auto next = at;
    const bool alone = at == text.size() || !combines(table, decode_utf8(text, next));
    if (alone && c < FoldTable::kEnd && c >= 0x80) {
      const auto entry = table.at(c);
      if (entry.kind == FoldTable::Kind::same) {
        out.append(text, start, at - start);
        continue;
      }
      if (entry.kind == FoldTable::Kind::other) {
        out += table.text(entry);
        continue;
      }
    }
    for (int count = 1; count < kCombinedMax && at < text.size(); ++count) {
      next = at;
      if (!combines(table, decode_utf8(text, next))) break;
      at = next;
    }
    out += fold_by_icu(text.substr(start, at - start));
  }
}

std::string fold_case(std::string_view text) {
  std::string out;
  fold_case(text, out);
  return out;
}

void fold_words(std::string_view text, std::string& out) {
  fold_case(text, out);
  if (is_ascii(out)) return;
  thread_local std::string folded;
  folded.swap(out);
  out.clear();
  out.reserve(folded.size() + folded.size() / 8);
  for (std::size_t at = 0; at < folded.size();) {
    if (const auto plain = ascii_prefix(std::string_view(folded).substr(at)); plain > 0) {
      out.append(folded, at, plain);
      at += plain;
      continue;
    }
    const auto start = at;
    const auto c = decode_utf8(folded, at);
    if (!is_word_character(c)) {
      out += ' ';
    } else if (stands_alone(c)) {
      out += ' ';
      out.append(folded, start, at - start);
      out += ' ';
    } else {
      out.append(folded, start, at - start);
    }
  }
}

}  // namespace orgo
