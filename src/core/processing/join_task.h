#pragma once
#include <string_view>

#include "core/processing/draft.h"
#include "core/task/task.h"

namespace orgo {

/// A follow-up: attached to its task, which is reopened when it was done; whoever has it is told, and rules that ask
/// for the thread may act.
void join_task(Draft& draft, const Task& seen);
/// Is it a machine's mail with words of its own to a task that is done, where such open tasks of their own
/// (DecideSettings::alerts)?
bool opens_alert(const Draft& draft, const Task& task);
/// Was the task done so long ago (DecideSettings::reopen_time) that what the customer says now is another matter? Then
/// it opens a task that is linked to it.
bool opens_anew(const Draft& draft, const Task& task);
/// The task is open again: by a "reply" or a "copy".
void note_reopened(Draft& draft, TaskState from, std::string_view by);

}  // namespace orgo
