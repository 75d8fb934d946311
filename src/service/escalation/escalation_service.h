#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/result.h"
#include "core/escalation/escalate.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"
#include "service/escalation/clock_repair.h"
#include "service/policy/policy_book.h"

namespace orgo {

struct EscalationSettings {
  LeaseOwner owner = {};      ///< in whose name deadlines are claimed
  Millis lease_time{30'000};  ///< how long nobody else tries to fire them
  int batch = 100;            ///< deadlines per commit
  int rounds = 10;            ///< commits per step, so that what is due again at once does not wait for the next
  std::vector<std::string> administrators = {};  ///< told when nobody else is reached; with policies, theirs are
};

/// What the deadlines of tasks go by: calendars, service levels, teams and rotas of each tenant. When another policy is
/// in force, the deadlines of its open tasks are set anew, since each may depend on it.
struct DeadlinePolicies {
  PolicyOf of;  ///< empty: wall time and addresses
  /// Tenants of which another policy is in force since it was asked last.
  std::function<std::vector<TenantId>()> changed = {};
};

/// From a deadline that has come to its escalation: claim, read, decide, commit. Several may run at once: a claim keeps
/// them from deciding the same in vain, and the store lets one fire a deadline (TimerFired).
class EscalationService {
 public:
  EscalationService(TaskStore& tasks, ChangeStore& changes, Clock& clock, DeadlinePolicies policies = {},
                    EscalationSettings settings = {});

  struct Report {
    int due = 0;                        ///< deadlines that were looked at
    int fired = 0;                      ///< steps that told somebody, or tried to
    int settled = 0;                    ///< deadlines used up without telling anybody: the task was taken on meanwhile
    int mended = 0;                     ///< tasks that waited for a time of which the clock was wrong
    int moved = 0;                      ///< open tasks whose deadlines were set anew, because the workplace changed
    int conflicts = 0;                  ///< somebody else was first, or the task had just changed
    std::optional<TimePoint> next_due;  ///< nullopt: no deadline is pending
  };
  /// All that is due now, oldest first, within the bound of batch * rounds. The error of a store that is down or full.
  Result<Report> step();

 private:
  /// Sets the timers of open tasks by what holds now: at the start of all tenants, then of those with another policy.
  Result<int> set_anew();
  Result<int> set_anew(TenantId tenant);
  Result<int> set_page_anew(const std::vector<Task>& tasks, const Workplace& workplace, bool had_quiet, TimePoint now);
  /// All timers of this name that are due.
  Status fire(std::string_view name, Report& report);
  /// What follows from a timer that is due; nothing when it is about no task.
  Result<std::optional<Changes>> decide(const PendingTimer& timer, std::string_view name, TimePoint now);
  /// What a clock that was ahead has put off. True: there is more of it to be looked at, at once.
  Result<bool> repair_clock(Report& report);

  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  DeadlinePolicies policies_;
  EscalationSettings settings_;
  ClockRepair clock_repair_;
  bool began_ = false;         ///< the timers of all tenants were set by what holds since the start
  std::set<TenantId> to_set_;  ///< whose timers are to be set anew
  std::set<TenantId> quiet_;   ///< whose policy had quiet hours when their timers were set last
};

}  // namespace orgo
