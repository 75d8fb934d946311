#pragma once
#include "core/processing/draft.h"

namespace orgo {

/// What a person of ours wrote in Orgo itself, about a task or to open one (Channel::answer): it goes to the customer,
/// or stays as a note, as its order says (core/answer/answer_order.h). It joins the task, asks no rules and reopens
/// nothing by itself; the state that the order or the settings name is set as by a command, where the lifecycle allows
/// it. Recorded, with the reason, when the task is gone or has nobody who could be answered.
void answer_task(Draft& draft);

}  // namespace orgo
