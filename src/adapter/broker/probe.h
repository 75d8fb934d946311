#pragma once
#include "base/metrics.h"

namespace orgo {

/// What a process with a broker counts.
struct HintsProbe {
  metrics::Gauge there{"orgo_hints_broker_up", "1 while the broker of queue.url answers."};
  metrics::Counter shared{"orgo_hints_shared_total", "Hints that were given to other nodes by the broker."};
  metrics::Counter fetched{"orgo_hints_fetched_total", "Hints that were fetched from the broker."};
  metrics::Counter unreadable{"orgo_hints_unreadable_total", "Entries of the broker that were no hints."};

  static HintsProbe& instance() {
    static HintsProbe probe;
    return probe;
  }
};

}  // namespace orgo
