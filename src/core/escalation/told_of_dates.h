#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/escalation/escalate.h"
#include "core/task/task.h"

namespace orgo {

/// Who hears of a date of the task that has come: whoever has it, else its team, else the administrators. Addresses;
/// empty: nobody has one.
std::vector<std::string> told_of_dates(const Task& task, TimePoint now, const EscalationContext& context);
/// When quiet hours that hold for it now are over; nullopt: none hold, or it is urgent.
std::optional<TimePoint> quiet_until(const Task& task, TimePoint now, const EscalationContext& context);

}  // namespace orgo
