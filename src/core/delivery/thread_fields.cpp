#include "core/delivery/thread_fields.h"

#include <utility>

#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/message/reply_subject.h"

namespace orgo {

constexpr std::size_t kReferencesMax = 20;

std::string mark_subject(std::string subject, const Task* task) {
  if (task == nullptr || !task->number || task_marker(subject) == task->number) return subject;
  const auto marker = "[" + to_string(task->number) + "] ";
  if (ascii_istarts_with(subject, "re:"))
    return "Re: " + marker + std::string(trim(std::string_view(subject).substr(3)));
  return marker + subject;
}

std::string answered_subject(const Message& message, const Task* task) {
  const auto marker = task_marker(message.subject);
  if (task != nullptr && marker && marker != task->number &&
      plain_subject(message.subject) == plain_subject(task->title) && !ORGO_PLANT(subject_keeps_the_marker))
    return task->title;
  return one_line(message.subject, kMailSubjectMax);
}

std::vector<std::string> references_to(const Message& message) {
  auto ids = message.references;
  if (ids.empty() && !message.in_reply_to.empty()) ids.push_back(message.in_reply_to);
  if (!message.message_id.empty()) {
    std::erase(ids, message.message_id);  // some name themselves; at the end it stands once
    ids.push_back(message.message_id);
  }
  // The first is the root of the thread, the last ones are the nearest (RFC 5322, section 3.6.4, and what programs
  // cut).
  if (ids.size() > kReferencesMax)
    ids.erase(ids.begin() + 1, ids.end() - static_cast<std::ptrdiff_t>(kReferencesMax - 1));
  return ids;
}

}  // namespace orgo
