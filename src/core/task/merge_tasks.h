#pragma once
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/task/command.h"
#include "core/task/task.h"

namespace orgo {

/// Where the mails of a task go: to itself, or, when it was merged, to the one at the end of that way. The way ends,
/// since only what was never merged is merged into, and has at most kMergedMax steps. Errors of `find`.
Result<Task> end_of_merges(Task task, const commands::FindTask& find);

}  // namespace orgo

namespace orgo::commands {

/// `task` is closed as a part of `into`: its conversation and notes show there, its mails go there from now on, and who
/// asked for it has a part in that one. Its chain, clocks and dates end; answers of it that wait still leave. Nobody is
/// told. `into` must be at the end of its merges. When both are one already: an empty Changes. Errors as of all
/// commands;
/// - invalid_input: into itself, or into what was merged into it;
/// - conflict: it was merged into another already; it is open and `into` is done; more than kMergedMax would be one.
Result<Changes> merge_into(const Task& task, const Task& into, std::string_view actor, TimePoint now);
/// It is a task of its own again, and open; `from`: what it was merged into. Mails that came in between stay there.
/// conflict: it was not merged, or `from` was merged on since.
Result<Changes> unmerge(const Task& task, const Task& from, std::string_view actor, TimePoint now);

}  // namespace orgo::commands
