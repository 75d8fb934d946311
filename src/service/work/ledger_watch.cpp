#include "service/work/ledger_watch.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "core/ledger/ledger_alarm.h"
#include "service/work/probe.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime{60'000};
constexpr int kTenantsAtOnce = 1'000;
constexpr Millis kBetween{100};  ///< two steps of a round

const LedgerProbe& probe() {
  static const LedgerProbe instance;
  return instance;
}

std::size_t count(const std::map<TenantId, std::vector<MessageId>>& found) {
  std::size_t all = 0;
  for (const auto& [tenant, messages] : found) all += messages.size();
  return all;
}

std::string first_of(const std::map<TenantId, std::vector<MessageId>>& found) {
  std::string names;
  for (const auto& [tenant, messages] : found)
    for (const auto& one : messages) {
      if (names.size() > 100) return names + ", ...";
      names += (names.empty() ? "" : ", ") + to_string(one);
    }
  return names;
}

}  // namespace

Result<LedgerWatch::Report> LedgerWatch::step() {
  Report report;
  if (!at_) {
    at_ = LedgerPlace{.tenant = kTrialTenant};
    stateless_.clear();
    lost_.clear();
  }
  ORGO_TRY(states, ledger_.look_at_states(*at_, settings_.batch));
  at_ = states.last;
  const auto keep = [](Found& into, const std::vector<LedgerPlace>& places) {
    for (const auto& place : places)
      if (auto& of_tenant = into[place.tenant]; of_tenant.size() < kFoundMax) of_tenant.push_back(place.message);
  };
  keep(stateless_, states.stateless);
  keep(lost_, states.lost);
  report.pause = kBetween;
  if (states.seen.size() == static_cast<std::size_t>(settings_.batch)) return report;
  ORGO_CHECK(end_round(report));
  at_.reset();
  return report;
}

Status LedgerWatch::end_round(Report& report) {
  probe().stateless.set(static_cast<double>(count(stateless_)));
  probe().lost.set(static_cast<double>(count(lost_)));
  std::string words;
  if (const auto bad = count(stateless_); bad > 0)
    words = std::to_string(bad) + " messages are in no state (" + first_of(stateless_) +
            "); `orgo doctor --repair` puts them back to work";
  if (const auto bad = count(lost_); bad > 0)
    words += (words.empty() ? "" : "; ") + std::string("the bytes of ") + std::to_string(bad) +
             " messages are not there (" + first_of(lost_) + "); `orgo doctor` says more";
  const bool bad = !words.empty();
  if (words != trouble()) {
    if (bad) log::error("ledger.unbalanced", {{"cause", words}});
    else log::info("ledger.balances_again");
  }
  tell(std::move(words));
  if (!open_) ORGO_CHECK(find_open_alarms());
  auto concerned = *open_;
  for (const auto& [tenant, messages] : stateless_) concerned.insert(tenant);
  for (const auto tenant : concerned) ORGO_CHECK(settle_alarm(tenant, report));
  report.pause = bad ? settings_.while_bad : settings_.every;
  return {};
}

Status LedgerWatch::find_open_alarms() {
  std::set<TenantId> open;
  for (auto after = kTrialTenant;;) {
    ORGO_TRY(tenants, tenants_.list_tenants(after, kTenantsAtOnce));
    for (const auto& tenant : tenants) {
      ORGO_TRY(alarms, alarms_.open_alarms(tenant.id));
      if (std::ranges::find(alarms, kLedgerAlarm, &OpenAlarm::source) != alarms.end()) open.insert(tenant.id);
    }
    if (tenants.size() < static_cast<std::size_t>(kTenantsAtOnce)) break;
    after = tenants.back().id;
  }
  open_ = std::move(open);
  return {};
}

Status LedgerWatch::settle_alarm(TenantId tenant, Report& report) {
  ORGO_TRY(alarms, alarms_.open_alarms(tenant));
  const auto open = std::ranges::find(alarms, kLedgerAlarm, &OpenAlarm::source);
  const auto found = stateless_.find(tenant);
  const bool bad = found != stateless_.end();
  if (bad) open_->insert(tenant);
  if (bad != (open != alarms.end())) {
    const auto now = clock_.now();
    const auto changes = bad ? raise_ledger_alarm(tenant, static_cast<std::int64_t>(found->second.size()),
                                                  found->second, settings_.administrators, now)
                             : end_ledger_alarm(tenant, open->task, now);
    ORGO_TRY(answers, changes_.commit(std::span(&changes, 1), within(kCommitTime)));
    // conflict: another node was faster.
    if (!answers.at(0) && answers[0].error().code != Errc::conflict) return tl::unexpected(answers[0].error());
    if (answers[0] && bad) ++report.raised;
  }
  if (!bad) open_->erase(tenant);  // only now: what could not be ended is tried again
  return {};
}

void LedgerWatch::tell(std::string trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(trouble);
}

std::string LedgerWatch::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace orgo
