#include "base/vector_level.h"

#include <array>

namespace orgo {
namespace {

constexpr std::array kLevels{VectorLevel::plain, VectorLevel::avx2, VectorLevel::avx512};

VectorLevel detect() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2")) return VectorLevel::plain;
  const bool wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
                    __builtin_cpu_supports("avx512vbmi2");
  return wide ? VectorLevel::avx512 : VectorLevel::avx2;
#else
  return VectorLevel::plain;
#endif
}

}  // namespace

VectorLevel vector_level() {
  static const VectorLevel level = detect();
  return level;
}

std::span<const VectorLevel> vector_levels() {
  return std::span(kLevels).first(static_cast<std::size_t>(vector_level()) + 1);
}

}  // namespace orgo
