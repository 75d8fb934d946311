#include "service/gateway/pages/sent_parts.h"

#include <string_view>

namespace orgo::gateway::page {
namespace {

std::string_view words_for(SendKind kind) {
  switch (kind) {
    case SendKind::notification:
      return "word to colleagues";
    case SendKind::escalation:
      return "escalation";
    case SendKind::reply:
      return "automatic answer";
    case SendKind::webhook:
      return "webhook";
    case SendKind::answer:
      return "answer";
  }
  return to_string(kind);
}

/// Ours say in words why they did not send it; of other servers there are codes.
bool is_our_reason(SendState state) {
  return state == SendState::refused || state == SendState::restored;
}

void write_state(Html& html, const StoredSend& send) {
  html.text(send.state == SendState::recalled ? "taken back" : to_string(send.state));
  if (send.detail.empty()) return;
  if (is_our_reason(send.state)) {
    html.raw(" <span class=\"soft\">").name(send.detail).raw("</span>");
    return;
  }
  html.raw("<details class=\"fold\"><summary>What the server said</summary>").name(send.detail).raw("</details>");
}

}  // namespace

void write_sends(Html& html, std::span<const StoredSend> sends, TimePoint now) {
  html.raw(
      "<h2>Sent</h2>\n<table class=\"tasks\"><caption>What was sent because of this task</caption><thead><tr><th "
      "scope=\"col\">To</th>"
      "<th scope=\"col\">What</th><th scope=\"col\">When</th><th scope=\"col\">State</th></tr></thead>\n<tbody>\n");
  for (const auto& send : sends) {
    html.raw("<tr><td>").address(to_string(send.send.recipient));
    html.raw("</td><td class=\"inline\">").text(words_for(send.send.kind));
    html.raw("</td><td class=\"inline keep soft\">").age(send.updated_at, now).raw("</td><td>");
    write_state(html, send);
    html.raw("</td></tr>\n");
  }
  html.raw("</tbody></table>\n");
}

}  // namespace orgo::gateway::page
