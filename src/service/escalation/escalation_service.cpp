#include "service/escalation/escalation_service.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "service/escalation/probe.h"

namespace orgo {
namespace {

EscalationProbe& probe() {
  static EscalationProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};

}  // namespace

EscalationService::EscalationService(TaskStore& tasks, ChangeStore& changes, Clock& clock, EscalationSettings settings)
    : tasks_(tasks), changes_(changes), clock_(clock), settings_(settings) {}

Result<EscalationService::Report> EscalationService::step() {
  Report report;
  for (int round = 0; round < settings_.rounds; ++round) {
    const auto now = clock_.now();
    ORGO_TRY(timers, tasks_.due_timers(now, settings_.batch));
    if (timers.empty()) break;
    std::vector<Changes> batch;
    std::vector<PendingTimer> of;
    for (const auto& timer : timers) {
      ++report.due;
      auto task = tasks_.read(timer.tenant, timer.task);
      if (!task && task.error().code == Errc::not_found) {
        log::error("escalation.orphan", {{"task", to_string(timer.task)}, {"due", to_rfc3339(timer.due_at)}});
        continue;
      }
      if (!task) return tl::unexpected(std::move(task).error());
      auto changes = escalate(*task, {.task = timer.task, .due_at = timer.due_at}, now, settings_.add);
      if (is_empty(changes)) continue;
      batch.push_back(std::move(changes));
      of.push_back(timer);
    }
    if (batch.empty()) break;
    ORGO_TRY(answers, changes_.commit(batch, within(kCommitTime)));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!answers[i]) {
        ++report.conflicts;
        log::debug("escalation.conflict", {{"task", to_string(of[i].task)}, {"cause", answers[i].error().message}});
        continue;
      }
      if (batch[i].events.empty()) {
        ++report.settled;
        continue;
      }
      ++report.fired;
      probe().fired.add();
      probe().late.observe(std::chrono::duration<double>(now - of[i].due_at).count());
      log::info("escalation.fired", {{"task", to_string(of[i].task)}, {"due", to_rfc3339(of[i].due_at)}});
    }
  }
  ORGO_TRY(next, tasks_.next_timer());
  report.next_due = next;
  return report;
}

}  // namespace orgo
