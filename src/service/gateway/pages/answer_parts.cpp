#include "service/gateway/pages/answer_parts.h"

#include <algorithm>
#include "core/changes/actor.h"

#include "service/gateway/pages/mail_parts.h"

namespace orgo::gateway::page {
namespace {

bool is_copy(const StoredSend& one, MessageId message) {
  return one.send.kind == SendKind::answer && one.send.content == message;
}

void write_list(Html& html, const std::vector<Address>& addresses) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i > 0) html.raw(", ");
    html.address(addresses[i].address);
  }
}

/// The words for what became of a copy. With the peer's answer where something went wrong.
void write_fate(Html& html, const StoredSend& copy, const AnswersShown& how) {
  bool reason = true;
  switch (copy.state) {
    case SendState::queued:
      if (copy.attempts == 0 && copy.send.due_at > how.now) {
        html.raw("leaves at ").text(clock_text(copy.send.due_at, how.zone));
        reason = false;
      } else {
        html.raw("queued");
      }
      break;
    case SendState::delivered:
      html.raw("<span class=\"done\">delivered</span>");
      reason = false;
      break;
    case SendState::failed:
      html.raw("<strong class=\"urgent\">failed</strong>");
      break;
    case SendState::refused:
      html.raw("<strong class=\"urgent\">not sent</strong>");
      break;
    case SendState::bounced:
      html.raw("<strong class=\"urgent\">did not arrive</strong>");
      break;
    case SendState::restored:
      html.raw("<strong class=\"urgent\">held since a backup was put back</strong>");
      break;
    case SendState::recalled:
      html.raw("taken back");
      reason = false;
      break;
  }
  if (reason && !copy.detail.empty()) html.raw(": <span class=\"soft\">").name(copy.detail).raw("</span>");
}

/// Did a copy not reach whom it was for?
bool is_worth_again(const StoredSend& copy) {
  return copy.state == SendState::recalled || copy.state == SendState::failed || copy.state == SendState::refused ||
         copy.state == SendState::bounced;
}

void write_answer_head(Html& html, const StoredMessage& stored, const MailView& view, const AnswerOrder& order,
                       const AnswersShown& how) {
  const auto& message = view.message;
  const auto id = to_string(stored.id);
  const auto who = actor_name(order.actor);
  html.raw("<header><strong>").name(message.from && !message.from->name.empty() ? message.from->name : who);
  html.raw("</strong>");
  if (order.internal) {
    html.raw(" <span class=\"chip\">note, for colleagues only</span>");
  } else {
    html.raw(" answered, to ");
    std::vector<Address> each;
    for (const auto& one : order.threads) each.push_back({"", one.to});
    write_list(html, each.empty() ? message.as_mail().to : each);
    if (!message.as_mail().cc.empty()) {
      html.raw(", copy to ");
      write_list(html, message.as_mail().cc);
    }
  }
  if (const auto files = message.attachments.size(); files > 0)
    html.raw(", ").number(static_cast<std::int64_t>(files)).text(files == 1 ? " file" : " files");
  html.raw(" <span class=\"soft\">").age(stored.envelope.received_at, how.now);
  html.raw(", <a").attribute("href", "/messages/" + id).raw(">").text(id).raw("</a></span></header>\n");
}

}  // namespace

std::optional<AnswerOrder> order_of(const StoredMessage& stored, const Message& message) {
  return stored.envelope.channel == Channel::answer ? read_answer_order(message) : std::nullopt;
}

void write_answer(Html& html, const StoredMessage& stored, const MailView& view, const ShownOrder& shown,
                  const AnswersShown& how) {
  const auto& order = shown.order;
  if (order.internal) html.raw("<article class=\"card mail note\">");
  else html.raw("<article class=\"card mail ours\">");
  write_answer_head(html, stored, view, order, how);
  if (!shown.not_done.empty())
    html.raw("<p><strong class=\"urgent\">not done</strong>: <span class=\"soft\">")
        .name(shown.not_done)
        .raw("</span></p>\n");
  write_text(html, view, {});
  write_attachments(html, view, stored.id);
  write_copies(html, stored.id, how);
  const bool again = !shown.not_done.empty() || std::ranges::any_of(how.sends, [&](const StoredSend& one) {
    return is_copy(one, stored.id) && is_worth_again(one);
  });
  if (again && how.may_write) {
    html.raw("<p><a").attribute("href", "/tasks/" + to_string(order.task) + "?again=" + to_string(stored.id));
    html.raw(">Write it again</a></p>\n");
  }
  html.raw("</article>\n");
}

void write_copies(Html& html, MessageId message, const AnswersShown& how) {
  bool any = false;
  for (const auto& one : how.sends) {
    if (!is_copy(one, message)) continue;
    if (!any) html.raw("<ul class=\"copies\" aria-label=\"What became of it\">\n");
    any = true;
    html.raw("<li>").address(to_string(one.send.recipient)).raw(": ");
    write_fate(html, one, how);
    html.raw("</li>\n");
  }
  if (any) html.raw("</ul>\n");
}

AnswerDraft draft_of(const Message& message) {
  AnswerDraft draft{.text = message.text};
  while (draft.text.ends_with('\n')) draft.text.pop_back();
  if (const auto order = read_answer_order(message); order && !order->threads.empty())
    draft.to = order->threads.size() > 1 ? std::string(kEachOfThem) : order->threads.front().to;
  for (const auto& one : message.as_mail().cc) draft.cc.append(draft.cc.empty() ? "" : ", ").append(one.address);
  return draft;
}

bool is_recalled(std::span<const StoredSend> sends, MessageId message) {
  bool any = false;
  for (const auto& one : sends) {
    if (!is_copy(one, message)) continue;
    if (one.state != SendState::recalled) return false;
    any = true;
  }
  return any;
}

}  // namespace orgo::gateway::page
