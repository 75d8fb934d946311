#pragma once
#include <string_view>

#include "base/time.h"
#include "core/processing/draft.h"

namespace orgo {

/// What a person of ours wrote in Orgo itself, about a task or to open one (Channel::answer): it goes to the customer,
/// or stays as a note, as its order says (core/answer/answer_order.h). It joins the task, asks no rules and reopens
/// nothing by itself; the state that the order or the settings name is set as by a command, where the lifecycle allows
/// it. Recorded, with the reason, when the task is gone, is another one than whoever wrote it saw
/// (AnswerOrder::version) or has nobody who could be answered; who wrote too late is told by mail, unless they wait for
/// the decision anyway.
void answer_task(Draft& draft);

/// Whoever gives an answer away waits a while for the decision: what is decided within this time they hear at once. It
/// is less than they wait (AnswerService), since the decision has to be committed, too.
inline constexpr Millis kAnswerAwaited{1'000};
/// Of the mail that says that an answer came too late.
inline constexpr std::string_view kLateTemplate = "answer_late";

}  // namespace orgo
