#pragma once
#include <span>

namespace orgo {

/// Which vector instructions a loop may use that is written for several. Passed in, so that tests try them all.
enum class VectorLevel {
  plain,   ///< what every machine has that the program is built for
  avx2,    ///< x86-64-v3
  avx512,  ///< with BW, VL, DQ, VBMI and VBMI2: Ice Lake, Zen 4 and later
};

/// The best that this machine has; looked up once.
VectorLevel vector_level();
/// All that this machine has, the plain one first.
std::span<const VectorLevel> vector_levels();

}  // namespace orgo
