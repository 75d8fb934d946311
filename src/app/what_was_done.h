#pragma once
#include <string>

#include "base/json.h"
#include "base/time_zone.h"
#include "core/task/command.h"

namespace orgo {

/// One sentence for whoever typed the command, over the task as the API answers with it: what is so now that was asked
/// for, and of what changes its state how it stands. `value`: what was typed behind the tasks. Times as `zone` has
/// them. "T-15 is merged into T-12, where its messages, notes and later mails are from now on"
std::string what_was_done(const commands::Command& command, const std::string& value, const json::object& task,
                          const TimeZone& zone);

/// "T-12 has no type, and so no fields": names the task once, whether or not `why` does.
std::string why_not(const std::string& task, const std::string& why);

}  // namespace orgo
