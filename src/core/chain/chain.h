#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/chain/step_effects.h"

namespace orgo {

class Calendar;

/// One step of a chain: "after 2 hours -> supervisor@...". Counted from when the task was opened (or reopened),
/// not from the step before, so that a chain reads as a person would say it; see Escalation::pace for what came late. A
/// step that repeats stands there as often as it fires: that it fires once each is then the same rule as for all steps.
struct EscalationStep {
  Millis after{};
  std::string to;                ///< who is told: an address, a team or a rota; empty: the task's team is reminded
  bool business = false;         ///< `after` counts the open time of the chain's calendar, else wall time
  bool unless_answered = false;  ///< passed over when somebody has answered the customer since
  bool tells = true;             ///< false: nobody is told, there are only effects
  std::optional<StepEffects> effects = std::nullopt;
  std::string rule{};  ///< whose chain it is, as the trace names it; empty: not known
  friend bool operator==(const EscalationStep&, const EscalationStep&) = default;
};

/// The chain of one task and how far it has gone. What has fired stands first, in the order in which it did; the others
/// fire in the order of their instants, wherever they stand: an hour on the wall never waits for an hour of open time.
/// At most kChainSteps.
struct Escalation {
  std::vector<EscalationStep> steps;
  int level = 0;           ///< steps that have fired, or were passed over
  TimePoint started_at{};  ///< from when `after` counts
  std::string calendar;    ///< name of the calendar of business steps; empty: the organization's
  /// Where a step fired late: at quiet hours' end, after a downtime, when the task was put back to open. What is behind
  /// it counts from then, so that whoever is told has as much time as the chain gives before the next is.
  struct Pace {
    TimePoint from{};        ///< when it fired; {}: none was late
    Millis after{};          ///< how much wall time the chain had counted at its own instant
    Millis open_after = {};  ///< the same in open time; as `after` where only one kind is left
    friend bool operator==(const Pace&, const Pace&) = default;
  };
  Pace pace;  ///< counts nothing at level 0
  friend bool operator==(const Escalation&, const Escalation&) = default;
};
inline constexpr std::size_t kChainSteps = 100;
/// Adds what one more rule wants: the first chain counts, and steps that wait for an answer come to it in order of
/// time, from every rule.
void join_chain(std::vector<EscalationStep>& chain, const std::vector<EscalationStep>& more);
/// "2 hours -> head@school.org", "2 hours" (reminds the team), "2 hours: set_priority high, tag late".
std::string in_words(const EscalationStep& step);

/// Turns "counted time" into an instant. The default counts wall time.
using AddTime = TimePoint (*)(TimePoint from, Millis counted);
inline TimePoint add_wall_time(TimePoint from, Millis counted) {
  return from + counted;
}

/// What the time of a chain depends on beside itself. By default wall time, of business steps, too: never later than
/// the true instant, for those who have no calendar at hand; who fires it looks again.
struct ChainTime {
  const Calendar* calendar = nullptr;  ///< of business steps; nullptr: they count by `add`
  const Calendar* quiet = nullptr;     ///< open: quiet hours, whose end a step waits for ...
  bool urgent = false;                 ///< ... unless the task is urgent
  AddTime add = add_wall_time;         ///< of wall steps
};

/// The step that fires next: of those that have not, the one whose instant comes first; of two at once the one that is
/// written first.
struct NextStep {
  std::size_t index = 0;  ///< in Escalation::steps
  TimePoint at{};
};
/// nullopt: the chain has ended or is empty.
std::optional<NextStep> next_step(const Escalation& escalation, const ChainTime& time = {});
/// Its instant alone.
std::optional<TimePoint> next_deadline(const Escalation& escalation, const ChainTime& time = {});

/// The next step has fired at `now`. When the one behind it would come sooner than in its own time from there (by more
/// than a tenth), what is left counts anew from `now`. There must be a next step.
void advance(Escalation& escalation, TimePoint now, const ChainTime& time = {});
/// The next step is passed over: nobody was told, and the others keep their time.
void pass_over(Escalation& escalation, const ChainTime& time = {});

/// Is the deadline more than wall time says?
bool counts_business_time(const Escalation& escalation);

}  // namespace orgo
