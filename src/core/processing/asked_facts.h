#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/message/finding.h"
#include "core/rules/rule_set.h"
#include "core/task/task.h"

namespace orgo {

/// What rules were asked beside the message itself and what was found in it: whatever is another thing later, and
/// neither in the bytes that are kept nor in the version of the rules that is kept. With these three, what the rules
/// said can be computed again at any time.
struct AskedFacts {
  TimePoint at{};                              ///< when the message came, or was new
  Millis offset{0};                            ///< of the organization's zone from UTC at that time
  bool from_staff = false;                     ///< see rules::Facts
  std::optional<rules::SenderHistory> sender;  ///< when the rules ask for it
  std::map<std::string, bool> open;            ///< calendar (empty: the default one) -> was it business time, if asked
  std::optional<Task> thread;  ///< of a follow-up: number, state, priority, team, assignee and tags as they were
};

/// As rules see them. All arguments outlive the result; business hours and keywords are the caller's to add.
rules::Facts facts_of(const AskedFacts& asked, const Message& message, const Envelope& envelope,
                      std::span<const Finding> findings, std::string_view raw);

/// Is it business time in that calendar (empty: the default one) of the workplace that `rules` know?
bool business_time(const rules::RuleSet& rules, const AskedFacts& asked, std::string_view calendar);

}  // namespace orgo
