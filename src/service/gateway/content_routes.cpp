#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"
#include "service/gateway/attachment_response.h"
#include "service/gateway/mail_content.h"

namespace orgo::gateway {
namespace {

/// "a%40b" -> "a@b"; a Content-ID in an address is percent-encoded (RFC 2392).
std::string percent_decoded(std::string_view text) {
  std::string out;
  const auto hex = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Result<HttpResponse> show_content(House& house, const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(stored, house.services.messages.read(call.caller->tenant, id));
  ORGO_TRY(bytes, house.services.messages.read_bytes(call.caller->tenant, id));
  const auto remote = parameter(call, "remote");
  if (!remote.empty() && remote != "true" && remote != "false")
    return failure(Errc::invalid_input, "remote is 'true' or 'false'");
  const auto view = view_of(house, stored, bytes);
  const auto base = "/api/v1/messages/" + to_string(id) + "/attachments/";
  const auto safe = safe_html(view, base, remote == "true", false);
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().field("id", to_string(id));
  writer.field("subject", view.message.subject).key("from");
  if (view.message.from) write_address(writer, *view.message.from);
  else writer.null();
  writer.field("text", view.message.text);
  write_mail_view(writer, view);
  writer.field("safe_html", safe.html)
      .field("remote_blocked", safe.remote_blocked)
      .field("deceptive_links", safe.deceptive_links);
  writer.key("attachments").begin_array();
  for (std::size_t i = 0; i < view.message.attachments.size(); ++i) {
    const auto& attachment = view.message.attachments[i];
    writer.begin_object().field("filename", attachment.filename).field("content_type", attachment.content_type);
    writer.field("size", static_cast<std::int64_t>(attachment.size)).field("sha256", attachment.sha256);
    writer.field("inline", attachment.is_inline).field("url", base + std::to_string(i)).end_object();
  }
  writer.end_array().end_object();
  return json_response(std::move(body));
}

}  // namespace

MailView view_of(House& house, const StoredMessage& stored, std::string_view bytes, Deadline deadline) {
  auto view = mail_view(bytes);
  view.check =
      check_signature(bytes, view.protection, house.services.signatures, stored.envelope.received_at, deadline);
  return view;
}

SanitisedHtml safe_html(const MailView& view, std::string_view base, bool remote_content, bool fold) {
  SanitiseOptions options;
  options.remote_content = remote_content;
  options.fold = fold && view.split.has(TextKind::fresh);
  options.inline_picture = [&](std::string_view content_id) -> std::string {
    const auto wanted = percent_decoded(content_id);
    for (std::size_t i = 0; i < view.message.attachments.size() && i < 200; ++i) {
      const auto& attachment = view.message.attachments[i];
      if (attachment.content_id == wanted && is_shown_picture(attachment.content_type))
        return std::string(base) + std::to_string(i);
    }
    return {};
  };
  return sanitise_html(view.message.as_mail().html, options);
}

Result<HttpResponse> serve_attachment(House& house, const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  const auto& text = call.captured.at(1);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size() || index > 100'000)
    return failure(Errc::not_found, "there is no attachment '" + text.substr(0, 20) + "'");
  ORGO_TRY(bytes, house.services.messages.read_bytes(call.caller->tenant, id));
  const auto message = read_message(bytes);
  auto found = index < message.attachments.size() ? attachment_bytes(bytes, index) : std::nullopt;
  if (!found)
    return failure(Errc::not_found, to_string(id) + " has " + std::to_string(message.attachments.size()) +
                                        " attachments; the first is 0");
  return attachment_response(message.attachments[index], *std::move(found));
}

std::vector<Route> content_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/content",
       .permission = Permission::read_messages,
       .handler = show_content,
       .summary = "One message as it is meant: new text, quoted text and signature apart, safe HTML, language, "
                  "calendar entries, signature, attachments.",
       .query = {{"remote", "true: the safe HTML shows pictures of other servers, which then learn who reads.",
                  R"({"type":"string","enum":["true","false"]})"}},
       .answer = "MessageContent"},
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/attachments/{index}",
       .permission = Permission::read_messages,
       .handler = serve_attachment,
       .summary = "The decoded bytes of one attachment, by its place in the list, from 0; never to be shown in place.",
       .answer = "application/octet-stream"},
  };
}

}  // namespace orgo::gateway
