#pragma once
#include "base/metrics.h"

namespace orgo {

/// What is asked for when somebody looks at /metrics.
struct StorageProbe {
  metrics::Gauge queue_depth{"orgo_queue_depth", "Messages that wait for their decision, those under lease included."};
  metrics::Gauge epoch{"orgo_store_epoch", "1, and one more for each time that a backup or a copy was put back."};
  metrics::Gauge commits{"orgo_store_commits", "Group commits of the store since the start."};
  metrics::Gauge writes{"orgo_store_writes", "Writes that shared those commits."};
};

}  // namespace orgo
