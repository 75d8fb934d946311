#include "service/escalation/clock_repair.h"

#include <algorithm>
#include <map>
#include <memory>

#include "base/log.h"
#include "base/planted.h"
#include "core/escalation/clock_ahead.h"
#include "core/parts/parts.h"
#include "service/escalation/history.h"

namespace orgo {
namespace {

constexpr Millis kRepairTime{60'000};
constexpr int kPage = 500;
constexpr int kPagesAtOnce = 4;

/// Something was there already: the clock can't be behind all that there is.
bool any_of_before(const std::vector<std::optional<Task>>& tasks, TimePoint now) {
  return std::ranges::any_of(tasks, [&](const auto& one) { return one && one->created_at <= now; });
}

}  // namespace

ClockRepair::ClockRepair(TaskStore& tasks, ChangeStore& changes, Clock& clock, PolicyOf policies)
    : tasks_(tasks), changes_(changes), clock_(clock), policies_(std::move(policies)) {}

Result<ClockRepair::Report> ClockRepair::step() {
  Report report;
  const auto now = clock_.now();
  const auto steady = clock_.steady();
  watch_.look(now, steady);
  report.set_back = watch_.was_set_back();
  if (report.set_back) {
    // Twice: what was under way just then is committed after the first look.
    for (auto& round : rounds_) round = {.name = round.name, .whole = 2};
    looked_at_.reset();
  }
  if (looked_at_ && steady - *looked_at_ < kEvery) return report;
  if (!watch_.is_believed() && watch_.has_jumped() && !ORGO_PLANT(behind_is_believed)) return report;
  for (auto& round : rounds_) ORGO_CHECK(go_on(round, now, report));
  if (report.more) looked_at_.reset();
  else looked_at_ = steady;
  if (report.mended > 0)
    log::warn(
        "escalation.clock_was_ahead",
        {{"tasks", report.mended}, {"cause", "they would have waited for a time that the clock was wrong about"}});
  return report;
}

Status ClockRepair::go_on(Round& round, TimePoint now, Report& report) {
  const bool whole = round.whole > 0;
  for (int pages = 0; pages < (whole ? kPagesAtOnce : 1); ++pages) {
    ORGO_TRY(page, tasks_.latest_timers(round.name, round.after, kPage));
    const auto soon = now + kEvery;  // what comes then need not be put right
    const bool is_last = page.size() < static_cast<std::size_t>(kPage) || page.back().visible_at <= soon;
    std::erase_if(page, [&](const PendingTimer& one) { return one.visible_at <= soon; });
    ORGO_TRY(tasks, tasks_of(page));
    // Just started: who knows whether the clock isn't behind?
    if (!watch_.is_believed() && !any_of_before(tasks, now) && !round.after) return {};
    ORGO_TRY(mended, put_right(round.name, page, tasks, now));
    report.mended += mended;
    if (is_last) {
      round.after.reset();
      if (whole) --round.whole;
      return {};
    }
    round.after = page.back();
  }
  report.more = report.more || whole;
  return {};
}

Result<ClockRepair::Tasks> ClockRepair::tasks_of(const std::vector<PendingTimer>& page) {
  Tasks tasks;
  for (const auto& timer : page) {
    auto task = tasks_.read(timer.tenant, timer.subject.task());
    if (task) tasks.push_back(*std::move(task));
    else if (task.error().code == Errc::not_found) tasks.emplace_back();  // told of when its time has come
    else return tl::unexpected(std::move(task).error());
  }
  return tasks;
}

Result<int> ClockRepair::put_right(std::string_view name, const std::vector<PendingTimer>& page, const Tasks& tasks,
                                   TimePoint now) {
  if (ORGO_PLANT(clock_ahead_strands)) return 0;
  std::map<TenantId, std::shared_ptr<const Policy>> policies;
  std::vector<Changes> batch;
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (!tasks[i]) continue;
    const auto& task = *tasks[i];
    auto [policy, is_new] = policies.try_emplace(task.tenant);
    if (is_new && policies_)
      if (auto known = policies_(task.tenant)) policy->second = *std::move(known);
    if (policies_ && !policy->second) continue;  // by which calendar is not known now
    EscalationContext context;
    if (policy->second) context.workplace = &policy->second->workplace();
    std::vector<Event> history;
    if (needs_history(task)) {
      ORGO_TRY(read, history_of(tasks_, task));
      history = std::move(read);
    }
    context.history = history;
    const WaitingTimer timer{.name = name, .due_at = page[i].due_at, .visible_at = page[i].visible_at};
    auto changes = after_clock_ahead(task, timer, now, context);
    if (!is_empty(changes)) batch.push_back(std::move(changes));
  }
  if (batch.empty()) return 0;
  ORGO_TRY(answers, changes_.commit(batch, within(kRepairTime)));
  return static_cast<int>(std::ranges::count_if(answers, [](const auto& one) { return one.has_value(); }));
}

}  // namespace orgo
