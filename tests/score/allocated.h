#pragma once
#include <cstddef>

namespace orgo::score {

/// Bytes that new holds at this moment, and the most it held since reset_most_allocated(). For the whole program.
std::size_t allocated();
std::size_t most_allocated();
void reset_most_allocated();

}  // namespace orgo::score
