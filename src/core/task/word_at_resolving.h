#pragma once
#include <optional>
#include <string_view>

#include "core/changes/send.h"
#include "core/task/task.h"

namespace orgo {

/// The mail to the requester that their matter is done (template "task_resolved"), when a person resolves or closes
/// what was open; nullopt: nobody did, or nobody can be told. It is an automatic answer, so that the brake and the list
/// of suppressed addresses hold for it as for all of them.
std::optional<Send> word_at_resolving(const Task& before, const Task& after, std::string_view actor, TimePoint now);

}  // namespace orgo
