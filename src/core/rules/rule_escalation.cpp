#include "core/rules/rule_escalation.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/planted.h"
#include "base/text.h"
#include "base/time.h"
#include "core/rules/rule_keys.h"
#include "core/workplace/workplace_file.h"

namespace orgo::rules {
namespace {

constexpr Millis kEscalateLeast{1'000};
constexpr Millis kEscalateMost{365LL * 86'400'000};

void read_repeat(YamlReader& reader, const YamlNode& node, const EscalationStep& step,
                 std::vector<EscalationStep>& out) {
  if (!reader.expect_mapping(node, "repeat")) return;
  reader.check_keys(node, "key of repeat", names_of(kRepeatKeys));
  const auto* every = node.find("every");
  const auto* times = node.find("times");
  if (every == nullptr || times == nullptr) {
    reader.error(node, "repeat has every and times", "as in {every: \"30 minutes\", times: 3}");
    return;
  }
  const auto span = expect_counted_span(reader, *every, kEscalateLeast, kEscalateMost);
  const auto count = reader.expect_int(*times, 1, static_cast<std::int64_t>(kChainSteps));
  for (std::int64_t n = 1; span && count && n <= *count; ++n) {
    auto next = step;
    next.after += span->span * n;
    out.push_back(std::move(next));
  }
}

}  // namespace

void read_escalation(YamlReader& reader, const YamlNode* after, const YamlNode* to, const TargetCheck& target,
                     std::size_t chain_max, Action& made) {
  std::optional<CountedSpan> first;
  if (after != nullptr) first = expect_counted_span(reader, *after, kEscalateLeast, kEscalateMost);
  // With a calendar named, the whole chain counts open time.
  const auto counts = [&](const CountedSpan& span) {
    return span.business || (!made.escalation_calendar.empty() && !ORGO_PLANT(named_calendar_counts_on_the_wall));
  };
  if (to == nullptr) {
    if (first) made.escalation.push_back({first->span, "", counts(*first)});
    return;
  }
  if (to->kind != YamlNode::Kind::sequence) {
    const auto text = reader.expect_string(*to, "escalate_to");
    if (text) target(*to, trim(*text));
    if (after == nullptr)
      reader.error(*to, "escalate_to without escalate_after: when?", "add escalate_after: \"2 hours\"");
    if (first && text) made.escalation.push_back({first->span, std::string(trim(*text)), counts(*first)});
    return;
  }
  // With a chain, escalate_after reminds the team before.
  if (first) made.escalation.push_back({first->span, "", counts(*first)});
  if (to->items.empty()) reader.error(*to, "escalate_to is empty");
  std::size_t written = made.escalation.size();
  std::vector<EscalationStep> repeats;
  for (const auto& step : to->items) {
    if (!reader.expect_mapping(step, "a step of a chain")) continue;
    reader.check_keys(step, "key of a step", names_of(kStepKeys));
    const auto* step_after = step.find("after");
    const auto* step_to = step.find("to");
    if (step_after == nullptr || step_to == nullptr) {
      reader.error(step, std::string("this step has no ") + (step_after == nullptr ? "after" : "to"),
                   "as in {after: \"2 hours\", to: \"head@school.org\"}");
      continue;
    }
    const auto time = expect_counted_span(reader, *step_after, kEscalateLeast, kEscalateMost);
    const auto text = reader.expect_string(*step_to, "to");
    if (text) target(*step_to, trim(*text));
    const auto* unless = step.find("unless_answered");
    const bool unless_answered = unless != nullptr && reader.expect_bool(*unless).value_or(false);
    if (!time || !text) continue;
    ++written;
    EscalationStep next{time->span, std::string(trim(*text)), counts(*time), unless_answered};
    // A step in open time and one on the wall come in the order of their instants, which only the calendar knows.
    const auto before = std::find_if(made.escalation.rbegin(), made.escalation.rend(),
                                     [&](const auto& one) { return one.business == next.business; });
    if (before != made.escalation.rend() && next.after <= before->after)
      reader.error(
          *step_after,
          format_duration(next.after) + " is not later than the step before (" + format_duration(before->after) + ")",
          "steps count from when the task was opened");
    if (const auto* repeat = step.find("repeat")) read_repeat(reader, *repeat, next, repeats);
    made.escalation.push_back(std::move(next));
  }
  if (written > chain_max) reader.error(*to, "a chain of more than " + std::to_string(chain_max) + " steps");
  // A repeated step stands there as often as it fires, in its place among the others of its kind of time.
  for (auto& one : repeats) {
    const auto later = std::find_if(made.escalation.begin(), made.escalation.end(),
                                    [&](const auto& s) { return s.business == one.business && s.after > one.after; });
    made.escalation.insert(later, std::move(one));
  }
  if (made.escalation.size() > kChainSteps)
    reader.error(*to, "with its repetitions this chain has more than " + std::to_string(kChainSteps) + " steps");
}

}  // namespace orgo::rules
