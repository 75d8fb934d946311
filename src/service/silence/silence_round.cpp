#include "service/silence/silence_round.h"

#include <algorithm>

#include "base/log.h"

namespace orgo {
namespace {

constexpr int kTenantsAtOnce = 500;

}  // namespace

SilenceRound::SilenceRound(Stores stores, Clock& clock, PolicyOf policies,
                           std::function<std::string(TenantId tenant, const std::string& source)> trouble_of,
                           std::size_t most)
    : stores_(stores), clock_(clock), policies_(std::move(policies)), trouble_of_(std::move(trouble_of)), most_(most) {}

std::unique_ptr<SilenceService> SilenceRound::make(TenantId tenant) {
  SilenceSettings settings{.tenant = tenant};
  settings.rules = [this, tenant]() -> Result<SilenceRules> {
    ORGO_TRY(policy, policies_(tenant));
    const auto& silence = policy->settings.silence;
    return SilenceRules{.alarm = silence.alarm,
                        .judge = silence_settings(silence, policy->workplace(), policy->settings.decide.zone),
                        .administrators = policy->settings.administrators};
  };
  return std::make_unique<SilenceService>(
      stores_.silence, stores_.tasks, stores_.changes, clock_, std::move(settings),
      [this, tenant](const std::string& source) { return trouble_of_ ? trouble_of_(tenant, source) : std::string(); });
}

Status SilenceRound::step(TenantId tenant, SilenceService::Report& report) {
  const auto known = kept_.find(tenant);
  auto service = known != kept_.end() ? std::move(known->second) : make(tenant);
  if (known != kept_.end()) kept_.erase(known);
  if (suspended_.contains(tenant)) service->stood_still();
  const auto done = service->step();
  if (done) {
    suspended_.erase(tenant);
    report.arrivals += done->arrivals;
    report.raised += done->raised;
    report.ended += done->ended;
    report.more = report.more || done->more;
  }
  if (service->sources() > 0) {
    if (kept_.size() < most_) kept_.emplace(tenant, std::move(service));
    else if (done) ORGO_CHECK(service->save());
  }
  if (!done) return tl::unexpected(done.error());
  return {};
}

Result<SilenceService::Report> SilenceRound::step() {
  SilenceService::Report report;
  TenantId after{0};
  for (;;) {
    ORGO_TRY(page, stores_.tenants.list_tenants(after, kTenantsAtOnce));
    ORGO_TRY(logs, stores_.tasks.log_ends(after, kTenantsAtOnce));  // all of the page's, and maybe more
    for (const auto& tenant : page) {
      if (!std::ranges::binary_search(logs, tenant.id, {}, &LogEnd::tenant)) continue;  // nothing ever came
      if (tenant.state != TenantState::active) {
        suspended_.insert(tenant.id);
        continue;
      }
      if (const auto done = step(tenant.id, report); !done)
        log::error("silence.trouble", {{"tenant", tenant.name}, {"cause", done.error().message}});
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) return report;
    after = page.back().id;
  }
}

Status SilenceRound::save() {
  Status first;
  for (const auto& [tenant, service] : kept_)
    if (const auto saved = service->save(); !saved && first) first = saved;
  return first;
}

}  // namespace orgo
