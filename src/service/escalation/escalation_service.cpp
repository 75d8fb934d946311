#include "service/escalation/escalation_service.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "core/escalation/set_anew.h"
#include "core/parts/parts.h"
#include "service/escalation/probe.h"

namespace orgo {
namespace {

EscalationProbe& probe() {
  static EscalationProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};
constexpr int kHistoryMax = 10'000;
constexpr int kTenantsAtOnce = 500;

}  // namespace

EscalationService::EscalationService(TenantStore& tenants, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                                     EscalationSettings settings)
    : tenants_(tenants), tasks_(tasks), changes_(changes), clock_(clock), settings_(settings) {}

Result<EscalationService::Report> EscalationService::step() {
  Report report;
  auto workplace = settings_.workplace ? settings_.workplace() : nullptr;
  if (workplace != workplace_ && workplace) {
    ORGO_TRY(moved, set_anew(*workplace, clock_.now()));
    report.moved = moved;
  }
  workplace_ = std::move(workplace);
  EscalationContext context;
  context.workplace = workplace_.get();
  for (int round = 0; round < settings_.rounds; ++round) {
    const auto now = clock_.now();
    ORGO_TRY(timers, tasks_.claim_timers(settings_.owner, kDeadlineTimer, now, settings_.lease_time, settings_.batch));
    if (timers.empty()) break;
    std::vector<Changes> batch;
    std::vector<PendingTimer> of;
    for (const auto& timer : timers) {
      ++report.due;
      const auto number = timer.subject.task();
      auto task = tasks_.read(timer.tenant, number);
      if (!task && task.error().code == Errc::not_found) {
        log::error("escalation.orphan", {{"task", to_string(number)}, {"due", to_rfc3339(timer.due_at)}});
        continue;
      }
      if (!task) return tl::unexpected(std::move(task).error());
      std::vector<Event> history;
      if (needs_history(*task)) {
        ORGO_TRY(read, history_of(*task));
        history = std::move(read);
      }
      context.history = history;
      auto changes = escalate(*task, {.task = number, .due_at = timer.due_at}, now, context);
      if (is_empty(changes)) continue;
      batch.push_back(std::move(changes));
      of.push_back(timer);
    }
    if (batch.empty()) break;
    const auto answers = changes_.commit(batch, within(kCommitTime));
    if (!answers) {
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
  // What somebody changed meanwhile is decided again at once, on what is there now.
  if (report.conflicts > 0) ORGO_CHECK(tasks_.release_timers(settings_.owner, LeasesOf::this_boot));
  ORGO_TRY(next, tasks_.next_timer(kDeadlineTimer));
  report.next_due = next;
  return report;
}

Result<std::vector<Event>> EscalationService::history_of(const Task& task) {
  ORGO_TRY(stored, tasks_.history(task.tenant, task.number, kHistoryMax));
  std::vector<Event> events;
  events.reserve(stored.size());
  for (auto& one : stored) events.push_back(std::move(one.event));
  return events;
}

Result<int> EscalationService::set_anew(const Workplace& workplace, TimePoint now) {
  int moved = 0;
  TenantId after{0};
  for (;;) {
    ORGO_TRY(page, tenants_.list_tenants(after, kTenantsAtOnce));
    for (const auto& tenant : page) {
      ORGO_TRY(of_tenant, set_anew(tenant.id, workplace, now));
      moved += of_tenant;
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) return moved;
    after = page.back().id;
  }
}

Result<int> EscalationService::set_anew(TenantId tenant, const Workplace& workplace, TimePoint now) {
  EscalationContext context;
  context.workplace = &workplace;
  int moved = 0;
  TaskListRequest page{.tenant = tenant};
  page.open = true;
  page.limit = 500;
  for (;;) {
    ORGO_TRY(tasks, tasks_.list(page));
    std::vector<Changes> batch;
    for (const auto& task : tasks) {
      if (!moves_with(task, workplace_.get(), workplace)) continue;
      std::vector<Event> history;
      context.history = {};
      if (needs_history_to_set_anew(task, context)) {
        ORGO_TRY(read, history_of(task));
        history = std::move(read);
      }
      context.history = history;
      for (auto& changes : orgo::set_anew(task, now, context)) batch.push_back(std::move(changes));
    }
    if (!batch.empty()) {
      ORGO_TRY(answers, changes_.commit(batch, within(kCommitTime)));
      for (std::size_t i = 0; i < answers.size(); ++i) moved += answers[i] && !batch[i].timers.empty() ? 1 : 0;
    }
    if (tasks.size() < static_cast<std::size_t>(page.limit)) return moved;
    page.before = tasks.back().number;
  }
}

}  // namespace orgo
