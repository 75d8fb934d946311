#pragma once
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock_watch.h"
#include "core/task/task_change.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/task_store.h"
#include "service/policy/policy_book.h"

namespace orgo {

/// What a clock that was ahead has put off, by days or years: found among the timers, the latest first, and put right
/// (after_clock_ahead()). All of them are looked at after a start and when the clock was set back, in steps of a
/// bounded size; then a page each minute, in turn. Not while the clock may be behind instead (ClockWatch): all would
/// seem to lie ahead, and be due at once when it is right again. Of several nodes one puts a task right; the others
/// meet a conflict, or nothing. One thread.
class ClockRepair {
 public:
  static constexpr Millis kEvery{60'000};
  ClockRepair(TaskStore& tasks, ChangeStore& changes, Clock& clock, PolicyOf policies);

  struct Report {
    bool set_back = false;  ///< the clock has just been set back
    int mended = 0;         ///< tasks that were put right
    bool more = false;      ///< there is more to look at, at once
  };
  /// The error of a store that is down or full: the next step goes on.
  Result<Report> step();

 private:
  /// One way through the timers of a name.
  struct Round {
    std::string_view name;
    std::optional<PendingTimer> after{};  ///< where it goes on; nullopt: at the latest
    int whole = 1;                        ///< how often all of them are still to be looked at, and not a page
  };
  using Tasks = std::vector<std::optional<Task>>;  ///< one for each timer of a page; nullopt: there is none
  Status go_on(Round& round, TimePoint now, Report& report);
  Result<Tasks> tasks_of(const std::vector<PendingTimer>& page);
  Result<int> put_right(std::string_view name, const std::vector<PendingTimer>& page, const Tasks& tasks,
                        TimePoint now);

  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  PolicyOf policies_;
  ClockWatch watch_;
  std::optional<Deadline> looked_at_;  ///< nullopt: never, or the round under way goes on at once
  std::vector<Round> rounds_{{kDeadlineTimer}, {kOverdueTimer}, {kPendingTimer}};
};

}  // namespace orgo
