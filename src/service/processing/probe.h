#pragma once
#include <array>

#include "base/metrics.h"
#include "core/processing/message_decision.h"

namespace orgo {

/// What processing counts.
struct ProcessingProbe {
  metrics::Counter decided{"orgo_processing_decided_total", "Messages that were decided.", {"outcome"}};
  metrics::Counter retried{"orgo_processing_retried_total", "Messages given back to be tried again."};
  metrics::Counter buried{"orgo_processing_buried_total", "Messages moved to the dead letters."};
  metrics::Histogram delay{"orgo_processing_delay_seconds", "From acceptance to the decision."};
  std::array<metrics::Value*, 5> outcomes{
      nullptr, &decided.with({to_string(Outcome::task_opened)}), &decided.with({to_string(Outcome::task_joined)}),
      &decided.with({to_string(Outcome::recorded)}), &decided.with({to_string(Outcome::dropped)})};
};

}  // namespace orgo
