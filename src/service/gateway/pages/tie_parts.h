#pragma once
#include "core/processing/message_decision.h"
#include "core/task/task.h"
#include "service/gateway/pages/html.h"

/// What a task has to do with others, on its page.
namespace orgo::gateway::page {

/// At the top of what was merged: where work goes on. Nothing of others.
void write_merged_away(Html& html, const Task& task, bool may_change);
/// Rows of the list of facts.
void write_ties(Html& html, const Task& task);
/// Small forms: link, take a link away, merge.
void write_tie_forms(Html& html, const Task& task);

/// Below a message of the task: what it was split off as, or the button that does.
void write_split(Html& html, const Task& task, const MessageDecision& decision, bool may_change);

}  // namespace orgo::gateway::page
