#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

namespace orgo::commands {

/// Pending until that instant, when it is open again by itself (core/escalation/wake_pending.h); nullopt: until
/// somebody moves it or the customer writes. Of a task that is pending already the date is changed or taken away. The
/// chain goes on, as it does for all that is pending. Errors as of all commands; invalid_input also: the date has
/// passed.
Result<Changes> pend(const Task& task, std::optional<TimePoint> until, std::string_view actor, TimePoint now);

}  // namespace orgo::commands
