#include "service/tasks/conversation.h"

#include <algorithm>
#include <iterator>

#include "base/keep_first.h"

namespace orgo {
namespace {

/// What `read` gives of the task and of each of its parts.
template <typename One, typename Read>
Result<std::vector<One>> of_all(const Task& task, const Read& read) {
  ORGO_TRY(all, read(task.number));
  for (const auto part : task.ties.merged) {
    ORGO_TRY(more, read(part));
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return all;
}

/// The message with which the task was split off belongs to another one; it is older than all that came here.
Status add_split_off(MessageStore& messages, const Task& task, const MessageListRequest& request,
                     std::vector<MessageSummary>& all) {
  const bool is_there = std::ranges::any_of(all, [&](const auto& one) { return one.message.id == task.origin; });
  if (!task.origin || is_there || all.size() >= static_cast<std::size_t>(request.limit) ||
      (request.before && task.origin >= request.before))
    return {};
  ORGO_TRY(decision, messages.decision(task.tenant, task.origin));
  if (!decision || decision->split_to != task.number) return {};
  ORGO_TRY(message, messages.read(task.tenant, task.origin));
  decision->trace.clear();
  all.push_back({std::move(message), std::move(decision)});
  return {};
}

}  // namespace

Result<std::vector<StoredEvent>> history_with_parts(TaskStore& tasks, const Task& task, int limit) {
  ORGO_TRY(all,
           of_all<StoredEvent>(task, [&](TaskNumber number) { return tasks.history(task.tenant, number, limit); }));
  std::ranges::sort(all, {}, &StoredEvent::sequence);
  keep_first(all, static_cast<std::size_t>(limit));
  return all;
}

Result<std::vector<MessageSummary>> messages_with_parts(MessageStore& messages, const Task& task,
                                                        const MessageListRequest& request) {
  ORGO_TRY(all, of_all<MessageSummary>(task, [&](TaskNumber number) {
             auto of_one = request;
             of_one.task = number;
             return messages.list(of_one);
           }));
  ORGO_CHECK(add_split_off(messages, task, request, all));
  std::ranges::sort(all, std::greater{}, [](const MessageSummary& one) { return one.message.id; });
  keep_first(all, static_cast<std::size_t>(request.limit));
  return all;
}

Result<std::vector<StoredSend>> sends_with_parts(Outbox& outbox, const Task& task) {
  ORGO_TRY(all, of_all<StoredSend>(task, [&](TaskNumber number) { return outbox.sends_of_task(task.tenant, number); }));
  std::ranges::sort(all, {}, &StoredSend::id);
  return all;
}

Result<commands::JoinedMessage> joined_message(MessageStore& messages, TenantId tenant, MessageId id) {
  ORGO_TRY(message, messages.read(tenant, id));
  ORGO_TRY(decision, messages.decision(tenant, id));
  if (!decision) return failure(Errc::not_found, to_string(id) + " is not decided yet");
  return commands::JoinedMessage{
      .id = id,
      .task = decision->task.id(),
      .split_to = decision->split_to,
      .subject = decision->subject,
      .from = decision->from,
      .is_work = decision->outcome == Outcome::task_opened || decision->outcome == Outcome::task_joined,
      .opened = decision->outcome == Outcome::task_opened,
      .is_ours = message.envelope.channel == Channel::answer};
}

}  // namespace orgo
