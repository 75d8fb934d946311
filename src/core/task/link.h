#pragma once
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

namespace orgo::commands {

/// Two tasks that have to do with each other: each shows the other, and that is all. What is so already is an empty
/// Changes. Errors as of all commands; invalid_input also: a task and itself; conflict also: one has kLinksMax.
Result<Changes> link(const Task& task, const Task& other, std::string_view actor, TimePoint now);
/// They show each other no more.
Result<Changes> unlink(const Task& task, const Task& other, std::string_view actor, TimePoint now);

}  // namespace orgo::commands
