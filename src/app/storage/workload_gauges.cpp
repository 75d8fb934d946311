#include "app/storage/workload_gauges.h"

#include <algorithm>

#include "app/storage/workload_probe.h"
#include "base/planted.h"

namespace orgo {
namespace {

const WorkloadProbe& gauges() {
  static const WorkloadProbe instance;
  return instance;
}

double seconds_between(TimePoint from, TimePoint to) {
  return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

}  // namespace

WorkloadGauges::WorkloadGauges(WorkloadReader& reader, Clock& clock) : reader_(reader), clock_(clock) {}

void WorkloadGauges::refresh() {
  const auto began = Steady::now();
  if (began < not_before_) return;
  const auto now = clock_.now();
  const auto load = reader_.read_workload(now);
  const auto ended = Steady::now();
  not_before_ = ended + (kShare - 1) * (ended - began);
  if (!load) return;  // the last count stands
  for (const auto state : {TaskState::fresh, TaskState::open, TaskState::pending, TaskState::acknowledged}) {
    const auto found = load->open.find(state);
    gauges().open.with({to_string(state)}).set(found == load->open.end() ? 0 : static_cast<double>(found->second));
  }
  gauges().overdue.set(ORGO_PLANT(nothing_is_overdue) ? 0 : static_cast<double>(load->overdue));
  gauges().waiting.set(static_cast<double>(load->sends));
  gauges().oldest.set(load->oldest_send ? seconds_between(*load->oldest_send, now) : 0);
}

}  // namespace orgo
