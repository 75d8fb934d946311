#include "core/rules/folded_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
// GCC 12 takes the undefined operands within its own AVX-512 functions for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#endif

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr bool is_word_byte(char lower) {
  return (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '_' ||
         static_cast<unsigned char>(lower) >= 0x80;
}

/// One block of 16 bytes: a bit for each byte that is white space, and one for each that is no ASCII.
struct Block {
  unsigned spaces = 0;
  unsigned wide = 0;
};

#if defined(__x86_64__)
Block fold_block(const char* from, char* text, char* words) {
  const auto in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const auto between = [](__m128i v, char low, char high) {
    return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(static_cast<char>(low - 1))),
                         _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(high + 1))));
  };
  const auto upper = between(in, 'A', 'Z');
  const auto lower = _mm_or_si128(in, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
  const auto space = _mm_or_si128(_mm_cmpeq_epi8(in, _mm_set1_epi8(' ')), between(in, '\t', '\r'));
  const auto blank = _mm_set1_epi8(' ');
  auto word = _mm_or_si128(between(lower, 'a', 'z'), between(lower, '0', '9'));
  word = _mm_or_si128(
      word, _mm_or_si128(_mm_cmpeq_epi8(lower, _mm_set1_epi8('_')), _mm_cmplt_epi8(lower, _mm_setzero_si128())));
  const auto pick = [](__m128i mask, __m128i yes, __m128i no) {
    return _mm_or_si128(_mm_and_si128(mask, yes), _mm_andnot_si128(mask, no));
  };
  _mm_storeu_si128(reinterpret_cast<__m128i*>(text), pick(space, blank, lower));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(words), pick(word, lower, blank));
  return {static_cast<unsigned>(_mm_movemask_epi8(space)), static_cast<unsigned>(_mm_movemask_epi8(in))};
}
#else
Block fold_block(const char* from, char* text, char* words) {
  Block block;
  for (unsigned i = 0; i < 16; ++i) {
    const char lower = ascii_lower(from[i]);
    if (is_space(lower)) block.spaces |= 1U << i;
    if (static_cast<unsigned char>(lower) >= 0x80) block.wide |= 1U << i;
    text[i] = is_space(lower) ? ' ' : lower;
    words[i] = is_word_byte(lower) ? lower : ' ';
  }
  return block;
}
#endif

}  // namespace

bool FoldedText::normalize(std::string_view folded, bool only_ascii) {
  jumps_.clear();
  // Each block is written whole, also the last one.
  const auto room = folded.size() + 2 * kMargin + 64;
  room_ = std::max(room_, room);
  if (text_.size() < room) {
    text_.assign(room + room / 2, ' ');
    words_.assign(room + room / 2, ' ');
  }
#if defined(__x86_64__)
  if (level_ == VectorLevel::avx512) return normalize_64(folded, only_ascii);
#endif
  return normalize_16(folded, only_ascii);
}

void FoldedText::finish(std::size_t size) {
  char* const text = text_.data() + kMargin;
  if (size > 0 && text[size - 1] == ' ') --size;
  size_ = size;
  std::memset(text + size, ' ', kMargin);
  std::memset(words_.data() + kMargin + size, ' ', kMargin);
}

bool FoldedText::normalize_16(std::string_view folded, bool only_ascii) {
  char* const text = text_.data() + kMargin;
  char* const words = words_.data() + kMargin;
  std::size_t at = 0;
  std::size_t out = 0;
  bool after_space = true;  // white space at the beginning is none
  std::array<char, 16> tail{};
  while (at < folded.size()) {
    const char* from = folded.data() + at;
    const auto here = std::min<std::size_t>(16, folded.size() - at);
    if (here < 16) {
      tail = {};
      std::memcpy(tail.data(), from, here);
      from = tail.data();
    }
    const auto block = fold_block(from, text + out, words + out);
    if (only_ascii && block.wide != 0) return false;
    const auto spaces = block.spaces & ((1U << here) - 1);
    const auto more = spaces & ((spaces << 1U) | (after_space ? 1U : 0U));  // white space behind white space
    if (more == 0) {
      at += here;
      out += here;
      after_space = ((spaces >> (here - 1)) & 1U) != 0;
      continue;
    }
    const auto keep = static_cast<std::size_t>(std::countr_zero(more));
    const auto run = static_cast<std::size_t>(std::countr_one(spaces >> keep));
    at += keep + run;
    out += keep;
    after_space = true;
    jumps_.push_back({out, at});
  }
  finish(out);
  return true;
}

#if defined(__x86_64__)
/// White space behind white space is pressed out of 64 bytes at once, since nearly each such block of a mail has a line
/// end.
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2"))) bool FoldedText::normalize_64(std::string_view folded,
                                                                                               bool only_ascii) {
  char* const text = text_.data() + kMargin;
  char* const words = words_.data() + kMargin;
  const auto below = [](__m512i value, char from, int count) __attribute__((target("avx512f,avx512bw"))) {
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(value, _mm512_set1_epi8(from)),
                                  _mm512_set1_epi8(static_cast<char>(count)));
  };
  const auto blank = _mm512_set1_epi8(' ');
  std::size_t out = 0;
  std::uint64_t after_space = 1;  // white space at the beginning is none
  for (std::size_t at = 0; at < folded.size(); at += 64) {
    const auto here = folded.size() - at;
    const std::uint64_t valid = here >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1;
    const auto in = _mm512_maskz_loadu_epi8(valid, folded.data() + at);
    const std::uint64_t wide = _mm512_movepi8_mask(in);
    if (only_ascii && wide != 0) return false;
    const auto lower =
        _mm512_mask_add_epi8(in, below(in, 'A', 26), in, blank);  // a small letter is 32 behind its capital
    const std::uint64_t spaces = (_mm512_cmpeq_epi8_mask(in, blank) | below(in, '\t', 5)) & valid;
    const std::uint64_t word =
        below(lower, 'a', 26) | below(lower, '0', 10) | _mm512_cmpeq_epi8_mask(lower, _mm512_set1_epi8('_')) | wide;
    const auto more = spaces & ((spaces << 1U) | after_space);  // white space behind white space
    const auto keep = valid & ~more;
    _mm512_storeu_si512(text + out, _mm512_maskz_compress_epi8(keep, _mm512_mask_mov_epi8(lower, spaces, blank)));
    _mm512_storeu_si512(words + out, _mm512_maskz_compress_epi8(keep, _mm512_mask_mov_epi8(blank, word, lower)));
    for (auto runs = more; runs != 0;) {
      const auto begin = static_cast<unsigned>(std::countr_zero(runs));
      const auto end = begin + static_cast<unsigned>(std::countr_one(runs >> begin));
      jumps_.push_back(
          {out + static_cast<std::size_t>(std::popcount(keep & ((std::uint64_t{1} << begin) - 1))), at + end});
      runs = end >= 64 ? 0 : runs & (~std::uint64_t{0} << end);
    }
    out += static_cast<std::size_t>(std::popcount(keep));
    after_space = spaces >> 63U;
  }
  finish(out);
  return true;
}
#endif

std::size_t FoldedText::raw_of(std::size_t at) const {
  const auto after = std::upper_bound(jumps_.begin(), jumps_.end(), at,
                                      [](std::size_t wanted, const Jump& jump) { return wanted < jump.out; });
  if (after == jumps_.begin()) return at;
  const auto& jump = *(after - 1);
  return jump.in + (at - jump.out);
}

void FoldedText::shrink(std::size_t most) {
  // Asked before each message; a jump takes eight times the two bytes that make one.
  if (room_ <= most / 8) return;
  room_ = 0;
  for (auto* buffer : {&text_, &words_, &folded_})
    if (buffer->capacity() > most) *buffer = std::string();
  if (jumps_.capacity() * sizeof(Jump) > most) jumps_ = {};
  size_ = 0;
}

void FoldedText::set(std::string_view raw) {
  composed_ = false;
  plain_ = normalize(raw, true);
  if (plain_) return;
  // Lead bytes of the block of combining marks: only those make one letter of an ASCII letter and a mark.
  composed_ = raw.find('\xCC') != std::string_view::npos || raw.find('\xCD') != std::string_view::npos;
  fold_case(raw, folded_);
  normalize(folded_, false);
  const auto whole = text();
  char* words = words_.data() + kMargin;
  for (std::size_t at = 0; at < size_;) {
    if (static_cast<unsigned char>(whole[at]) < 0x80) {
      ++at;
      continue;
    }
    const auto start = at;
    const auto c = decode_utf8(whole, at);
    if (!is_word_character(c) || stands_alone(c)) std::memset(words + start, ' ', at - start);
  }
}

std::optional<std::pair<std::size_t, std::size_t>> place_in_raw(std::string_view raw, std::size_t at,
                                                                std::size_t length) {
  // Folded piece by piece, each a character with all that combines with it; for each byte of the outcome, where its
  // piece stands. Then it must be the same as folding all at once.
  struct From {
    std::size_t begin;
    std::size_t end;
  };
  std::string folded;
  std::vector<From> from;
  const auto put = [&](char c, std::size_t begin, std::size_t end) {
    if (is_space(c)) {
      if (folded.empty() || folded.back() == ' ') return;
      c = ' ';
    }
    folded += c;
    from.push_back({begin, end});
  };
  std::string piece;
  for (std::size_t i = 0; i < raw.size() && folded.size() < at + length;) {
    const auto begin = i;
    decode_utf8(raw, i);
    while (i < raw.size() && static_cast<unsigned char>(raw[i]) >= 0x80) {
      auto next = i;
      if (!combines(decode_utf8(raw, next))) break;
      i = next;
    }
    if (i == begin + 1 && static_cast<unsigned char>(raw[begin]) < 0x80) {
      put(ascii_lower(raw[begin]), begin, i);
    } else {
      fold_case(raw.substr(begin, i - begin), piece);
      for (const char c : piece) put(c, begin, i);
    }
  }
  if (!is_ascii(raw)) {
    FoldedText whole;
    whole.set(raw);
    if (at + length > whole.text().size() ||
        whole.text().substr(0, at + length) != std::string_view(folded).substr(0, at + length))
      return std::nullopt;
  }
  if (length == 0 || at + length > from.size()) return std::nullopt;
  return std::pair{from[at].begin, from[at + length - 1].end - from[at].begin};
}

}  // namespace orgo::rules
