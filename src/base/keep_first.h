#pragma once
#include <cstddef>
#include <vector>

namespace orgo {

/// Shortens a list to its first `most` elements; unlike resize() it needs no default constructor.
template <typename T>
void keep_first(std::vector<T>& list, std::size_t most) {
  if (list.size() > most) list.erase(list.begin() + static_cast<std::ptrdiff_t>(most), list.end());
}

}  // namespace orgo
