#include "service/alarm/alarm_keeper.h"

#include <algorithm>
#include <span>
#include <utility>

namespace orgo {
namespace {

constexpr Millis kCommitTime{60'000};
constexpr int kTenantsAtOnce = 1'000;

}  // namespace

Result<int> AlarmKeeper::settle(const std::set<TenantId>& bad, const Raise& raise, const End& end) {
  if (!open_) ORGO_CHECK(find_open());
  auto concerned = *open_;
  concerned.insert(bad.begin(), bad.end());
  int raised = 0;
  for (const auto tenant : concerned) ORGO_CHECK(settle_one(tenant, bad.contains(tenant), raise, end, raised));
  return raised;
}

Status AlarmKeeper::find_open() {
  std::set<TenantId> open;
  for (TenantId after{0};;) {
    ORGO_TRY(logs, tasks_.log_ends(after, kTenantsAtOnce));
    for (const auto& log : logs) {
      ORGO_TRY(alarms, alarms_.open_alarms(log.tenant));
      if (std::ranges::find(alarms, source_, &OpenAlarm::source) != alarms.end()) open.insert(log.tenant);
    }
    if (logs.size() < static_cast<std::size_t>(kTenantsAtOnce)) break;
    after = logs.back().tenant;
  }
  open_ = std::move(open);
  return {};
}

Status AlarmKeeper::settle_one(TenantId tenant, bool bad, const Raise& raise, const End& end, int& raised) {
  ORGO_TRY(alarms, alarms_.open_alarms(tenant));
  const auto open = std::ranges::find(alarms, source_, &OpenAlarm::source);
  if (bad) open_->insert(tenant);
  if (bad != (open != alarms.end())) {
    const auto changes = bad ? raise(tenant) : end(tenant, open->task);
    ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
    // conflict: another node was faster.
    if (!answers.at(0) && answers[0].error().code != Errc::conflict) return tl::unexpected(answers[0].error());
    if (answers[0] && bad) ++raised;
  }
  if (!bad) open_->erase(tenant);  // only now: what could not be ended is tried again
  return {};
}

}  // namespace orgo
