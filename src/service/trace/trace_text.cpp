#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "base/json_words.h"
#include "base/neutral.h"
#include "base/text.h"
#include "core/processing/trace.h"
#include "service/trace/trace_service.h"

namespace orgo {
namespace {

constexpr std::size_t kLineMax = 300;

/// One line that can't move the cursor or change colours of the reader's terminal, whatever a stranger wrote.
std::string tame(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() < kLineMax;) {
    const auto length = utf8_length(text, i);
    const auto c = static_cast<unsigned char>(text[i]);
    if (length == 0 || c < 0x20 || c == 0x7F || unshowable(text, i) != 0) out += length == 0 ? "\xEF\xBF\xBD" : " ";
    else out += text.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  if (out.size() >= kLineMax) out += "...";
  return out;
}

std::string shown(const Address& address) {
  return tame(address.name.empty() ? address.address : address.name + " <" + address.address + ">");
}

class Text {
 public:
  void heading(std::string_view name) { out_ += "\n" + std::string(name) + "\n"; }
  void line(std::string_view name, std::string_view value) {
    out_ += "  " + std::string(name);
    if (name.size() < 14) out_.append(14 - name.size(), ' ');
    out_ += " " + tame(value) + "\n";
  }
  void plain(std::string_view value) { out_ += "  " + tame(value) + "\n"; }
  void first(std::string_view value) { out_ += tame(value) + "\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string in_words(const rules::RuleTrace& rule) {
  auto words = (rule.matched ? "+ " : "- ") + rule.rule + ": " + rule.why;
  if (!rule.condition.empty()) words += ": " + rule.condition;
  // Of a single test `why` has said it.
  if (rule.parts.size() == 1 && rule.why.find(rule.parts.front().text) != std::string::npos) return words;
  for (const auto& part : rule.parts) {
    words += (&part == rule.parts.data() ? "; of it " : ", ") + std::string(part.negated ? "not " : "") + part.text;
    words += std::string(": ") + (part.held ? "yes" : "no");
    if (!part.found.empty()) words += " (it is " + part.found + ")";
  }
  return words;
}

void write_decision_trace(Text& text, const Trace& trace) {
  const auto line = [&](std::string_view name, const std::string& words) {
    if (!words.empty()) text.line(name, words);
  };
  for (const auto& finding : trace.findings) text.line("findings", finding.kind + ": " + finding.detail);
  line("keywords", join(trace.keywords, ", "));
  for (const auto& rule : trace.rules) text.line("rules", in_words(rule));
  line("routed_to", join(trace.routed_to, ", "));
  line("thread", trace.thread);
  line("thread_refused", trace.thread_refused);
  line("not_answered", trace.not_answered);
}

void write_view(Text& text, const MailView& view) {
  const auto bytes_of = [&](TextKind kind) {
    std::size_t bytes = 0;
    for (const auto& span : view.split.spans)
      if (span.kind == kind) bytes += span.end - span.begin;
    return bytes;
  };
  if (view.split.has(TextKind::quoted) || view.split.has(TextKind::signature))
    text.line("of it", std::to_string(bytes_of(TextKind::fresh)) + " new, " +
                           std::to_string(bytes_of(TextKind::quoted)) + " quoted, " +
                           std::to_string(bytes_of(TextKind::signature)) + " signature");
  if (view.language) text.line("language", view.language->language);
  if (const auto words = in_words(view.protection, view.check); !words.empty()) text.line("protection", words);
  for (const auto& invite : view.invites)
    text.line("calendar", invite.what() + ": " + invite.event.summary + ", " + invite.when() +
                              (invite.event.location.empty() ? "" : ", " + invite.event.location));
}

/// What an event tells, an instant as the clocks of `zone` show it.
std::string told(std::string text, const TimeZone& zone) {
  const auto at = parse_rfc3339(text);
  return at ? to_rfc3339(*at, zone) : text;
}

std::string in_words(const MailDate& date, const TimeZone& zone) {
  auto words = to_rfc3339(date.at, zone) + ", by " + std::string(orgo::in_words(date.source));
  if (!date.doubt.empty()) words += "; of the Date field: " + date.doubt;
  return words;
}

std::string way_of(const Envelope& envelope) {
  return " by " + std::string(to_string(envelope.channel)) + (envelope.peer.empty() ? "" : " from " + envelope.peer);
}

std::string size_words(const Message& message) {
  return std::to_string(message.text.size()) + " bytes" + (message.as_mail().html.empty() ? "" : ", and HTML");
}

/// As `orgo queue` names it.
std::string item_of(const DeadLetter& letter) {
  return to_string(QueueItemId{letter.key.reference});
}

}  // namespace

std::string to_text(const Story& story) {
  Text text;
  const auto& message = story.message;
  const auto& envelope = message.envelope;
  text.first("Message " + to_string(message.id));
  text.line("received", to_rfc3339(envelope.received_at, story.zone) + way_of(envelope));
  text.line("sender", envelope.sender.empty() ? "<> (a notice)" : envelope.sender.address);
  text.line("recipient", to_string(envelope.recipient));
  text.line("bytes", std::to_string(message.size) + (story.bytes_sha256 ? ", SHA-256 " + *story.bytes_sha256
                                                                        : ", not readable: " + story.bytes_problem));
  if (message.known_id) text.line("note", "a message with this Message-ID but another body or recipient came before");

  if (story.parsed) {
    const auto& parsed = *story.parsed;
    text.heading("What the parser sees");
    if (parsed.from) text.line("from", shown(*parsed.from));
    text.line("subject", parsed.subject);
    if (story.dated) text.line("date", in_words(*story.dated, story.zone));
    if (!parsed.message_id.empty()) text.line("message-id", parsed.message_id);
    if (!parsed.in_reply_to.empty()) text.line("in-reply-to", parsed.in_reply_to);
    text.line("text", size_words(parsed));
    if (story.view) write_view(text, *story.view);
    for (const auto& attachment : parsed.attachments)
      text.line("attachment", attachment.filename + " (" + attachment.content_type + ", " +
                                  std::to_string(attachment.size) + " bytes)");
    for (const auto& defect : parsed.defects) text.line("defect", defect.kind + ": " + defect.detail);
  }

  text.heading("What was decided");
  if (story.decision) {
    text.line("outcome", std::string(to_string(story.decision->outcome)) +
                             (story.task ? " " + to_string(story.task->number) : ""));
    text.line("why", story.decision->reason);
    text.line("rules", "version " + story.decision->rules_version);
    if (story.trace) write_decision_trace(text, *story.trace);
  } else if (story.dead) {
    text.plain("Nothing: processing gave it up after " + std::to_string(story.dead->attempts) + " attempts, " +
               to_rfc3339(story.dead->died_at, story.zone) + ": " + story.dead->error);
    text.plain("It lies in the dead letters as " + item_of(*story.dead) + "; see `orgo queue`.");
  } else {
    text.plain("Nothing yet: it waits to be processed.");
  }

  if (story.task) {
    const auto& task = *story.task;
    text.heading("Task " + to_string(task.number));
    text.line("title", task.title);
    text.line("state", std::string(to_string(task.state)) + ", priority " + std::string(to_string(task.priority)));
    text.line("team", task.team.empty() ? "nobody yet" : task.team);
    text.line("assignee", task.assignee.empty() ? "nobody yet" : task.assignee);
    if (task.due_at) text.line("due", to_rfc3339(*task.due_at, story.zone));
    if (story.next_escalation) text.line("escalates", to_rfc3339(*story.next_escalation, story.zone));
  }

  if (!story.timeline.empty()) {
    text.heading("What happened");
    for (const auto& stored : story.timeline) {
      std::string line = to_rfc3339(stored.event.at, story.zone) + "  " + std::string(to_string(stored.event.kind));
      if (stored.event.message && stored.event.message != message.id) line += " " + to_string(stored.event.message);
      if (stored.event.send) line += " " + to_string(stored.event.send);
      if (!stored.event.actor.empty()) line += " by " + stored.event.actor;
      if (const auto data = parse_json(stored.event.data); data && data->is_object() && !data->as_object().empty()) {
        const auto words = [&](std::string one) { return told(std::move(one), story.zone); };
        line += " (" + members_in_words(data->as_object(), words) + ")";
      }
      text.plain(line);
    }
  }

  if (!story.sends.empty()) {
    text.heading("What was sent");
    for (const auto& send : story.sends) {
      std::string line = to_string(send.id) + "  " + std::string(to_string(send.send.kind)) + " to " +
                         send.send.recipient.address + ": " + std::string(to_string(send.state));
      if (send.attempts > 0)
        line += " after " + std::to_string(send.attempts) + (send.attempts == 1 ? " attempt" : " attempts");
      if (!send.detail.empty()) line += ", " + send.detail;
      text.plain(line);
    }
  }
  return text.take();
}

}  // namespace orgo
