#include "core/delivery/fair_share.h"

#include <algorithm>

namespace orgo {

std::vector<int> fair_share(std::span<const int> waiting, int limit) {
  std::vector<int> share(waiting.size(), 0);
  for (int left = std::max(limit, 0); left > 0;) {
    const auto hungry = [&](std::size_t i) { return share[i] < waiting[i]; };
    int hungry_count = 0;
    for (std::size_t i = 0; i < share.size(); ++i) hungry_count += hungry(i) ? 1 : 0;
    if (hungry_count == 0) break;
    const int each = std::max(1, left / hungry_count);
    for (std::size_t i = 0; i < share.size() && left > 0; ++i) {
      if (!hungry(i)) continue;
      const int more = std::min({each, waiting[i] - share[i], left});
      share[i] += more;
      left -= more;
    }
  }
  return share;
}

}  // namespace orgo
