#pragma once
#include <string>

#include "core/policy/policy.h"
#include "core/task/task.h"
#include "port/message_store.h"

namespace orgo {

/// Where an answer of ours to the mail `about` of the requester goes: to their Reply-To when it can be meant
/// (wanted_reply_to()) and is surely theirs, else to themselves. Anybody can write a stranger's From and a Reply-To of
/// their own: in the middle of a conversation it counts only when the mail answers one of ours, whose Message-ID can't
/// be guessed, or when the mail that opened the task named the same. Without Task::origin (as_asked_by()) any mail that
/// opened one did. A message that can't be read asks for nothing.
/// Threads: any.
std::string answer_address(MessageStore& messages, const Task& task, MessageId about, const Policy& policy);

}  // namespace orgo
