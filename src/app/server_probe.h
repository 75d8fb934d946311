#pragma once
#include "base/metrics.h"

namespace orgo {

/// What is asked for when somebody looks at /metrics.
struct ServerProbe {
  metrics::Gauge queue_depth{"orgo_queue_depth", "Messages that wait for their decision, those under lease included."};
  metrics::Gauge rules{"orgo_rules_loaded", "Rules in force."};
  metrics::Gauge connections{"orgo_mail_connections", "Open connections of the mail doors.", {"door"}};
  metrics::Gauge commits{"orgo_store_commits", "Group commits of the store since the start."};
  metrics::Gauge writes{"orgo_store_writes", "Writes that shared those commits."};
};

}  // namespace orgo
