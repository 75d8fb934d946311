#pragma once
#include "core/processing/draft.h"

namespace orgo {

/// A new task as the rules want it, also when none routes it (its team is empty then): what was acknowledged is never
/// lost. Its chain and service level begin now, and whoever is to have it is told.
void open_task(Draft& draft);

/// The chain that the rules of a decision give `task`, from the beginning; empty: none.
Escalation chain_by_rules(const Draft& draft, const Task& task);

}  // namespace orgo
