#pragma once
#include "core/processing/draft.h"
#include "core/task/task.h"

namespace orgo {

/// Puts what the rules say into the draft; with `thread`, only those that ask for it are asked.
void ask_rules(Draft& draft, const Task* thread);

}  // namespace orgo
