#include "core/delivery/thread_fields.h"

#include <utility>

#include "base/text.h"
#include "core/mail/findings/find_follow_up.h"

namespace orgo {

constexpr std::size_t kReferencesMax = 20;

std::string mark_subject(std::string subject, const Task* task) {
  if (task == nullptr || !task->number || task_marker(subject) == task->number) return subject;
  const auto marker = "[" + to_string(task->number) + "] ";
  if (ascii_istarts_with(subject, "re:"))
    return "Re: " + marker + std::string(trim(std::string_view(subject).substr(3)));
  return marker + subject;
}

std::vector<std::string> references_to(const Message& message) {
  auto ids = message.references;
  if (ids.empty() && !message.in_reply_to.empty()) ids.push_back(message.in_reply_to);
  if (!message.message_id.empty()) ids.push_back(message.message_id);
  // The first is the root of the thread, the last ones are the nearest (RFC 5322, section 3.6.4, and what programs
  // cut).
  if (ids.size() > kReferencesMax)
    ids.erase(ids.begin() + 1, ids.end() - static_cast<std::ptrdiff_t>(kReferencesMax - 1));
  return ids;
}

}  // namespace orgo
