#pragma once
#include <functional>
#include <string_view>

#include "base/yaml.h"
#include "core/rules/rule_file.h"

namespace orgo::rules {

/// Is this an address or the name of a team? Says what is wrong when not.
using TargetCheck = std::function<void(const YamlNode& node, std::string_view text)>;

/// `escalate_after` and `escalate_to` of an action: one step, or a chain with its repetitions, in order of time. Either
/// may be nullptr. With Action::escalation_calendar, which is read before, the whole chain counts open time.
void read_escalation(YamlReader& reader, const YamlNode* after, const YamlNode* to, const TargetCheck& target,
                     std::size_t chain_max, Action& made);

}  // namespace orgo::rules
