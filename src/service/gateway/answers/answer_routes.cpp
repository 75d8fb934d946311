#include "service/gateway/answers/answer_routes.h"

#include "base/json_writer.h"
#include "protocol/mime/transfer_encoding.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kKeyMax = 255;
constexpr std::size_t kNameMax = 255;
constexpr std::int64_t kNoVersion = -1;  // of no task
/// 202: it is kept, and what becomes of it stands at the message.
constexpr int kNotDecided = 202;
constexpr std::string_view kReply =
    R"({"type":"object","additionalProperties":false,"properties":{)"
    R"("text":{"type":"string","maxLength":262144},)"
    R"("internal":{"type":"boolean","description":"A note for colleagues, which goes to nobody."},)"
    R"("template":{"type":"string","description":"Of the rule file; its words stand first."},)"
    R"("quote":{"type":"boolean","description":"What the customer wrote last stands below."},)"
    R"("to":{"type":"array","items":{"type":"string"},"maxItems":51,)"
    R"("description":"Of those who asked for it and for what was merged into it; who wrote last when missing."},)"
    R"("cc":{"type":"array","items":{"type":"string"},"maxItems":50},)"
    R"("state":{"type":"string","enum":["open","pending","acknowledged","resolved","closed"],)"
    R"("description":"Moves the task besides; else what the settings say (answers.state)."},)"
    R"("attachments":{"type":"array","maxItems":50,"items":{"type":"object","required":["filename","content"],)"
    R"("properties":{"filename":{"type":"string"},"content_type":{"type":"string"},)"
    R"("content":{"type":"string","contentEncoding":"base64"}}}}}})";
constexpr std::string_view kRecall =
    R"({"type":"object","additionalProperties":false,"properties":{"message":{"type":"string",)"
    R"("description":"Which answer; the newest that has not gone out when missing."}}})";

constexpr std::string_view kOpen =
    R"({"type":"object","additionalProperties":false,"required":["title"],"properties":{)"
    R"("title":{"type":"string","minLength":1,"maxLength":500},"text":{"type":"string","maxLength":262144},)"
    R"("requester":{"type":"string","description":"Their mail address, for answers."},)"
    R"("requester_name":{"type":"string"},"team":{"type":"string"},"assignee":{"type":"string"},)"
    R"("priority":{"type":"string","enum":["low","normal","high","urgent"]},)"
    R"("attachments":{"type":"array","maxItems":50,"items":{"type":"object","required":["filename","content"],)"
    R"("properties":{"filename":{"type":"string"},"content_type":{"type":"string"},)"
    R"("content":{"type":"string","contentEncoding":"base64"}}}}}})";

HttpResponse version_mismatch(const Call& call, TaskNumber number) {
  return problem_response(call, {412,
                                 "version_mismatch",
                                 to_string(number) + " was changed since you read it. Read it again and decide again.",
                                 {}});
}

/// Cut short, two keys might be one.
Status check_key(std::string_view key) {
  if (key.size() <= kKeyMax) return {};
  return failure(Errc::invalid_input, "an Idempotency-Key has at most " + std::to_string(kKeyMax) + " bytes");
}

Error not_done(std::string why, MessageId message) {
  return {Errc::conflict, std::move(why) + "; its words stand at " + to_string(message)};
}

std::vector<AnswerFile> files_of(JsonBody& body, std::size_t bytes_max) {
  std::vector<AnswerFile> files;
  for (auto& one : body.optional_text_objects("attachments", {"filename", "content_type", "content"},
                                              AnswerRequest::kFilesMax, bytes_max)) {
    AnswerFile& file = files.emplace_back();
    file.filename = std::move(one["filename"]);
    file.content_type = std::move(one["content_type"]);
    if (file.filename.empty() || file.filename.size() > kNameMax)
      body.complain("attachments", "need a filename of 1 to 255 bytes each");
    if (!mime::decode_base64(one["content"], file.bytes)) body.complain("attachments", "need content in base64");
  }
  return files;
}

}  // namespace

Result<HttpResponse> AnswerRoutes::reply(const Call& call) {
  AnswerRequest request{.tenant = call.caller->tenant};
  ORGO_TRY(task, captured_id<TaskTag>(call));
  ORGO_TRY(seen, ports_.tasks.read(request.tenant, task));
  request.task = task;
  request.login = call.caller->name;
  request.key = call.request.header("Idempotency-Key");
  ORGO_CHECK(check_key(request.key));
  // The answer itself changes the task: asked for once more under its key, it is not refused for that.
  const bool fits = call.if_match.names(seen.version);
  if (!fits && request.key.empty()) return version_mismatch(call, task);
  if (call.if_match.demanded()) request.version = fits ? seen.version : kNoVersion;
  JsonBody body(call.request);
  request.text = body.optional_text("text", AnswerRequest::kTextMax).value_or("");
  request.internal = body.optional_flag("internal");
  request.template_name = body.optional_text("template", kNameMax).value_or("");
  request.quote = body.optional_flag("quote");
  request.to = body.optional_texts("to", AnswerRequest::kToMax, kNameMax);
  request.cc = body.optional_texts("cc", AnswerRequest::kCcMax, kNameMax);
  request.files = files_of(body, ports_.message_max);
  if (const auto state = body.optional_text("state", 20)) {
    request.then = parse_task_state(*state);
    if (!request.then || *request.then == TaskState::fresh)
      body.complain("state", "'" + *state +
                                 "' is no state that an answer can move a task to; use open, pending, "
                                 "acknowledged, resolved or closed");
  }
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  auto accepted = ports_.answers.reply(request);
  if (!accepted && accepted.error().code == Errc::conflict && request.version) {
    ORGO_TRY(now, ports_.tasks.read(request.tenant, task));
    if (now.version != *request.version) return version_mismatch(call, task);
  }
  if (!accepted) return tl::unexpected(std::move(accepted).error());
  if (!accepted->refused.empty()) return tl::unexpected(not_done(std::move(accepted->refused), accepted->message));
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("message", to_string(accepted->message)).field("duplicate", accepted->duplicate);
  json.field("decided", accepted->decided).field("recallable", accepted->recallable).key("leaves_at");
  if (accepted->leaves_at) json.string(to_rfc3339(*accepted->leaves_at));
  else json.null();
  json.key("to").begin_array();
  for (const auto& one : accepted->to) json.string(one);
  json.end_array().end_object();
  auto response = json_response(std::move(text), accepted->duplicate ? 200 : accepted->decided ? 201 : kNotDecided);
  response.headers.push_back({"Location", "/api/v1/messages/" + to_string(accepted->message)});
  return response;
}

Result<HttpResponse> AnswerRoutes::recall(const Call& call) {
  ORGO_TRY(task, captured_id<TaskTag>(call));
  ORGO_TRY(seen, ports_.tasks.read(call.caller->tenant, task));
  if (!call.if_match.names(seen.version)) return version_mismatch(call, task);
  JsonBody body(call.request);
  MessageId wanted;
  if (const auto message = body.optional_text("message", 40)) {
    const auto id = parse_id<MessageTag>(*message);
    if (id) wanted = *id;
    else body.complain("message", "is no message; write it as in m17");
  }
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto demanded = call.if_match.demanded() ? std::optional(seen.version) : std::nullopt;
  ORGO_TRY(recalled, ports_.answers.recall(call.caller->tenant, task, wanted, call.caller->actor(), demanded));
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("message", to_string(recalled.message)).field("text", recalled.text).key("state");
  if (recalled.state) json.string(to_string(*recalled.state));
  else json.null();
  json.end_object();
  return json_response(std::move(text));
}

Result<HttpResponse> AnswerRoutes::open(const Call& call) {
  TakenDown taken{.tenant = call.caller->tenant};
  taken.login = call.caller->name;
  taken.key = call.request.header("Idempotency-Key");
  ORGO_CHECK(check_key(taken.key));
  JsonBody body(call.request);
  taken.title = body.text("title", 500);
  taken.text = body.optional_text("text", AnswerRequest::kTextMax).value_or("");
  taken.requester = body.optional_text("requester", kNameMax).value_or("");
  taken.requester_name = body.optional_text("requester_name", kNameMax).value_or("");
  const auto team = body.optional_text("team", kNameMax).value_or("");
  const auto assignee = body.optional_text("assignee", kNameMax).value_or("");
  if (const auto priority = body.optional_text("priority", 20)) {
    taken.priority = parse_priority(*priority);
    if (!taken.priority)
      body.complain("priority", "'" + *priority + "' is no priority; use low, normal, high or urgent");
  }
  taken.files = files_of(body, ports_.message_max);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  if (!team.empty()) {
    ORGO_TRY(named, ports_.commands.meant(taken.tenant, team, true));
    taken.team = std::move(named.name);
  }
  if (!assignee.empty()) {
    ORGO_TRY(named, ports_.commands.meant(taken.tenant, assignee, false));
    taken.assignee = std::move(named.name);
  }
  auto accepted = ports_.answers.open(taken);
  if (!accepted) return tl::unexpected(std::move(accepted).error());
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("message", to_string(accepted->message)).field("duplicate", accepted->duplicate);
  json.key("task");
  if (accepted->task) json.string(to_string(*accepted->task));
  else json.null();
  json.end_object();
  auto response = json_response(std::move(text), accepted->duplicate ? 200 : accepted->task ? 201 : kNotDecided);
  response.headers.push_back({"Location", accepted->task ? "/api/v1/tasks/" + to_string(*accepted->task)
                                                         : "/api/v1/messages/" + to_string(accepted->message)});
  return response;
}

std::vector<Route> AnswerRoutes::routes() {
  return {
      {.method = "POST",
       .pattern = "/api/v1/tasks",
       .permission = Permission::change_tasks,
       .handler = to<&AnswerRoutes::open>(this),
       .summary =
           "Opens a task without a mail, as somebody told it by phone or at the counter. 201 when it is open; 202 "
           "when it is durable and not decided yet (`task` is null): Location says where to look. The rules are asked "
           "as for a mail of the requester, but "
           "for what is said here; nothing is answered by itself. An Idempotency-Key as for /reply; one of the same "
           "person names one new task.",
       .body = json_body(kOpen, ports_.message_max / 3 * 4 + HttpHandler::kSmallBody),
       .answer = "TaskTaken",
       .success = 201},
      {.method = "POST",
       .pattern = "/api/v1/tasks/{id}/reply",
       .permission = Permission::change_tasks,
       .handler = to<&AnswerRoutes::reply>(this),
       .summary =
           "Answers the requester by mail in the thread, or keeps a note. 201 when the task has it; 202 when it "
           "is durable and not decided yet: Location says where to look. It leaves at `leaves_at`, and can be "
           "taken back until then if it is `recallable`. 412 (If-Match) or 409: nothing was sent, since the task "
           "was changed meanwhile or nobody can be answered. With an Idempotency-Key the same answer again is "
           "answered with 200, and nothing is sent twice; a key is of the person who uses it and of this task.",
       .body = json_body(kReply, ports_.message_max / 3 * 4 + HttpHandler::kSmallBody),
       .precondition = Precondition::if_match,
       .answer = "Answered",
       .success = 201},
      {.method = "POST",
       .pattern = "/api/v1/tasks/{id}/recall",
       .permission = Permission::change_tasks,
       .handler = to<&AnswerRoutes::recall>(this),
       .summary = "Takes an answer back that has surely not arrived, with the state that it has moved the task to, and "
                  "gives its words back. 409: it has left, or may have arrived.",
       .body = json_body(kRecall),
       .precondition = Precondition::if_match,
       .answer = "AnswerRecalled"},
  };
}

std::vector<Schema> AnswerRoutes::schemas() const {
  return {
      {"Answered",
       R"({"type":"object","required":["message","duplicate","decided","recallable","leaves_at","to"],"properties":{
        "message":{"type":"string","examples":["m17"]},"duplicate":{"type":"boolean"},
        "decided":{"type":"boolean","description":"The task has it already."},
        "recallable":{"type":"boolean","description":"It can be taken back; of one given before: right now."},
        "to":{"type":"array","items":{"type":"string"},
          "description":"Each gets it; empty: a note, or one given before."},
        "leaves_at":{"type":["string","null"],"format":"date-time","description":"null: a note."}}})"},
      {"TaskTaken", R"({"type":"object","required":["message","duplicate","task"],"properties":{
        "message":{"type":"string"},"duplicate":{"type":"boolean"},"task":{"type":["string","null"],
        "examples":["T-13"]}}})"},
      {"AnswerRecalled", R"({"type":"object","required":["message","text","state"],"properties":{
        "message":{"type":"string"},"text":{"type":"string"},"state":{"type":["string","null"],
        "description":"That the task has again; null: it stays as it is."}}})"},
  };
}

}  // namespace orgo::gateway
