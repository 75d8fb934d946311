#pragma once
#include <vector>

#include "core/changes/changes.h"
#include "core/escalation/escalate.h"
#include "core/task/task.h"
#include "core/workplace/workplace.h"

namespace orgo {

/// Can a new workplace move what is to come for this task? Wall time depends on nothing but quiet hours. `before`: the
/// one that was in force; nullptr: none was.
bool moves_with(const Task& task, const Workplace* before, const Workplace& after);
/// Must EscalationContext::history be at hand for set_anew()?
bool needs_history_to_set_anew(const Task& task, const EscalationContext& context);
/// What the workplace of `context` changes about an open task: its deadline, and when its chain wakes next. Each is a
/// Changes of its own: should somebody change the task right now, the timer is set all the same; it does not take the
/// task's version, and when somebody settles the task meanwhile it is used up and tells nobody.
std::vector<Changes> set_anew(const Task& task, TimePoint now, const EscalationContext& context);

}  // namespace orgo
