#include "core/chain/chain.h"

#include <algorithm>
#include <iterator>

#include "core/calendar/calendar.h"

namespace orgo {
namespace {

const EscalationStep* next_step(const Escalation& escalation) {
  const auto level = static_cast<std::size_t>(escalation.level);
  return level < escalation.steps.size() ? &escalation.steps[level] : nullptr;
}

}  // namespace

std::optional<TimePoint> next_deadline(const Escalation& escalation, AddTime add) {
  const auto* step = next_step(escalation);
  if (step == nullptr) return std::nullopt;
  return add(escalation.started_at, step->after);
}

std::optional<TimePoint> next_deadline(const Escalation& escalation, const ChainTime& time) {
  const auto* step = next_step(escalation);
  if (step == nullptr) return std::nullopt;
  auto at = escalation.started_at + step->after;
  // A calendar that never opens must not keep a chain silent for ever: then wall time counts.
  if (step->business && time.calendar != nullptr)
    at = add_exact_business_time(*time.calendar, escalation.started_at, step->after).value_or(at);
  if (time.quiet != nullptr && !time.urgent && open_at(*time.quiet, at)) at = next_close(*time.quiet, at).value_or(at);
  return at;
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
