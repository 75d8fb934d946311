#pragma once
#include "core/processing/draft.h"

namespace orgo {

/// The copy of a mail that has a task, for another recipient or by another door. The rules may name somebody for this
/// recipient whom they did not name for the first: who was not told is told, or has a task of his own
/// (DecideSettings::copies).
void join_copy(Draft& draft, const Task& seen);

}  // namespace orgo
