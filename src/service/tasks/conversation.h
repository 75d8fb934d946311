#pragma once
#include <vector>

#include "core/task/command.h"
#include "core/task/task.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/task_store.h"

/// What a task shows: its own, of all that was merged into it, and the message that it was split off with.
namespace orgo {

/// As TaskStore::history(): oldest first; the oldest `limit`.
Result<std::vector<StoredEvent>> history_with_parts(TaskStore& tasks, const Task& task, int limit);
/// As MessageStore::list() of the task: newest first, a page of it.
Result<std::vector<MessageSummary>> messages_with_parts(MessageStore& messages, const Task& task,
                                                        const MessageListRequest& request);
/// As Outbox::sends_of_task(): oldest first.
Result<std::vector<StoredSend>> sends_with_parts(Outbox& outbox, const Task& task);

/// For commands that are about a message. not_found: there is none, or it is not decided.
Result<commands::JoinedMessage> joined_message(MessageStore& messages, TenantId tenant, MessageId id);

}  // namespace orgo
