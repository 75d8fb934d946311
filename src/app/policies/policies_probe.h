#pragma once
#include "base/metrics.h"

namespace orgo {

struct PoliciesProbe {
  metrics::Gauge rules{"orgo_rules_loaded", "Rules in force, of all policies in memory."};
  metrics::Gauge troubled{"orgo_rules_troubled",
                          "Tenants in memory whose rules or modules have errors; what was in force before stays."};
  metrics::Gauge policies{"orgo_policies_loaded", "Tenants whose policy is in memory."};
};

}  // namespace orgo
