#include "service/work/sweeper.h"

#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

constexpr Millis kCapEvery{60'000};

}  // namespace

Result<WorkSweeper::Report> WorkSweeper::step(WorkKind kind) {
  Report report;
  const auto now = clock_.now();
  if (hints_.waiting(kind) >= static_cast<std::size_t>(settings_.batch)) {
    report.more = true;
    return report;
  }
  ORGO_CHECK(cap_waits(kind, now));
  ORGO_TRY(keys, store_.unclaimed(kind, now, settings_.batch));
  report.announced = static_cast<int>(keys.size());
  report.more = report.announced == settings_.batch;
  if (!keys.empty()) hints_.announce(keys, now);
  ORGO_TRY(next, store_.next_visible(kind, now));
  report.next_visible = next;
  return report;
}

/// What was accepted while a clock was ahead would else wait until it is there again.
Status WorkSweeper::cap_waits(WorkKind kind, TimePoint now) {
  if (ORGO_PLANT(work_waits_for_a_clock)) return {};
  const auto steady = clock_.steady();
  const bool first = !watch_.has_looked();
  watch_.look(now, steady);
  if (!first && !watch_.was_set_back() && steady - capped_at_ < kCapEvery) return {};
  ORGO_TRY(capped, store_.cap_waits(kind, now, settings_.wait_most));
  capped_at_ = steady;
  if (capped > 0)
    log::warn("sweep.waits_capped",
              {{"messages", capped}, {"cause", "the clock was wrong: they would have waited until it is there again"}});
  return {};
}

}  // namespace orgo
