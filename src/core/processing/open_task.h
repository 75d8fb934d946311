#pragma once
#include "core/processing/draft.h"

namespace orgo {

/// A new task as the rules want it, also when none routes it (its team is empty then): what was acknowledged is never
/// lost. Its chain and service level begin now, and whoever is to have it is told.
void open_task(Draft& draft);

}  // namespace orgo
