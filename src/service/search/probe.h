#pragma once
#include "base/metrics.h"

namespace orgo {

/// What the search counts.
struct SearchProbe {
  metrics::Counter indexed{"orgo_search_indexed_total", "Tasks whose words were indexed, each time anew."};
  metrics::Counter cut{"orgo_search_cut_total", "Of those: with more words than are kept, which are not found."};
  metrics::Gauge behind{"orgo_search_behind_seconds",
                        "Age of the oldest change that search does not know yet; 0: it knows all."};
  metrics::Histogram seconds{"orgo_search_seconds", "From a search to the tasks that it found."};
};
const SearchProbe& search_probe();

}  // namespace orgo
