#include "service/work/sweeper.h"

namespace orgo {

Result<WorkSweeper::Report> WorkSweeper::step(WorkKind kind) {
  Report report;
  const auto now = clock_.now();
  if (hints_.waiting(kind) >= static_cast<std::size_t>(settings_.batch)) {
    report.more = true;
    return report;
  }
  ORGO_TRY(keys, store_.unclaimed(kind, now, settings_.batch));
  report.announced = static_cast<int>(keys.size());
  report.more = report.announced == settings_.batch;
  if (!keys.empty()) hints_.announce(keys, now);
  ORGO_TRY(next, store_.next_visible(kind, now));
  report.next_visible = next;
  return report;
}

}  // namespace orgo
