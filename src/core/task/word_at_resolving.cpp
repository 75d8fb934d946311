#include "core/task/word_at_resolving.h"

#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr const char* kTemplate = "task_resolved";

}  // namespace

std::optional<Send> word_at_resolving(const Task& before, const Task& after, std::string_view actor, TimePoint now) {
  const bool by_person = actor.starts_with("user:");
  const auto& to = after.requester;
  if (!by_person || !is_open(before.state) || is_open(after.state) || after.ties.into || to.kind != ContactKind::mail ||
      !is_mail_address(to.address))
    return std::nullopt;
  Send send;
  send.kind = SendKind::reply;
  send.recipient = to;
  send.priority = Priority::normal;
  send.subject = after.number;
  send.message = after.origin;
  send.template_name = kTemplate;
  send.due_at = now;
  return send;
}

bool is_word_at_resolving(const Send& send) {
  return send.kind == SendKind::reply && send.template_name == kTemplate && send.cause.empty();
}

}  // namespace orgo
