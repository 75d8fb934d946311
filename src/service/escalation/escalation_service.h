#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "core/escalation/escalate.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"
#include "port/tenant_store.h"

namespace orgo {

struct EscalationSettings {
  LeaseOwner owner = {};      ///< in whose name deadlines are claimed
  Millis lease_time{30'000};  ///< how long nobody else tries to fire them
  int batch = 100;            ///< deadlines per commit
  int rounds = 10;  ///< commits per step: after a downtime the missed steps of a chain fire one by one, in order
  /// Calendars, service levels, teams and rotas in force; empty, or nullptr from it: wall time and addresses. When
  /// another value comes back, the deadlines of all open tasks are set anew, since each may depend on it.
  std::function<std::shared_ptr<const Workplace>()> workplace = {};
};

/// From a deadline that has come to its escalation: claim, read, decide, commit. Several may run at once: a claim keeps
/// them from deciding the same in vain, and the store lets one fire a deadline (TimerFired).
class EscalationService {
 public:
  EscalationService(TenantStore& tenants, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                    EscalationSettings settings = {});

  struct Report {
    int due = 0;                        ///< deadlines that were looked at
    int fired = 0;                      ///< steps that told somebody, or tried to
    int settled = 0;                    ///< deadlines used up without telling anybody: the task was taken on meanwhile
    int moved = 0;                      ///< open tasks whose deadlines were set anew, because the workplace changed
    int conflicts = 0;                  ///< somebody else was first, or the task had just changed
    std::optional<TimePoint> next_due;  ///< nullopt: no deadline is pending
  };
  /// All that is due now, oldest first, within the bound of batch * rounds. The error of a store that is down or full.
  Result<Report> step();

 private:
  /// Sets the timers of all open tasks of all tenants by what holds now.
  Result<int> set_anew(const Workplace& workplace, TimePoint now);
  Result<int> set_anew(TenantId tenant, const Workplace& workplace, TimePoint now);
  Result<std::vector<Event>> history_of(const Task& task);

  TenantStore& tenants_;
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  EscalationSettings settings_;
  std::shared_ptr<const Workplace> workplace_;  ///< by which the timers were set last
};

}  // namespace orgo
