#pragma once
#include "base/metrics.h"

namespace orgo {

/// What the fetching of feeds counts. A feed shows as its host and a hash, since its path may be a password.
struct FeedProbe {
  metrics::Counter looks{
      "orgo_feed_looks_total", "Looks at feeds of holidays and shifts: fresh, unchanged, failed.", {"feed", "outcome"}};
  metrics::Gauge in_force{
      "orgo_feed_in_force", "1 while a version of the feed counts, 0 before the first one came.", {"feed"}};
  metrics::Gauge failures{"orgo_feed_failures", "Looks that failed since the last good one.", {"feed"}};
  metrics::Gauge confirmed{
      "orgo_feed_confirmed_timestamp_seconds", "When the server last said that the version in force holds.", {"feed"}};
};

}  // namespace orgo
