#include "core/chain/chain.h"

#include <algorithm>
#include <iterator>

#include "base/planted.h"
#include "core/calendar/calendar.h"

namespace orgo {
namespace {

/// From when what is left counts, and how much of it had passed then.
Escalation::Pace base_of(const Escalation& escalation) {
  const bool paced = escalation.level > 0 && escalation.pace.from != TimePoint{};
  return paced ? escalation.pace : Escalation::Pace{escalation.started_at, Millis{0}, Millis{0}};
}

/// A calendar that never opens must not keep a chain silent for ever: then wall time counts.
TimePoint instant_of(const EscalationStep& step, const Escalation::Pace& base, const ChainTime& time) {
  const auto left = std::max(step.after - (step.business ? base.open_after : base.after), Millis{0});
  if (!step.business || time.calendar == nullptr) return time.add(base.from, left);
  const auto never = ORGO_PLANT(calendar_never_open_keeps_silent) ? TimePoint::max() : base.from + left;
  return add_exact_business_time(*time.calendar, base.from, left).value_or(never);
}

/// The first of those that are left, quiet hours apart.
std::optional<NextStep> first_left(const Escalation& escalation, const ChainTime& time) {
  const auto base = base_of(escalation);
  std::optional<NextStep> first;
  for (auto i = static_cast<std::size_t>(escalation.level); i < escalation.steps.size(); ++i) {
    // Of one kind the shorter comes first: its instant needs no calendar.
    const auto& step = escalation.steps[i];
    if (first && step.business == escalation.steps[first->index].business &&
        step.after >= escalation.steps[first->index].after)
      continue;
    const auto at = instant_of(step, base, time);
    if (!first || at < first->at) first = NextStep{i, at};
  }
  return first;
}

/// Where the chain stands at the instant of `step`, which fires at `now`.
Escalation::Pace pace_at(const Escalation& escalation, const NextStep& step, TimePoint now, const ChainTime& time) {
  const auto& fired = escalation.steps[step.index];
  Escalation::Pace pace{now, fired.after, fired.after};
  const bool mixed = std::any_of(escalation.steps.begin() + escalation.level, escalation.steps.end(),
                                 [&](const auto& one) { return one.business != fired.business; });
  if (!mixed || time.calendar == nullptr) return pace;
  const auto base = base_of(escalation);
  if (fired.business) pace.after = base.after + (step.at - base.from);
  else pace.open_after = base.open_after + business_time_between(*time.calendar, base.from, step.at);
  return pace;
}

/// `step` is the last of those that have fired.
void take(Escalation& escalation, const NextStep& step) {
  if (escalation.level == 0) escalation.pace = {};  // of an earlier run of the chain
  const auto left = escalation.steps.begin() + escalation.level;
  const auto fired = escalation.steps.begin() + static_cast<std::ptrdiff_t>(step.index);
  std::rotate(left, fired, fired + 1);
  ++escalation.level;
}

}  // namespace

std::optional<NextStep> next_step(const Escalation& escalation, const ChainTime& time) {
  auto next = first_left(escalation, time);
  if (next && time.quiet != nullptr && !time.urgent && open_at(*time.quiet, next->at))
    next->at = next_close(*time.quiet, next->at).value_or(next->at);
  return next;
}

std::optional<TimePoint> next_deadline(const Escalation& escalation, const ChainTime& time) {
  const auto next = next_step(escalation, time);
  return next ? std::optional(next->at) : std::nullopt;
}

void advance(Escalation& escalation, TimePoint now, const ChainTime& time) {
  const auto fired = first_left(escalation, time);
  if (!fired) return;
  const auto here = pace_at(escalation, *fired, now, time);
  take(escalation, *fired);
  const auto as_planned = first_left(escalation, time);
  if (!as_planned) return;
  auto from_here = escalation;
  from_here.pace = here;
  const auto anew = first_left(from_here, time)->at;
  if (anew - as_planned->at > (anew - now) / 10 && !ORGO_PLANT(all_levels_at_once)) escalation.pace = here;
}

void pass_over(Escalation& escalation, const ChainTime& time) {
  if (const auto next = first_left(escalation, time)) take(escalation, *next);
}

void join_chain(std::vector<EscalationStep>& chain, const std::vector<EscalationStep>& more) {
  const auto waits = [](const EscalationStep& step) { return step.unless_answered; };
  const bool has_chain = !std::all_of(chain.begin(), chain.end(), waits);
  std::copy_if(more.begin(), more.end(), std::back_inserter(chain), [&](const EscalationStep& step) {
    return waits(step) || !has_chain || ORGO_PLANT(second_rule_adds_its_chain);
  });
  std::stable_sort(chain.begin(), chain.end(), [](const auto& a, const auto& b) { return a.after < b.after; });
}

std::string in_words(const EscalationStep& step) {
  auto out = format_duration(step.after);
  if (step.tells && !step.to.empty()) out += " -> " + step.to;
  if (step.effects) out += ": " + in_words(*step.effects);
  return out;
}

bool counts_business_time(const Escalation& escalation) {
  return std::any_of(escalation.steps.begin(), escalation.steps.end(), [](const auto& step) { return step.business; });
}

}  // namespace orgo
