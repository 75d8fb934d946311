#pragma once
#include "base/result.h"
#include "core/task/task.h"

namespace orgo {

/// May a task go from `from` to `to`?
///
///     from \ to      open  pending  acknowledged  resolved  closed
///     new            yes   yes      yes           yes       yes
///     open           -     yes      yes           yes       yes
///     pending        yes   -        yes           yes       yes
///     acknowledged   yes   yes      -             yes       yes
///     resolved       (r)   no       no            -         yes
///     closed         (r)   no       no            no        -
///
/// (r): only by reopening (a reply, or a person who says so), since that starts the escalation anew. Nothing goes back
/// to new.
bool move_allowed(TaskState from, TaskState to);

/// The same with words: conflict "T-12 is closed; reopen it first". `number` is for the message only.
Status check_move(TaskNumber number, TaskState from, TaskState to);

/// Does the escalation of a task in this state go on? Not once somebody has taken it on or it is done.
bool escalates(TaskState state);

}  // namespace orgo
