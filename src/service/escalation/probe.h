#pragma once
#include "base/metrics.h"

namespace orgo {

/// What escalation counts.
struct EscalationProbe {
  metrics::Counter fired{"orgo_escalation_fired_total",
                         "Steps of chains that were reached without anybody acknowledging."};
  metrics::Histogram late{"orgo_escalation_late_seconds", "From a deadline to its escalation."};
};

}  // namespace orgo
