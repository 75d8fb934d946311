#include "service/gateway/messages/message_routes.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "base/planted.h"
#include "core/task/commands.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/messages/mail_envelope.h"
#include "service/tasks/conversation.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr Millis kSubmitTime = std::chrono::seconds(20);

}  // namespace

Result<std::vector<MessageSummary>> MessageRoutes::read_page(const MessageListRequest& request) {
  if (!request.task) return ports_.messages.list(request);
  const auto task = ports_.tasks.read(request.tenant, request.task);
  if (!task && task.error().code == Errc::not_found) return std::vector<MessageSummary>();
  if (!task) return tl::unexpected(task.error());
  return messages_with_parts(ports_.messages, *task, request);
}

Result<HttpResponse> MessageRoutes::list(const Call& call) {
  MessageListRequest request{.tenant = call.caller->tenant};
  ORGO_TRY(limit, page_limit(call));
  if (const auto text = parameter(call, "task"); !text.empty()) {
    const auto task = parse_id<TaskTag>(text);
    if (!task)
      return failure(Errc::invalid_input,
                     "'" + std::string(text.substr(0, 50)) + "' is not a task; write it as in T-12");
    request.task = *task;
  }
  const auto of = ORGO_PLANT(cursor_of_another_tenant_holds) ? 0 : request.tenant.value;
  const auto list_name = "messages/" + std::to_string(of);
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(list_name, cursor));
    request.before = MessageId{last};
  }
  request.limit = std::min(limit + 1, 1000);
  ORGO_TRY(messages, read_page(request));
  const bool more = static_cast<int>(messages.size()) > limit || (limit == 1000 && messages.size() == 1000);
  keep_first(messages, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = ports_.cursors.make(list_name, messages.back().message.id.value);
  return list_response(
      call, messages,
      [&](JsonWriter& writer, const auto& summary) { views::write_message(writer, summary.message, summary.decision); },
      next);
}

Result<HttpResponse> MessageRoutes::show(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(message, ports_.messages.read(call.caller->tenant, id));
  ORGO_TRY(decision, ports_.messages.decision(call.caller->tenant, id));
  std::string body;
  JsonWriter writer(body);
  views::write_message(writer, message, decision);
  return json_response(std::move(body));
}

Result<HttpResponse> MessageRoutes::raw(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  const auto tenant = ORGO_PLANT(raw_mail_of_any_tenant) ? TenantId{1} : call.caller->tenant;
  ORGO_TRY(bytes, ports_.messages.read_bytes(tenant, id));
  HttpResponse response;
  response.headers.push_back({"Content-Type", "message/rfc822"});
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + to_string(id) + ".eml\""});
  response.body = std::move(bytes);
  return response;
}

Result<HttpResponse> MessageRoutes::trace(const Call& call) {
  ORGO_TRY(id, captured_id<MessageTag>(call));
  ORGO_TRY(story, ports_.traces.story(call.caller->tenant, id));
  return json_response(to_json(story));
}

Result<HttpResponse> MessageRoutes::submit(const Call& call) {
  if (media_type(call.request.header("Content-Type")) != "message/rfc822")
    return problem_response(call, {415,
                                   "unsupported_media_type",
                                   "The body must be a mail as RFC 5322 says, with Content-Type: message/rfc822.",
                                   {}});
  if (trim(call.request.body).empty()) return failure(Errc::invalid_input, "the body is empty; send the mail itself");
  Envelope envelope{.tenant = call.caller->tenant};
  envelope.channel = Channel::http;
  if (const auto channel = parameter(call, "channel"); channel == "import") envelope.channel = Channel::import_;
  else if (!channel.empty() && channel != "http") return failure(Errc::invalid_input, "channel is 'http' or 'import'");
  if (envelope.channel == Channel::http && call.request.body.size() > ports_.new_message_max)
    return problem_response(call, {413,
                                   "content_too_large",
                                   "A new message may have at most " + std::to_string(ports_.new_message_max) +
                                       " bytes (limits.message_size); nothing was stored.",
                                   {}});
  envelope.peer = call.request.peer;
  envelope.received_at = ports_.clock.now();
  ORGO_CHECK(read_mail_words({.recipient = parameter(call, "recipient"),
                              .sender = parameter(call, "sender"),
                              .archived_at = parameter(call, "archived_at"),
                              .archived_state = parameter(call, "archived_state"),
                              .label = parameter(call, "label")},
                             ports_.policies, envelope));
  auto accepted = ports_.submit(envelope, call.request.body, within(kSubmitTime));
  if (!accepted) return tl::unexpected(std::move(accepted).error());
  std::string body;
  JsonWriter writer(body);
  writer.begin_object().field("id", to_string(accepted->message)).field("duplicate", accepted->duplicate);
  writer.field("known_id", accepted->known_id).end_object();
  auto response = json_response(std::move(body), accepted->duplicate ? 200 : 201);
  response.headers.push_back({"Location", "/api/v1/messages/" + to_string(accepted->message)});
  return response;
}

std::vector<Route> MessageRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/messages",
       .permission = Permission::read_messages,
       .handler = to<&MessageRoutes::list>(this),
       .summary = "Messages, newest first, with what was decided.",
       .query = {{"task", "Only messages of this task."},
                 {"limit", "Messages of one page; 50 when missing.",
                  R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "next_cursor of the page before."}},
       .answer = "MessagePage"},
      {.method = "POST",
       .pattern = "/api/v1/messages",
       .permission = Permission::submit_messages,
       .handler = to<&MessageRoutes::submit>(this),
       .summary = "Takes a mail (RFC 5322). 201 when it is durable; 200 when this very mail was taken before, so that "
                  "sending again does no harm.",
       .query = {{"recipient", "To which address of ours it goes; the configured inbox when missing."},
                 {"sender", "Who sent it, as SMTP's MAIL FROM; empty for notices."},
                 {"channel", "import: old mail, which makes tasks and sends nothing; http when missing.",
                  R"({"type":"string","enum":["http","import"]})"},
                 {"archived_at",
                  "Archive mode: when the mail was new. Its task is dated so, nobody is told and no chain runs.",
                  R"({"type":"string","format":"date-time"})"},
                 {"archived_state", "Archive mode: state of the task that it opens; closed when missing.",
                  R"({"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]})"},
                 {"label", "Folder that it lay in; becomes a tag of its task."}},
       .body = bytes_body("message/rfc822", ports_.message_max),
       .answer = "Accepted",
       .success = 201},
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}",
       .permission = Permission::read_messages,
       .handler = to<&MessageRoutes::show>(this),
       .summary = "One message and what was decided.",
       .answer = "Message"},
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/raw",
       .permission = Permission::read_messages,
       .handler = to<&MessageRoutes::raw>(this),
       .summary = "The bytes as they came in.",
       .answer = "message/rfc822"},
      {.method = "GET",
       .pattern = "/api/v1/messages/{id}/trace",
       .permission = Permission::read_messages,
       .pace = HttpHandler::Pace::slow,
       .handler = to<&MessageRoutes::trace>(this),
       .summary = "The whole story of one message: bytes, parsing, findings, rules, task, history, sends.",
       .answer = "Trace"},
  };
}

}  // namespace orgo::gateway
