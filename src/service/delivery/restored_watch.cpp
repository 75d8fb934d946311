#include "service/delivery/restored_watch.h"

#include <set>

#include "core/delivery/restored_alarm.h"
#include "service/delivery/probe.h"

namespace orgo {
namespace {

constexpr Millis kEvery{10'000};     ///< a database is not put back while it is served: only what is left is counted
constexpr Millis kWhileHeld{1'000};  ///< somebody may be deciding right now

const RestoredProbe& probe() {
  static const RestoredProbe instance;
  return instance;
}

}  // namespace

Result<RestoredWatch::Report> RestoredWatch::step() {
  ORGO_TRY(held, outbox_.count_restored());
  std::int64_t all = 0;
  std::set<TenantId> concerned;
  for (const auto& [tenant, count] : held) {
    all += count;
    concerned.insert(tenant);
  }
  probe().held.set(static_cast<double>(all));
  {
    const std::lock_guard lock(mutex_);
    trouble_ = all == 0 ? ""
                        : "a backup was put back: " + std::to_string(all) +
                              " mails and webhooks that waited in it are held, since they may have gone out already; "
                              "`orgo queue restored` lists them, `orgo queue release` or `drop` decides";
  }
  const auto now = clock_.now();
  ORGO_TRY(raised,
           alarms_.settle(
               concerned,
               [&](TenantId tenant) { return raise_restored_alarm(tenant, held.at(tenant), administrators_, now); },
               [&](TenantId tenant, TaskNumber task) { return end_restored_alarm(tenant, task, now); }));
  return Report{.raised = raised, .pause = all == 0 ? kEvery : kWhileHeld};
}

std::string RestoredWatch::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace orgo
