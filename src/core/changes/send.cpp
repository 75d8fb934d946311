#include "core/changes/send.h"

#include <utility>

#include "core/channel/channel_traits.h"

namespace orgo {

std::string_view to_string(SendState state) {
  switch (state) {
    case SendState::queued:
      return "queued";
    case SendState::delivered:
      return "delivered";
    case SendState::failed:
      return "failed";
    case SendState::refused:
      return "refused";
    case SendState::bounced:
      return "bounced";
  }
  return "unknown";
}

std::string_view to_string(SendKind kind) {
  switch (kind) {
    case SendKind::notification:
      return "notification";
    case SendKind::escalation:
      return "escalation";
    case SendKind::reply:
      return "reply";
    case SendKind::webhook:
      return "webhook";
  }
  return "unknown";
}

void set_recipient(Send& send, Contact recipient) {
  send.channel = channel_of(recipient.kind).name;
  send.recipient = std::move(recipient);
}

}  // namespace orgo
