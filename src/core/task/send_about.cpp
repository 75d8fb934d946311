#include "core/task/send_about.h"

#include <utility>

namespace orgo {

Send send_about(const Task& task, SendKind kind, Contact to, std::string_view template_name, TimePoint due_at) {
  Send send;
  send.kind = kind;
  send.recipient = std::move(to);
  send.priority = notice_priority(task.priority);
  send.subject = task.number;
  send.message = task.origin;
  send.template_name = template_name;
  send.due_at = due_at;
  send.cause = contact_key(task.requester);
  return send;
}

}  // namespace orgo
