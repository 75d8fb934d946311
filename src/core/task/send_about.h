#pragma once
#include <string_view>

#include "core/changes/send.h"
#include "core/task/task.h"

namespace orgo {

/// What tells `to` of a task: as urgent as that is, in the thread of the mail that opened it, and caused by who asked.
Send send_about(const Task& task, SendKind kind, Contact to, std::string_view template_name, TimePoint due_at);

}  // namespace orgo
