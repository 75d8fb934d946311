#include "core/rules/gram_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#if defined(__x86_64__)
// GCC 12 takes the undefined operands within its own AVX-512 functions for mistakes (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#endif

namespace orgo::rules {

void GramFilter::reset(std::size_t grams) {
  // Some 64 bits for each while that stays within the nearest cache, and not less than 8.
  const auto bits = std::clamp<std::size_t>(std::bit_ceil(grams * 64), 1U << 10U,
                                            std::max<std::size_t>(1U << 18U, std::bit_ceil(grams * 8)));
  shift_ = 32U - static_cast<unsigned>(std::bit_width(bits) - 1);
  bits_.assign(bits / 32, 0);
}

std::size_t GramFilter::plain(const char* text, std::size_t from, std::size_t size, std::uint32_t* places) const {
  std::size_t count = 0;
  for (std::size_t at = from; at < size; ++at) {
    const auto bit = key_of(text + at) >> shift_;
    // Written without a branch: nobody can guess which places pass.
    places[count] = static_cast<std::uint32_t>(at);
    count += (bits_[bit >> 5U] >> (bit & 31U)) & 1U;
  }
  return count;
}

#if defined(__x86_64__)
namespace {

/// For each mask of eight lanes, the lanes that are set, pushed together.
constexpr auto kPacked = [] {
  std::array<std::uint64_t, 256> packed{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    unsigned out = 0;
    for (unsigned lane = 0; lane < 8; ++lane)
      if ((mask >> lane) & 1U) packed[mask] |= std::uint64_t{lane} << (8 * out++);
  }
  return packed;
}();

}  // namespace

/// Eight places at a time: their grams are spread over the lanes, hashed, and their bits gathered from the table.
template <GramFilter::Width kWidth>
__attribute__((target("avx2"))) std::size_t GramFilter::avx2(const char* text, std::size_t size,
                                                             std::uint32_t* places) const {
  const auto spread =
      _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6, 4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
  const auto factor = _mm256_set1_epi32(static_cast<int>(kFactor));
  [[maybe_unused]] const auto factor_of_rest = _mm256_set1_epi32(static_cast<int>(kFactorOfRest));
  const auto shift = _mm_cvtsi32_si128(static_cast<int>(shift_));
  const auto low = _mm256_set1_epi32(31);
  const auto* bits = reinterpret_cast<const int*>(bits_.data());
  std::size_t count = 0;
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    const auto bytes = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at)));
    auto keys = _mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, spread), factor);
    if constexpr (kWidth == Width::six)
      keys = _mm256_add_epi32(
          keys,
          _mm256_mullo_epi32(_mm256_shuffle_epi8(bytes, _mm256_add_epi8(spread, _mm256_set1_epi8(2))), factor_of_rest));
    const auto slots = _mm256_srl_epi32(keys, shift);
    const auto gathered = _mm256_i32gather_epi32(bits, _mm256_srli_epi32(slots, 5), 4);
    // The wanted bit becomes the sign.
    const auto signs = _mm256_sllv_epi32(gathered, _mm256_andnot_si256(slots, low));
    const auto mask = static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(signs)));
    const auto lanes = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(kPacked[mask])));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(places + count),
                        _mm256_add_epi32(lanes, _mm256_set1_epi32(static_cast<int>(at))));
    count += static_cast<std::size_t>(std::popcount(mask));
  }
  return count + plain(text, at, size, places + count);
}

/// The same, sixteen places at a time.
template <GramFilter::Width kWidth>
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi"))) std::size_t GramFilter::avx512(
    const char* text, std::size_t size, std::uint32_t* places) const {
  constexpr auto kSpread = [] {
    std::array<char, 64> spread{};
    for (int i = 0; i < 64; ++i) spread[static_cast<std::size_t>(i)] = static_cast<char>(i / 4 + i % 4);
    return spread;
  }();
  const auto spread = _mm512_loadu_si512(kSpread.data());
  const auto lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const auto factor = _mm512_set1_epi32(static_cast<int>(kFactor));
  [[maybe_unused]] const auto factor_of_rest = _mm512_set1_epi32(static_cast<int>(kFactorOfRest));
  const auto shift = _mm_cvtsi32_si128(static_cast<int>(shift_));
  const auto low = _mm512_set1_epi32(31);
  std::size_t count = 0;
  for (std::size_t at = 0; at < size; at += 16) {
    const auto bytes = _mm512_loadu_si512(text + at);
    auto keys = _mm512_mullo_epi32(_mm512_permutexvar_epi8(spread, bytes), factor);
    if constexpr (kWidth == Width::six)
      keys = _mm512_add_epi32(
          keys, _mm512_mullo_epi32(_mm512_permutexvar_epi8(_mm512_add_epi8(spread, _mm512_set1_epi8(2)), bytes),
                                   factor_of_rest));
    const auto slots = _mm512_srl_epi32(keys, shift);
    const auto gathered = _mm512_i32gather_epi32(_mm512_srli_epi32(slots, 5), bits_.data(), 4);
    const auto inside = size - at >= 16 ? 0xFFFFU : (1U << (size - at)) - 1U;
    const auto mask =
        static_cast<unsigned>(_mm512_movepi32_mask(_mm512_sllv_epi32(gathered, _mm512_andnot_si512(slots, low)))) &
        inside;
    const auto found = _mm512_add_epi32(lanes, _mm512_set1_epi32(static_cast<int>(at)));
    _mm512_storeu_si512(places + count, _mm512_maskz_compress_epi32(static_cast<__mmask16>(mask), found));
    count += static_cast<std::size_t>(std::popcount(mask));
  }
  return count;
}
#endif

std::size_t GramFilter::candidates(const char* text, std::size_t size, std::uint32_t* places, VectorLevel level) const {
#if defined(__x86_64__)
  const bool four = width_ == Width::four;
  if (level == VectorLevel::avx512)
    return four ? avx512<Width::four>(text, size, places) : avx512<Width::six>(text, size, places);
  if (level == VectorLevel::avx2)
    return four ? avx2<Width::four>(text, size, places) : avx2<Width::six>(text, size, places);
#endif
  (void)level;
  return plain(text, 0, size, places);
}

}  // namespace orgo::rules
