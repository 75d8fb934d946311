#include "service/gateway/content/content_routes.h"

#include "base/json_writer.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/message_json.h"
#include "service/gateway/content/mail_content.h"
#include "service/gateway/content/view_budget.h"
#include "service/gateway/core/answer.h"

namespace orgo::gateway {
Result<HttpResponse> ContentRoutes::show(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(stored, ports_.messages.read(call.caller->tenant, id));
  ORGO_TRY(bytes, ports_.messages.read_bytes(call.caller->tenant, id));
  const auto remote = parameter(call, "remote");
  if (!remote.empty() && remote != "true" && remote != "false")
    return failure(Errc::invalid_input, "remote is 'true' or 'false'");
  const auto view = view_of(ports_.signatures, stored, bytes);
  ORGO_CHECK(ViewBudget(call.request).check());
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

Result<HttpResponse> ContentRoutes::attachment(const Call& call) {
  return serve_attachment(ports_.messages, call);
}

std::vector<Route> ContentRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/content",
       .permission = Permission::read_messages,
       .pace = HttpHandler::Pace::slow,
       .handler = to<&ContentRoutes::show>(this),
       .summary = "One message as it is meant: new text, quoted text and signature apart, safe HTML, language, "
                  "calendar entries, signature, attachments.",
       .query = {{"remote", "true: the safe HTML shows pictures of other servers, which then learn who reads.",
                  R"({"type":"string","enum":["true","false"]})"}},
       .answer = "MessageContent"},
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/attachments/{index}",
       .permission = Permission::read_messages,
       .pace = HttpHandler::Pace::slow,
       .handler = to<&ContentRoutes::attachment>(this),
       .summary = "The decoded bytes of one attachment, by its place in the list, from 0; never to be shown in place.",
       .answer = "application/octet-stream"},
  };
}

std::vector<Schema> ContentRoutes::schemas() const {
  return {
      {"MessageContent",
       R"({"type":"object","required":["id","text","new_text","safe_html","attachments"],"properties":{
        "id":{"type":"string"},"subject":{"type":"string"},"from":{"type":["object","null"]},"text":{"type":"string"},
        "new_text":{"type":"string","description":"What was written for this mail."},"quoted_text":{"type":"string"},
        "signature":{"type":"string","description":"Of the writer, as text."},
        "text_parts":{"type":"array","items":{"type":"object","properties":{"kind":{"type":"string","enum":["new",
        "quoted","signature"]},
          "begin":{"type":"integer","description":"Byte of text."},"end":{"type":"integer"},
        "forwarded":{"type":"boolean"}}}},
        "language":{"type":["object","null"],"properties":{"code":{"type":"string","examples":["de"]},
        "percent":{"type":"integer"}}},
        "invites":{"type":"array","items":{"type":"object","properties":{"method":{"type":"string"},
        "what":{"type":"string"},"summary":{"type":"string"},
          "when":{"type":"string"},"start":{"type":"string"},"end":{"type":["string","null"]},
        "all_day":{"type":"boolean"},"time_zone":{"type":"string"},
          "recurrence":{"type":"string"},"location":{"type":"string"},"organizer":{"type":["object","null"]},
        "attendees":{"type":"array","items":{"type":"object"}}}}},
        "protection":{"type":"object","properties":{"form":{"type":"string"},"signed":{"type":"boolean"},
        "encrypted":{"type":"boolean"},
          "signature":{"type":"string","enum":["none","not_checked","verified","broken"]},"signer":{"type":"string"},
        "detail":{"type":"string"},"words":{"type":"string"}}},
        "safe_html":{"type":"string",
        "description":"Without scripts, forms and remote content; show it in a sandboxed frame all the same."},
        "remote_blocked":{"type":"integer"},"deceptive_links":{"type":"integer",
        "description":"Links whose text is another address than where they lead; marked."},
        "attachments":{"type":"array","items":{"type":"object","properties":{"filename":{"type":"string"},
        "content_type":{"type":"string"},
          "size":{"type":"integer"},"sha256":{"type":"string"},"inline":{"type":"boolean"},
        "url":{"type":"string"}}}}}})"},
  };
}

}  // namespace orgo::gateway
