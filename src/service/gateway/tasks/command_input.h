#pragma once
#include <string>

#include "core/task/command.h"
#include "service/gateway/core/json_body.h"

namespace orgo::gateway {

/// What a command is told, out of the body; what is wrong with it is said by the body. `read_time`: how times are read
/// that people write.
commands::Input command_input(const commands::Command& command, JsonBody& body, const JsonBody::ReadTime& read_time);

}  // namespace orgo::gateway
