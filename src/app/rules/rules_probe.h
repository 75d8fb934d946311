#pragma once
#include "base/metrics.h"

namespace orgo {

struct RulesProbe {
  metrics::Gauge rules{"orgo_rules_loaded", "Rules in force."};
};

}  // namespace orgo
