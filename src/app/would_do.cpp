#include "app/would_do.h"

#include "app/output.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "core/mail/read/envelope_of.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"

namespace orgo {
namespace {

const json::array& array_of(const json::object& object, std::string_view name) {
  static const json::array none;
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? value->as_array() : none;
}

std::string bytes_in_words(std::uint64_t bytes) {
  if (bytes < 10'000) return std::to_string(bytes) + " bytes";
  if (bytes < 10'000'000) return std::to_string(bytes / 1000) + " kB";
  return std::to_string(bytes / 1'000'000) + " MB";
}

}  // namespace

std::vector<std::string> WouldDo::texts(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& value : array_of(trace, name))
    if (value.is_string()) found.emplace_back(value.as_string());
  return found;
}

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
  auto with_trace = settings;
  with_trace.with_trace = true;
  with_trace.trace_all_rules = true;
  auto changes = decide(incoming, context, rules, with_trace, now);
  WouldDo result{.message = std::move(incoming.message),
                 .raw = std::move(incoming.raw),
                 .envelope = std::move(incoming.envelope),
                 .changes = std::move(changes),
                 .trace = {}};
  if (auto trace = parse_json(result.decision().trace); trace && trace->is_object())
    result.trace = std::move(trace->as_object());
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
  line("keywords", list(result.texts("keywords")));
  const auto routed_to = result.texts("routed_to");
  line("routed to", routed_to.empty() ? "nobody" : join(routed_to, ", "));
  line("why", result.decision().reason);
  for (const auto& finding : array_of(result.trace, "findings"))
    if (finding.is_object())
      line("finding", text_of(finding.as_object(), "kind") + ", " + text_of(finding.as_object(), "detail"));
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
  for (const auto* part : {"findings", "keywords", "routed_to", "rules"})
    json.key(part).raw(json::serialize(array_of(result.trace, part)));
  json.field("outcome", to_string(result.decision().outcome)).field("reason", result.decision().reason);
  json.end_object();
  return out;
}

}  // namespace orgo
