#include "core/chain/chain.h"

#include <algorithm>
#include <iterator>

#include "base/planted.h"
#include "core/calendar/calendar.h"

namespace orgo {
namespace {

const EscalationStep* next_step(const Escalation& escalation) {
  const auto level = static_cast<std::size_t>(escalation.level);
  return level < escalation.steps.size() ? &escalation.steps[level] : nullptr;
}

/// From when the next step counts, and how long.
Escalation::Pace base_of(const Escalation& escalation) {
  const bool paced = escalation.level > 0 && escalation.pace.from != TimePoint{};
  return paced ? escalation.pace : Escalation::Pace{escalation.started_at, Millis{0}};
}

/// `add`: of a step, what is counted from an instant.
template <typename Add>
std::optional<TimePoint> deadline_of(const Escalation& escalation, const Add& add) {
  const auto* step = next_step(escalation);
  if (step == nullptr) return std::nullopt;
  const auto base = base_of(escalation);
  return add(*step, base.from, std::max(step->after - base.after, Millis{0}));
}

template <typename Add>
void advance_by(Escalation& escalation, TimePoint now, const Add& add) {
  const Escalation::Pace here{now, escalation.steps.at(static_cast<std::size_t>(escalation.level)).after};
  pass_over(escalation);
  const auto as_planned = deadline_of(escalation, add);
  if (!as_planned) return;
  auto from_here = escalation;
  from_here.pace = here;
  const auto anew = *deadline_of(from_here, add);
  if (anew - *as_planned > (anew - now) / 10 && !ORGO_PLANT(all_levels_at_once)) escalation.pace = here;
}

auto wall_steps(AddTime add) {
  return [add](const EscalationStep&, TimePoint from, Millis counted) { return add(from, counted); };
}

/// A calendar that never opens must not keep a chain silent for ever: then wall time counts.
auto steps_by(const ChainTime& time) {
  return [&time](const EscalationStep& step, TimePoint from, Millis counted) {
    const auto wall = from + counted;
    if (!step.business || time.calendar == nullptr) return wall;
    return add_exact_business_time(*time.calendar, from, counted).value_or(wall);
  };
}

}  // namespace

std::optional<TimePoint> next_deadline(const Escalation& escalation, AddTime add) {
  return deadline_of(escalation, wall_steps(add));
}

std::optional<TimePoint> next_deadline(const Escalation& escalation, const ChainTime& time) {
  const auto at = deadline_of(escalation, steps_by(time));
  if (at && time.quiet != nullptr && !time.urgent && open_at(*time.quiet, *at))
    return next_close(*time.quiet, *at).value_or(*at);
  return at;
}

void advance(Escalation& escalation, TimePoint now, AddTime add) {
  advance_by(escalation, now, wall_steps(add));
}

void advance(Escalation& escalation, TimePoint now, const ChainTime& time) {
  advance_by(escalation, now, steps_by(time));
}

void pass_over(Escalation& escalation) {
  if (escalation.level == 0) escalation.pace = {};  // of an earlier run of the chain
  ++escalation.level;
}

void join_chain(std::vector<EscalationStep>& chain, const std::vector<EscalationStep>& more) {
  const auto waits = [](const EscalationStep& step) { return step.unless_answered; };
  const bool has_chain = !std::all_of(chain.begin(), chain.end(), waits);
  std::copy_if(more.begin(), more.end(), std::back_inserter(chain),
               [&](const EscalationStep& step) { return waits(step) || !has_chain; });
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
