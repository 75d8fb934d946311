#include "service/gateway/content/mail_content.h"

#include <charconv>

#include "core/mail/read/read_message.h"
#include "service/gateway/content/attachment_response.h"
#include "service/gateway/core/answer.h"

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

}  // namespace

MailView view_of(SignatureVerifier* signatures, const StoredMessage& stored, std::string_view bytes,
                 Deadline deadline) {
  auto view = mail_view(bytes);
  view.check = check_signature(bytes, view.protection, signatures, stored.envelope.received_at, deadline);
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

Result<HttpResponse> serve_attachment(MessageStore& messages, const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  const auto text = call.captured.at(1);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size() || index > 100'000)
    return failure(Errc::not_found, "there is no attachment '" + std::string(text.substr(0, 20)) + "'");
  ORGO_TRY(bytes, messages.read_bytes(call.caller->tenant, id));
  const auto message = read_message(bytes);
  auto found = index < message.attachments.size() ? attachment_bytes(bytes, index) : std::nullopt;
  if (!found)
    return failure(Errc::not_found, to_string(id) + " has " + std::to_string(message.attachments.size()) +
                                        " attachments; the first is 0");
  return attachment_response(message.attachments[index], *std::move(found));
}

}  // namespace orgo::gateway
