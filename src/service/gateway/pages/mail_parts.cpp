#include "service/gateway/pages/mail_parts.h"

#include <algorithm>
#include <array>

#include "base/html.h"
#include "base/unicode.h"
#include "core/mail/show/mail_view.h"
#include "service/gateway/content/view_budget.h"

namespace orgo::gateway::page {
namespace {

constexpr std::size_t kTextMax = 64 * 1024;  ///< of one mail on a page; the rest is in the download
constexpr std::size_t kAttachmentsMax = 200;
constexpr std::size_t kAttendeesMax = 30;

void write_person(Html& html, const IcalPerson& person) {
  html.name(person.name.empty() ? person.address : person.name);
  if (person.participation == "ACCEPTED") html.raw(" <span class=\"soft\">(comes)</span>");
  else if (person.participation == "DECLINED") html.raw(" <span class=\"soft\">(does not come)</span>");
  else if (person.participation == "TENTATIVE") html.raw(" <span class=\"soft\">(perhaps)</span>");
}

/// Does the HTML end as the text does? If not, the mail has text beside its HTML: a footer of a list, or another part.
bool html_says_it_all(const Message& message) {
  const auto ink = [](std::string_view text) {
    std::string out;
    for (const char c : text)
      if (c != ' ' && c != '\n' && c != '\t' && c != '\r') out += c;
    return out;
  };
  const auto text = ink(message.text);
  const std::string_view end = std::string_view(text).substr(text.size() - std::min<std::size_t>(text.size(), 40));
  return ink(html_to_text(std::string_view(message.as_mail().html).substr(0, ViewBudget::kHtmlBytes))).find(end) !=
         std::string::npos;
}

}  // namespace

std::string size_in_words(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kUnits{"bytes", "KB", "MB", "GB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  const auto tenths = static_cast<std::uint64_t>(value * 10 + 0.5);
  std::string out = std::to_string(unit == 0 ? bytes : tenths / 10);
  if (unit > 0 && tenths < 100) out += "." + std::to_string(tenths % 10);
  return out + " " + std::string(kUnits[unit]);
}

void write_protection(Html& html, const MailView& view) {
  const auto words = in_words(view.protection, view.check);
  if (words.empty()) return;
  using State = SignatureCheck::State;
  if (view.check.state == State::broken) html.raw("<p class=\"alert\" role=\"alert\">").text(words).raw("</p>\n");
  else if (view.check.state == State::verified) html.raw("<p class=\"signed\">").text(words).raw("</p>\n");
  else html.raw("<p class=\"soft\">").text(words).raw("</p>\n");
}

void write_invites(Html& html, const MailView& view) {
  for (const auto& invite : view.invites) {
    const auto& event = invite.event;
    html.raw("<section class=\"invite\" aria-label=\"Calendar\"><strong>")
        .text(invite.what())
        .raw("</strong> ")
        .name(event.summary);
    html.raw("<dl><dt>When</dt><dd>").text(invite.when());
    if (const auto again = invite.recurrence(); !again.empty()) html.raw(", ").text(again);
    html.raw("</dd>");
    if (!event.location.empty()) html.raw("<dt>Where</dt><dd>").name(event.location).raw("</dd>");
    if (event.organizer) {
      html.raw("<dt>From</dt><dd>");
      write_person(html, *event.organizer);
      html.raw("</dd>");
    }
    if (!event.attendees.empty()) {
      html.raw("<dt>Who</dt><dd>");
      for (std::size_t i = 0; i < event.attendees.size() && i < kAttendeesMax; ++i) {
        if (i > 0) html.raw(", ");
        write_person(html, event.attendees[i]);
      }
      if (event.attendees.size() > kAttendeesMax)
        html.raw(" and ").number(static_cast<std::int64_t>(event.attendees.size() - kAttendeesMax)).raw(" more");
      html.raw("</dd>");
    }
    html.raw("</dl></section>\n");
  }
}

void write_text(Html& html, const MailView& view, const RuleMarks& marks) {
  const auto& text = view.message.text;
  const bool all_old = !view.split.has(TextKind::fresh);
  std::size_t room = kTextMax;
  for (const auto& span : view.split.spans) {
    if (room == 0) break;
    auto piece = std::string_view(text).substr(span.begin, span.end - span.begin);
    piece = cut_utf8(piece, room);
    room -= piece.size() == span.end - span.begin ? piece.size() : room;
    while (piece.ends_with('\n')) piece.remove_suffix(1);
    if (span.kind == TextKind::fresh || all_old) {
      if (piece.empty()) continue;
      html.raw("<pre dir=\"auto\">");
      write_marked(html, piece, marks.body, span.begin);
      html.raw("</pre>\n");
      continue;
    }
    const bool has_marks = std::any_of(marks.body.begin(), marks.body.end(), [&](const auto& mark) {
      return mark.offset < span.begin + piece.size() && mark.offset + mark.length > span.begin;
    });
    if (has_marks) html.raw("<details class=\"fold\" open><summary>");
    else html.raw("<details class=\"fold\"><summary>");
    if (span.kind == TextKind::signature) html.raw("Signature");
    else if (span.forwarded) html.raw("Forwarded text");
    else html.raw("Quoted text");
    html.raw("</summary><pre dir=\"auto\">");
    write_marked(html, piece, marks.body, span.begin);
    html.raw("</pre></details>\n");
  }
  if (text.size() > kTextMax) html.raw("<p class=\"soft\">The text is longer; the download has all of it.</p>\n");
}

void write_attachments(Html& html, const MailView& view, MessageId id) {
  const auto& attachments = view.message.attachments;
  if (attachments.empty()) return;
  html.raw("<ul class=\"attached\" aria-label=\"Attachments\">\n");
  for (std::size_t i = 0; i < attachments.size() && i < kAttachmentsMax; ++i) {
    const auto& attachment = attachments[i];
    html.raw("<li><a")
        .attribute("href", "/messages/" + to_string(id) + "/attachments/" + std::to_string(i))
        .raw(" download>");
    html.name(attachment.filename).raw("</a> <span class=\"soft\">").text(attachment.content_type).raw(", ");
    html.text(size_in_words(attachment.size)).raw("</span></li>\n");
  }
  html.raw("</ul>\n");
  if (attachments.size() > kAttachmentsMax)
    html.raw("<p class=\"soft\">")
        .number(static_cast<std::int64_t>(attachments.size() - kAttachmentsMax))
        .raw(" more are in the download.</p>\n");
}

void write_mail_head(Html& html, const StoredMessage& stored, const MailView& view, TimePoint now,
                     const RuleMarks& marks) {
  const auto id = to_string(stored.id);
  const auto& message = view.message;
  html.raw("<header><strong>");
  if (message.from) html.name(message.from->name.empty() ? message.from->address : message.from->name);
  else html.raw("(no sender)");
  html.raw("</strong>");
  if (message.from && !message.from->name.empty())
    html.raw(" <span class=\"soft\">").name(message.from->address).raw("</span>");
  html.raw(" <span class=\"soft\">to ")
      .name(to_string(stored.envelope.recipient))
      .raw(", ")
      .age(stored.envelope.received_at, now);
  html.raw(", <a").attribute("href", "/messages/" + id).raw(">").text(id).raw("</a>");
  if (view.language)
    html.raw(", <abbr")
        .attribute("title", "the language that it seems to be written in")
        .raw(">")
        .text(view.language->language)
        .raw("</abbr>");
  html.raw("</span><br><bdi>");
  write_marked(html, message.subject, marks.subject);
  html.raw("</bdi></header>\n");
}

void write_left_out(Html& html, const StoredMessage& stored, TimePoint now) {
  const auto id = to_string(stored.id);
  html.raw("<article class=\"card mail\"><header>").name(to_string(stored.envelope.sender));
  html.raw(" <span class=\"soft\">").age(stored.envelope.received_at, now);
  html.raw("</span></header><p class=\"soft\">Too large to be shown with the others: <a")
      .attribute("href", "/messages/" + id)
      .raw(">")
      .text(id)
      .raw("</a>, ")
      .text(size_in_words(stored.size))
      .raw(".</p></article>\n");
}

void write_mail(Html& html, const StoredMessage& stored, const MailView* view, const MailShown& how) {
  html.raw("<article class=\"card mail\">");
  if (view == nullptr) {
    const auto id = to_string(stored.id);
    html.raw("<header><a")
        .attribute("href", "/messages/" + id)
        .raw(">")
        .text(id)
        .raw("</a> from ")
        .name(to_string(stored.envelope.sender));
    html.raw("</header><p class=\"alert\">The bytes of this message can not be read.</p></article>\n");
    return;
  }
  const auto marks = how.marked != nullptr ? marks_of(*how.marked, *view) : RuleMarks{};
  write_mail_head(html, stored, *view, how.now, marks);
  write_protection(html, *view);
  write_invites(html, *view);
  if (how.frame && how.marked == nullptr && !view->message.as_mail().html.empty()) {
    write_frame(html, *view, stored.id, how.remote);
    if (!html_says_it_all(view->message)) {
      html.raw("<details class=\"fold\"><summary>Text that stands beside the HTML</summary>\n");
      write_text(html, *view, marks);
      html.raw("</details>\n");
    }
  } else {
    write_text(html, *view, marks);
  }
  write_attachments(html, *view, stored.id);
  html.raw("</article>\n");
}

}  // namespace orgo::gateway::page
