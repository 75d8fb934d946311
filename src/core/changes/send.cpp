#include "core/changes/send.h"

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
    case SendState::restored:
      return "restored";
    case SendState::recalled:
      return "recalled";
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
    case SendKind::answer:
      return "answer";
  }
  return "unknown";
}

std::string_view lane_of(const Send& send) {
  return send.channel.empty() ? channel_of(send.recipient.kind).name : std::string_view(send.channel);
}

}  // namespace orgo
