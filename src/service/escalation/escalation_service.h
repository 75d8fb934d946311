#pragma once
#include <functional>
#include <optional>

#include "base/result.h"
#include "core/escalation/escalate.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"

namespace orgo {

struct EscalationSettings {
  int batch = 100;          ///< deadlines per commit
  int rounds = 10;          ///< commits per step: after a downtime the missed steps of a chain fire one by one, in order
  AddTime add = add_wall_time;
};

/// From a deadline that has come to its escalation: read, decide, commit. Several may run at once: the store lets one
/// fire a deadline (TimerFired), and the others pass over it without a word.
class EscalationService {
 public:
  EscalationService(TaskStore& tasks, ChangeStore& changes, Clock& clock, EscalationSettings settings = {});

  struct Report {
    int due = 0;        ///< deadlines that were looked at
    int fired = 0;      ///< steps that told somebody, or tried to
    int settled = 0;    ///< deadlines used up without telling anybody: the task was taken on meanwhile
    int conflicts = 0;  ///< somebody else was first, or the task had just changed
    std::optional<TimePoint> next_due;  ///< nullopt: no deadline is pending
  };
  /// All that is due now, oldest first, within the bound of batch * rounds. The error of a store that is down or full.
  Result<Report> step();

 private:
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  EscalationSettings settings_;
};

}  // namespace orgo
