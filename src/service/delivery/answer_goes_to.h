#pragma once
#include <optional>
#include <string>

#include "core/changes/send.h"
#include "core/message/message.h"
#include "core/policy/policy.h"
#include "core/task/task.h"
#include "port/message_store.h"

namespace orgo {

/// To which address goes on what one of ours answers to this mail by mail (voice_of())? Empty: it stays with the task.
std::string answer_goes_to(MessageStore& messages, const Send& send, const std::optional<Task>& task,
                           const std::optional<Message>& message, const Policy& policy);

}  // namespace orgo
