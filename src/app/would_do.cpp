#include "app/would_do.h"

#include "app/output.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "core/mail/read/envelope_of.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"

namespace orgo {
namespace {

std::string bytes_in_words(std::uint64_t bytes) {
  if (bytes < 10'000) return std::to_string(bytes) + " bytes";
  if (bytes < 10'000'000) return std::to_string(bytes / 1000) + " kB";
  return std::to_string(bytes / 1'000'000) + " MB";
}

}  // namespace

WouldDo would_do(std::string_view bytes, const rules::RuleSet& rules, const DecideSettings& settings, TimePoint now,
                 std::string_view recipient) {
  auto message = read_message(bytes);
  auto envelope = envelope_of(kTrialTenant, message, Channel::lmtp, now, recipient);
  // What is not stored has no number; the decision needs one.
  Incoming incoming{.id = MessageId{1}, .envelope = std::move(envelope), .message = std::move(message)};
  incoming.raw = bytes;
  incoming.key = dedup_key(incoming.envelope, bytes);
  return would_do(std::move(incoming), {}, rules, settings, now);
}

WouldDo would_do(Incoming incoming, const Context& context, const rules::RuleSet& rules, const DecideSettings& settings,
                 TimePoint now) {
  auto traced = settings;
  traced.trace = TraceDepth::all;
  auto changes = decide(incoming, context, rules, traced, now);
  WouldDo result{.message = std::move(incoming.message),
                 .raw = std::move(incoming.raw),
                 .envelope = std::move(incoming.envelope),
                 .changes = std::move(changes),
                 .trace = {}};
  result.trace = parse_trace(result.decision().trace).value_or(Trace{});
  return result;
}

std::string to_text(const WouldDo& result, const MailView* view) {
  const auto& message = result.message;
  const auto list = [](const std::vector<std::string>& texts) { return texts.empty() ? "(none)" : join(texts, ", "); };
  std::string out;
  const auto line = [&](std::string_view name, std::string_view text) {
    out.append(name).append(": ").append(cell(text, 1000)).append("\n");
  };
  line("sender", message.from ? message.from->address : result.envelope.sender.address);
  line("subject", message.subject);
  line("keywords", list(result.trace.keywords));
  const auto& routed_to = result.trace.routed_to;
  line("routed to", routed_to.empty() ? "nobody" : join(routed_to, ", "));
  line("why", result.decision().reason);
  for (const auto& finding : result.trace.findings) line("finding", finding.kind + ", " + finding.detail);
  if (view != nullptr) {
    if (view->language) line("language", view->language->language);
    if (const auto words = in_words(view->protection, view->check); !words.empty()) line("protection", words);
    for (const auto& invite : view->invites) {
      const auto& event = invite.event;
      line("calendar", invite.what() + ": " + event.summary + ", " + invite.when() +
                           (invite.recurrence().empty() ? "" : ", " + invite.recurrence()) +
                           (event.location.empty() ? "" : ", in " + event.location));
      if (event.organizer)
        line("organizer", event.organizer->name.empty()
                              ? event.organizer->address
                              : event.organizer->name + " <" + event.organizer->address + ">");
    }
    if (view->split.has(TextKind::quoted) || view->split.has(TextKind::signature)) {
      line("new text", view->text_of(TextKind::fresh));
      if (const auto quoted = view->text_of(TextKind::quoted); !quoted.empty())
        line("quoted", bytes_in_words(quoted.size()));
      if (const auto signature = view->text_of(TextKind::signature); !signature.empty()) line("signature", signature);
    }
  }
  for (const auto& attachment : message.attachments)
    line("attachment",
         attachment.filename + " (" + attachment.content_type + ", " + bytes_in_words(attachment.size) + ")");
  for (const auto& defect : message.defects) line("defect", defect.kind + ", " + defect.detail);
  return out;
}

std::string to_json(const WouldDo& result, std::string_view name, const MailView* view) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (!name.empty()) json.field("file", name);
  write_message_fields(json, result.message);
  if (view != nullptr) write_mail_view(json, *view);
  const auto texts = [&](std::string_view key, const std::vector<std::string>& list) {
    json.key(key).begin_array();
    for (const auto& text : list) json.string(text);
    json.end_array();
  };
  json.key("findings");
  write_findings(json, result.trace);
  texts("keywords", result.trace.keywords);
  texts("routed_to", result.trace.routed_to);
  json.key("rules");
  write_rules(json, result.trace.rules);
  json.field("outcome", to_string(result.decision().outcome)).field("reason", result.decision().reason);
  json.end_object();
  return out;
}

}  // namespace orgo
