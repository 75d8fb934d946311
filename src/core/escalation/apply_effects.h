#pragma once
#include <functional>

#include "core/chain/chain.h"
#include "core/changes/changes.h"
#include "core/task/task.h"

namespace orgo {

/// Does to `next`, the task as it becomes, what a step with effects says, with an event for each thing that changes and
/// what is to be sent. What is so already is passed over. `address_of`: whom a name means now.
void apply_effects(const EscalationStep& step, Task& next, Changes& changes,
                   const std::function<std::string(const std::string&)>& address_of);

}  // namespace orgo
