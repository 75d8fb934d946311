#pragma once
#include "core/processing/draft.h"

namespace orgo {

/// The copy of a mail that has a task, for another recipient or by another door. The rules may say other things of this
/// recipient than of the first: who was not told is told, or has a task of his own (DecideSettings::copies). The task
/// gets their tags, a higher priority, who is to have it where nobody has (also the team, when the rules routed the
/// first to none), and their chain beside its own.
void join_copy(Draft& draft, const Task& seen);

}  // namespace orgo
