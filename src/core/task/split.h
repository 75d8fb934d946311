#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/command.h"
#include "core/task/task.h"

namespace orgo::commands {

inline constexpr std::size_t kTitleMax = 500;  ///< bytes

/// A message of the task becomes one of its own, linked with it; `task` keeps all that it has. The new one is asked for
/// by the author of the message, has the given title or the subject, and team, priority, chain and service level of
/// `task`, from now on. The team is told at `told_at` (empty: at its name, when that is an address). What answers the
/// message from then on goes to the new task; what has come already stays. The first part of the Changes is `task`.
/// Errors as of all commands;
/// - invalid_input: the title is too long; the message is no work of the task, opened it, or was written by us;
/// - conflict: it was split off already; `task` has no room for a link.
Result<Changes> split_off(const Task& task, const JoinedMessage& message, std::string_view title,
                          std::string_view actor, TimePoint now, std::string_view told_at = {});

}  // namespace orgo::commands
