#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "core/changes/priority.h"

namespace orgo {

/// What a step of a chain changes beside telling somebody: the actions of a rule with `no reply within`. They are done
/// once, when the step fires, in the same transaction, and ask no rule again: what a rule does never starts a rule.
struct StepEffects {
  std::optional<Priority> priority;
  std::string assign;                 ///< a person, a team or a rota; empty: stays as it is
  std::vector<std::string> tags;      ///< added
  std::vector<std::string> webhooks;  ///< URLs
  std::vector<std::string> replies;   ///< names of templates, for the customer
  std::string note;                   ///< a line for the history
  std::string answer_to;              ///< to_string() of the customer; without one, or for machines, `replies` is empty
  friend bool operator==(const StepEffects&, const StepEffects&) = default;
};

/// "set_priority high, tag late": as the rule file says it.
std::string in_words(const StepEffects& effects);

}  // namespace orgo
