#include "protocol/mime/transfer_encoding.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/encoded_word.h"

#if defined(__SSE2__)
#include <tmmintrin.h>
#endif

namespace orgo::mime {
namespace {

constexpr std::uint32_t kBad = 0x01000000;  // a bit that no group of four sextets has

constexpr int sextet(unsigned char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

/// One table per place in the group, so that a group is three ORs.
struct Base64Tables {
  std::array<std::uint32_t, 256> place[4];
};
constexpr Base64Tables make_tables() {
  Base64Tables tables{};
  for (unsigned c = 0; c < 256; ++c)
    for (int p = 0; p < 4; ++p) {
      const int value = sextet(static_cast<unsigned char>(c));
      tables.place[p][c] = value < 0 ? kBad : static_cast<std::uint32_t>(value) << (18 - 6 * p);
    }
  return tables;
}
constexpr Base64Tables kTables = make_tables();

#if defined(__SSE2__)
const bool kHasSsse3 = __builtin_cpu_supports("ssse3");

/// Decodes groups of 16 characters as long as all of them are base64; 12 bytes each, of 16 that are written. Moves `at`
/// and `to`. Source: W. Mula and D. Lemire, Faster Base64 Encoding and Decoding using AVX2 Instructions, 2018,
/// section 3.
__attribute__((target("ssse3"))) void decode_by_16(const unsigned char*& at, const unsigned char* end, char*& to) {
  const auto low_bits =
      _mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A);
  const auto high_bits =
      _mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const auto offsets = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const auto slash = _mm_set1_epi8(0x2F);
  const auto order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  for (; end - at >= 16; at += 16, to += 12) {
    auto group = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto high = _mm_and_si128(_mm_srli_epi32(group, 4), slash);
    const auto low = _mm_and_si128(group, slash);
    // A character is base64 if what its two halves allow has nothing against it in common.
    const auto bad = _mm_and_si128(_mm_shuffle_epi8(low_bits, low), _mm_shuffle_epi8(high_bits, high));
    if (_mm_movemask_epi8(_mm_cmpgt_epi8(bad, _mm_setzero_si128())) != 0) return;
    const auto is_slash = _mm_cmpeq_epi8(group, slash);
    group = _mm_add_epi8(group, _mm_shuffle_epi8(offsets, _mm_add_epi8(is_slash, high)));
    const auto pairs = _mm_maddubs_epi16(group, _mm_set1_epi32(0x01400140));
    const auto bytes = _mm_shuffle_epi8(_mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000)), order);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
  }
}
#endif

constexpr int hex_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// The next line of `text` without its end; `text` moves behind it.
std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

TransferEncoding transfer_encoding(std::string_view value) {
  // As mailers spell it: "Base-64", "\"base64\"", "quoted printable", "x-uue; x=y", "(comment) base64".
  std::string word, decoded;
  if (value.find("=?") != std::string_view::npos) value = decoded = decode_header(value);
  int depth = 0;
  for (const char c : value.substr(0, 200)) {
    if (c == '(') ++depth;
    if (c == ')' && depth-- > 0) continue;
    if (depth > 0) continue;
    if (c == ';' || (c == ',' && !word.empty())) break;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) word += c;
    if (c >= 'A' && c <= 'Z') word += ascii_lower(c);
  }
  const std::string_view said = word;
  const auto has = [&](std::string_view piece) { return said.find(piece) != std::string_view::npos; };
  if (said.starts_with("7bit") || said.starts_with("8bit") || said.starts_with("binary"))
    return TransferEncoding::identity;
  if (has("base64") || said == "b64" || said == "b" || said == "bas64" || said == "base")
    return TransferEncoding::base64;
  if (has("quotedp") || said == "quoted" || said == "qp" || said == "q" || said == "xqp" || said == "quopri" ||
      has("quoteprint"))
    return TransferEncoding::quoted_printable;
  if (said == "uuencode" || said == "xuuencode" || said == "uue" || said == "xuue" || said == "uu" || said == "xuu" ||
      said == "uuencoded")
    return TransferEncoding::uuencode;
  return TransferEncoding::identity;
}

void Base64Decoder::add_slowly(const unsigned char*& at, const unsigned char* end, char*& out) {
  // One group, or what there is of it.
  while (at != end) {
    const unsigned char c = *at;
    const int value = sextet(c);
    if (value < 0) {
      ++at;
      if (c == '=') {
        if (count_ >= 2) {
          // The end of an encoded text: 2 sextets make one byte, 3 make two.
          const std::uint32_t group = held_ << (6 * (4 - count_));
          *out++ = static_cast<char>(group >> 16);
          if (count_ == 3) *out++ = static_cast<char>(group >> 8);
        } else if (count_ == 1) {
          bad_ = true;
        }
        count_ = 0;
        held_ = 0;
        padded_ = true;
      } else if (!is_space(static_cast<char>(c))) {
        bad_ = true;
        if (padded_) {
          ended_ = true;
          at = end;
          return;
        }
      }
      continue;
    }
    if (padded_) {
      // Another encoded text, or a footer in words? Words have something that base64 hasn't, on the same line.
      if (at >= clean_until_) {
        const auto* const line_end = std::find(at, end, static_cast<unsigned char>('\n'));
        count_work(static_cast<std::size_t>(line_end - at));
        clean_until_ = line_end;
        if (std::any_of(at, line_end, [](unsigned char b) { return sextet(b) < 0 && b != '=' && b != '\r'; })) {
          ended_ = bad_ = true;
          at = end;
          return;
        }
      }
      padded_ = false;
    }
    ++at;
    held_ = held_ << 6 | static_cast<std::uint32_t>(value);
    if (++count_ == 4) {
      *out++ = static_cast<char>(held_ >> 16);
      *out++ = static_cast<char>(held_ >> 8);
      *out++ = static_cast<char>(held_);
      held_ = 0;
      count_ = 0;
      return;
    }
  }
}

void Base64Decoder::add(std::string_view bytes, std::string& out) {
  if (ended_ || bytes.empty()) return;
  count_work(bytes.size());
  const auto before = out.size();
  out.resize(before + bytes.size() / 4 * 3 + 24);  // as many more as are written at once
  char* to = out.data() + before;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  clean_until_ = at;
  while (at != end) {
    if (count_ == 0 && !padded_) {
#if defined(__SSE2__)
      if (kHasSsse3) decode_by_16(at, end, to);
#endif
      while (end - at >= 8) {
        const std::uint32_t first =
            kTables.place[0][at[0]] | kTables.place[1][at[1]] | kTables.place[2][at[2]] | kTables.place[3][at[3]];
        const std::uint32_t second =
            kTables.place[0][at[4]] | kTables.place[1][at[5]] | kTables.place[2][at[6]] | kTables.place[3][at[7]];
        if (((first | second) & kBad) != 0) break;
        const std::uint64_t six = static_cast<std::uint64_t>(first) << 40 | static_cast<std::uint64_t>(second) << 16;
        const std::uint64_t swapped = __builtin_bswap64(six);
        std::memcpy(to, &swapped, 8);  // 6 count; there are 8 bytes of room, always
        to += 6;
        at += 8;
      }
      if (end - at >= 4) {  // lines of 76 have one group of four beside their groups of eight
        const std::uint32_t group =
            kTables.place[0][at[0]] | kTables.place[1][at[1]] | kTables.place[2][at[2]] | kTables.place[3][at[3]];
        if ((group & kBad) == 0) {
          *to++ = static_cast<char>(group >> 16);
          *to++ = static_cast<char>(group >> 8);
          *to++ = static_cast<char>(group);
          at += 4;
          continue;
        }
      }
      if (end - at >= 2 && at[0] == '\r' && at[1] == '\n') {
        at += 2;
        continue;
      }
      if (at != end && *at == '\n') {
        ++at;
        continue;
      }
    }
    add_slowly(at, end, to);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

bool Base64Decoder::finish(std::string& out) {
  if (count_ >= 2) {
    const std::uint32_t group = held_ << (6 * (4 - count_));
    out += static_cast<char>(group >> 16);
    if (count_ == 3) out += static_cast<char>(group >> 8);
  }
  const bool whole = count_ == 0;
  count_ = 0;
  held_ = 0;
  return whole && !bad_;
}

bool decode_base64(std::string_view text, std::string& out) {
  Base64Decoder decoder;
  decoder.add(text, out);
  return decoder.finish(out);
}

bool decode_quoted_printable(std::string_view text, std::string& out, LineEnds line_ends) {
  count_work(text.size());
  bool good = true;
  out.reserve(out.size() + text.size());
  while (!text.empty()) {
    const auto newline = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
    const bool has_end = newline != nullptr;
    auto line = text.substr(0, has_end ? static_cast<std::size_t>(newline - text.data()) : text.size());
    text.remove_prefix(line.size() + (has_end ? 1 : 0));
    const bool crlf = has_end && line.ends_with('\r');
    auto body = line;
    while (!body.empty() && (body.back() == ' ' || body.back() == '\t' || body.back() == '\r')) body.remove_suffix(1);
    if (!has_end) body = line;  // white space before no line end was not put there by a relay
    bool soft = false;
    while (!body.empty()) {
      const auto equals = static_cast<const char*>(std::memchr(body.data(), '=', body.size()));
      if (equals == nullptr) {
        out.append(body);
        break;
      }
      const auto plain = static_cast<std::size_t>(equals - body.data());
      out.append(body.data(), plain);
      body.remove_prefix(plain + 1);
      if (body.empty()) {
        soft = true;
        break;
      }
      const int high = hex_digit(static_cast<unsigned char>(body[0]));
      const int low = body.size() > 1 ? hex_digit(static_cast<unsigned char>(body[1])) : -1;
      if (high < 0 || low < 0) {
        out += '=';
        good = false;
        continue;
      }
      out += static_cast<char>(high << 4 | low);
      body.remove_prefix(2);
    }
    if (!has_end || soft) continue;
    out.append(crlf && line_ends == LineEnds::keep ? "\r\n" : "\n");
  }
  return good;
}

bool decode_q(std::string_view text, std::string& out) {
  count_work(text.size());
  bool good = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') {
      out += ' ';
    } else if (c == '=' && i + 2 < text.size() && hex_digit(static_cast<unsigned char>(text[i + 1])) >= 0 &&
               hex_digit(static_cast<unsigned char>(text[i + 2])) >= 0) {
      out += static_cast<char>(hex_digit(static_cast<unsigned char>(text[i + 1])) << 4 |
                               hex_digit(static_cast<unsigned char>(text[i + 2])));
      i += 2;
    } else {
      good = good && c != '=';
      out += c;
    }
  }
  return good;
}

bool decode_uuencode(std::string_view text, std::string& out) {
  count_work(text.size());
  bool good = true;
  while (!text.empty()) {
    auto line = next_line(text);
    if (line.empty() || line.starts_with("begin ")) continue;
    if (line == "end") break;
    const auto value = [](char c) { return static_cast<unsigned>(c - ' ') & 0x3F; };
    auto length = static_cast<std::size_t>(value(line[0]));
    if (line[0] < ' ' || line[0] > '`') {
      good = false;
      continue;
    }
    line.remove_prefix(1);
    for (; length > 0; length -= std::min<std::size_t>(length, 3)) {
      unsigned group = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        // Trailing spaces mean zero, and relays cut them off.
        group = group << 6 | (i < line.size() ? value(line[i]) : 0);
      }
      if (line.empty()) good = false;
      line.remove_prefix(std::min<std::size_t>(line.size(), 4));
      out += static_cast<char>(group >> 16);
      if (length > 1) out += static_cast<char>(group >> 8);
      if (length > 2) out += static_cast<char>(group);
    }
  }
  return good;
}

void append_with_lf(std::string_view text, std::string& out) {
  count_work(text.size());
  const auto before = out.size();
  out.resize(before + text.size());
  char* to = out.data() + before;
  const char* from = text.data();
  const char* const end = from + text.size();
  const auto take = [&] {  // one byte that is perhaps special
    const char c = *from++;
    if (c == '\r') {
      *to++ = '\n';
      if (from != end && *from == '\n') ++from;
    } else if (c != '\0') {
      *to++ = c;
    }
  };
#if defined(__SSE2__)
  const auto cr = _mm_set1_epi8('\r');
  const auto nul = _mm_setzero_si128();
  while (end - from >= 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const auto mask =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, cr), _mm_cmpeq_epi8(bytes, nul))));
    // All 16 are written, since as many are still to come; what is behind the first special byte is written again.
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    if (mask == 0) {
      from += 16;
      to += 16;
      continue;
    }
    const auto plain = static_cast<unsigned>(__builtin_ctz(mask));
    from += plain;
    to += plain;
    take();
  }
#endif
  while (from != end) take();
  out.resize(static_cast<std::size_t>(to - out.data()));
}

}  // namespace orgo::mime
