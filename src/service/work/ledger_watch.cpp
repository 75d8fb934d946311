#include "service/work/ledger_watch.h"

#include <set>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "service/work/probe.h"

namespace orgo {
namespace {

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
    missing_.clear();
    missing_count_.clear();
  }
  ORGO_TRY(states, ledger_.look_at_states(*at_, settings_.batch));
  at_ = states.last;
  const auto keep = [](Found& into, const std::vector<LedgerPlace>& places) {
    for (const auto& place : places)
      if (auto& of_tenant = into[place.tenant]; of_tenant.size() < kFoundMax) of_tenant.push_back(place.message);
  };
  keep(stateless_, states.stateless);
  keep(lost_, states.lost);
  keep(missing_, states.missing);
  for (const auto& [tenant, some] : states.missing_count) missing_count_[tenant] += some;
  report.pause = kBetween;
  if (states.seen.size() == static_cast<std::size_t>(settings_.batch)) return report;
  ORGO_CHECK(end_round(report));
  at_.reset();
  return report;
}

Status LedgerWatch::end_round(Report& report) {
  probe().stateless.set(static_cast<double>(count(stateless_)));
  probe().lost.set(static_cast<double>(count(lost_)));
  std::int64_t missing = 0;
  for (const auto& [tenant, some] : missing_count_) missing += some;
  probe().missing.set(static_cast<double>(missing));
  auto words = in_words();
  const bool bad = !words.empty();
  if (words != trouble()) {
    if (bad) log::error("ledger.unbalanced", {{"cause", words}});
    else log::info("ledger.balances_again");
  }
  tell(std::move(words));
  std::set<TenantId> concerned;
  for (const auto& [tenant, messages] : stateless_) concerned.insert(tenant);
  for (const auto& [tenant, messages] : lost_) concerned.insert(tenant);
  for (const auto& [tenant, some] : missing_count_) concerned.insert(tenant);
  const auto now = clock_.now();
  ORGO_TRY(raised, alarms_.settle(
                       concerned,
                       [&](TenantId tenant) {
                         return raise_ledger_alarm(tenant, trouble_of(tenant), settings_.administrators, now);
                       },
                       [&](TenantId tenant, TaskNumber task) { return end_ledger_alarm(tenant, task, now); }));
  report.raised = raised;
  report.pause = bad ? settings_.while_bad : settings_.every;
  return {};
}

std::string LedgerWatch::in_words() const {
  std::string words;
  const auto add = [&](const std::string& more) { words += (words.empty() ? "" : "; ") + more; };
  if (const auto bad = count(stateless_); bad > 0)
    add(std::to_string(bad) + " messages are in no state (" + first_of(stateless_) +
        "); `orgo doctor --repair` puts them back to work");
  if (const auto bad = count(lost_); bad > 0 && !ORGO_PLANT(lost_bytes_are_well))
    add("the bytes of " + std::to_string(bad) + " messages are not there (" + first_of(lost_) +
        "); `orgo doctor` says more");
  std::int64_t missing = 0;
  for (const auto& [tenant, some] : missing_count_) missing += some;
  if (missing > 0)
    add(std::to_string(missing) + " messages that were accepted are gone from the database (" + first_of(missing_) +
        "); a backup has them");
  return words;
}

LedgerTrouble LedgerWatch::trouble_of(TenantId tenant) const {
  LedgerTrouble trouble;
  if (const auto found = stateless_.find(tenant); found != stateless_.end()) trouble.first_stateless = found->second;
  if (const auto found = missing_.find(tenant); found != missing_.end()) trouble.first_missing = found->second;
  if (const auto found = lost_.find(tenant); found != lost_.end()) trouble.first_lost = found->second;
  trouble.lost = static_cast<std::int64_t>(trouble.first_lost.size());
  trouble.stateless = static_cast<std::int64_t>(trouble.first_stateless.size());
  if (const auto found = missing_count_.find(tenant); found != missing_count_.end()) trouble.missing = found->second;
  return trouble;
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
