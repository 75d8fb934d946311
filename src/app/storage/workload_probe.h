#pragma once
#include "base/metrics.h"

namespace orgo {

/// How much is left to do, of all tenants together.
struct WorkloadProbe {
  metrics::Gauge open{
      "orgo_tasks_open", "Tasks with work left, by state; pending ones wait for somebody's answer.", {"state"}};
  metrics::Gauge overdue{"orgo_tasks_overdue", "Tasks with work left whose deadline is over."};
  metrics::Gauge waiting{"orgo_outbox_waiting", "Mails and webhooks that wait to go out."};
  metrics::Gauge oldest{"orgo_outbox_oldest_seconds", "Since when the oldest of them waits; 0 when none does."};
};

}  // namespace orgo
