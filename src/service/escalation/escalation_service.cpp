#include "service/escalation/escalation_service.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/log.h"
#include "base/planted.h"
#include "core/escalation/overdue.h"
#include "core/escalation/set_anew.h"
#include "core/escalation/wake_pending.h"
#include "core/parts/parts.h"
#include "service/escalation/history.h"
#include "service/escalation/probe.h"

namespace orgo {
namespace {

EscalationProbe& probe() {
  static EscalationProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};
constexpr int kTenantsAtOnce = 500;
constexpr auto kTimers = std::to_array({kDeadlineTimer, kOverdueTimer, kPendingTimer});
constexpr Millis kPolicyWait{60'000};  ///< how long a deadline waits for a policy that can't be loaded

}  // namespace

EscalationService::EscalationService(TaskStore& tasks, ChangeStore& changes, Clock& clock, DeadlinePolicies policies,
                                     EscalationSettings settings)
    : tasks_(tasks), changes_(changes), clock_(clock), policies_(std::move(policies)), settings_(std::move(settings)),
      clock_repair_(tasks, changes, clock, policies_.of) {}

Result<EscalationService::Report> EscalationService::step() {
  Report report;
  ORGO_TRY(more, repair_clock(report));
  ORGO_TRY(moved, set_anew());
  report.moved = moved;
  for (const auto name : kTimers) ORGO_CHECK(fire(name, report));
  // What somebody changed meanwhile is decided again at once, on what is there now.
  if (report.conflicts > 0 && !ORGO_PLANT(conflict_waits_for_its_lease))
    ORGO_CHECK(tasks_.release_timers(settings_.owner, LeasesOf::this_boot));
  for (const auto name : kTimers) {
    ORGO_TRY(next, tasks_.next_timer(name));
    if (next && !(ORGO_PLANT(overdue_wakes_nobody) && name == kOverdueTimer) &&
        !(ORGO_PLANT(pending_wakes_nobody) && name == kPendingTimer) && (!report.next_due || *next < *report.next_due))
      report.next_due = next;
  }
  if (more) report.next_due = clock_.now();
  return report;
}

Result<bool> EscalationService::repair_clock(Report& report) {
  ORGO_TRY(done, clock_repair_.step());
  report.mended = done.mended;
  // What we claimed when the clock was ahead would be ours until then.
  if (done.set_back) ORGO_CHECK(tasks_.release_timers(settings_.owner, LeasesOf::this_boot));
  return done.more;
}

Status EscalationService::fire(std::string_view name, Report& report) {
  for (int round = 0; round < settings_.rounds; ++round) {
    const auto now = clock_.now();
    ORGO_TRY(timers, tasks_.claim_timers(settings_.owner, name, now, settings_.lease_time, settings_.batch));
    if (timers.empty()) break;
    std::vector<Changes> batch;
    std::vector<PendingTimer> of;
    for (const auto& timer : timers) {
      ++report.due;
      ORGO_TRY(changes, decide(timer, name, now));
      if (!changes || is_empty(*changes)) continue;
      batch.push_back(*std::move(changes));
      of.push_back(timer);
    }
    if (batch.empty()) break;
    const auto answers = changes_.commit(batch, within(kCommitTime));
    if (!answers) {
      if (!ORGO_PLANT(failed_commit_keeps_its_timers))
        (void)tasks_.release_timers(settings_.owner, LeasesOf::this_boot);  // the next step need not wait for their end
      return tl::unexpected(answers.error());
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!(*answers)[i]) {
        ++report.conflicts;
        log::debug("escalation.conflict",
                   {{"task", to_string(of[i].subject)}, {"cause", (*answers)[i].error().message}});
        continue;
      }
      const bool told =
          std::ranges::any_of(batch[i].events, [](const Event& e) { return e.kind != EventKind::task_due; });
      if (!told) {
        ++report.settled;
        continue;
      }
      ++report.fired;
      probe().fired.add();
      probe().late.observe(std::chrono::duration<double>(now - of[i].due_at).count());
      log::info("escalation.fired", {{"task", to_string(of[i].subject)}, {"due", to_rfc3339(of[i].due_at)}});
    }
  }
  return {};
}

Result<std::optional<Changes>> EscalationService::decide(const PendingTimer& timer, std::string_view name,
                                                         TimePoint now) {
  const auto number = timer.subject.task();
  auto task = tasks_.read(timer.tenant, number);
  if (!task && task.error().code == Errc::not_found) {
    log::error("escalation.orphan", {{"task", to_string(number)}, {"due", to_rfc3339(timer.due_at)}});
    return std::optional<Changes>();
  }
  if (!task) return tl::unexpected(std::move(task).error());
  std::shared_ptr<const Policy> policy;
  if (policies_.of) {
    auto known = policies_.of(timer.tenant);
    if (!known) {
      // By which calendar and to whom is not known now: it waits, and nobody else's deadline waits behind it.
      log::warn("escalation.no_policy", {{"task", to_string(number)}, {"cause", known.error().message}});
      Changes later{.tenant = timer.tenant, .at = now};
      later.timers.push_back(TimerChange::set(
          timer.subject, ORGO_PLANT(overdue_becomes_a_deadline) ? kDeadlineTimer : name, now + kPolicyWait));
      return std::optional(std::move(later));
    }
    policy = *std::move(known);
  }
  EscalationContext context;
  context.workplace = policy ? &policy->workplace() : nullptr;
  if (policy) context.zone = policy->zone();
  context.administrators = policy ? policy->settings.administrators : settings_.administrators;
  const DueTimer due{.task = number, .due_at = timer.due_at};
  if (name == kPendingTimer) return std::optional(wake_pending(*task, due, now, context));
  if (name == kOverdueTimer) return std::optional(tell_overdue(*task, due, now, context));
  std::vector<Event> history;
  if (needs_history(*task)) {
    ORGO_TRY(read, history_of(tasks_, *task));
    history = std::move(read);
  }
  context.history = history;
  return std::optional(escalate(*task, due, now, context));
}

Result<int> EscalationService::set_anew() {
  if (!policies_.of) return 0;
  if (policies_.changed)
    for (const auto tenant : policies_.changed()) to_set_.insert(tenant);
  int moved = 0;
  if (!began_) {
    TenantId after{0};
    for (;;) {
      ORGO_TRY(page, tasks_.log_ends(after, kTenantsAtOnce));  // who has none has no task
      for (const auto& log : page) to_set_.insert(log.tenant);
      if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) break;
      after = page.back().tenant;
    }
    began_ = true;
  }
  while (!to_set_.empty()) {
    ORGO_TRY(of_tenant, set_anew(*to_set_.begin()));
    moved += of_tenant;
    to_set_.erase(to_set_.begin());  // not before: a store that is down now is asked again
  }
  return moved;
}

Result<int> EscalationService::set_anew(TenantId tenant) {
  const bool had_quiet = quiet_.erase(tenant) > 0;
  std::shared_ptr<const Policy> policy;
  int moved = 0;
  TaskListRequest page{.tenant = tenant};
  page.open = true;
  page.limit = 500;
  for (;;) {
    ORGO_TRY(tasks, tasks_.list(page));
    if (tasks.empty()) return moved;  // who has no open task needs no policy for this
    if (!policy) {
      auto known = policies_.of(tenant);
      if (!known) {
        log::warn("escalation.no_policy", {{"tenant", to_string(tenant)}, {"cause", known.error().message}});
        return moved;  // once it can be loaded, it is another one than before
      }
      policy = *std::move(known);
    }
    ORGO_TRY(of_page, set_page_anew(tasks, policy->workplace(), had_quiet, clock_.now()));
    moved += of_page;
    if (std::any_of(tasks.begin(), tasks.end(),
                    [&](const Task& task) { return policy->workplace().quiet_for(task.type) != nullptr; }))
      quiet_.insert(tenant);
    if (tasks.size() < static_cast<std::size_t>(page.limit) || ORGO_PLANT(first_page_of_tasks_only)) return moved;
    page.before = tasks.back().number;
  }
}

Result<int> EscalationService::set_page_anew(const std::vector<Task>& tasks, const Workplace& workplace, bool had_quiet,
                                             TimePoint now) {
  EscalationContext context;
  context.workplace = &workplace;
  std::vector<Changes> batch;
  for (const auto& task : tasks) {
    // Wall time depends on nothing but quiet hours.
    if (!settles_later(task) && workplace.quiet_for(task.type) == nullptr &&
        (!had_quiet || ORGO_PLANT(quiet_hours_that_end_are_not_seen)))
      continue;
    std::vector<Event> history;
    context.history = {};
    if (needs_history_to_set_anew(task, context)) {
      ORGO_TRY(read, history_of(tasks_, task));
      history = std::move(read);
    }
    context.history = history;
    for (auto& changes : orgo::set_anew(task, now, context)) batch.push_back(std::move(changes));
  }
  if (batch.empty()) return 0;
  ORGO_TRY(answers, changes_.commit(batch, within(kCommitTime)));
  int moved = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) moved += answers[i] && !batch[i].timers.empty() ? 1 : 0;
  return moved;
}

}  // namespace orgo
