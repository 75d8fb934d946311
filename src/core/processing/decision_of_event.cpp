#include "core/processing/decision_of_event.h"

#include <utility>

#include "base/json.h"

namespace orgo {
namespace {

std::optional<Outcome> outcome_of(std::string_view name) {
  for (const auto one : {Outcome::task_opened, Outcome::task_joined, Outcome::recorded, Outcome::dropped})
    if (to_string(one) == name) return one;
  return std::nullopt;
}

}  // namespace

std::optional<Changes> decision_of_event(TenantId tenant, const Event& decided, std::string subject, std::string from) {
  const auto data = parse_json(decided.data);
  if (decided.kind != EventKind::message_decided || !decided.message || !data || !data->is_object())
    return std::nullopt;
  const auto text = [&](std::string_view name) {
    const auto* value = data->as_object().if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  const auto outcome = outcome_of(text("outcome"));
  const auto task = decided.subject.task();
  const bool needs_task = outcome == Outcome::task_opened || outcome == Outcome::task_joined;
  if (!outcome || (needs_task && !task)) return std::nullopt;
  Changes changes{.tenant = tenant, .at = decided.at};
  changes.add(MessageDecision{.message = decided.message,
                              .outcome = *outcome,
                              .task = task,
                              .subject = std::move(subject),
                              .from = std::move(from),
                              .reason = text("reason"),
                              .rules_version = {},
                              .trace = {}});
  return changes;
}

}  // namespace orgo
