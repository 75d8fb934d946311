#include "service/gateway/pages/answer_pages.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {
namespace {

constexpr std::size_t kKeyMax = 64;

Result<std::int64_t> version_of(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return failure(Errc::invalid_input, "The form is not complete.");
  return version;
}

/// Addresses with commas between, or what other programs have people write there.
std::vector<std::string> addresses_in(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(",;\r\n"), text.size());
    if (const auto one = trim(text.substr(0, end)); !one.empty()) out.emplace_back(one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string task_address(TaskNumber number) {
  return "/tasks/" + to_string(number);
}

/// Of errors that are no fault of the form, too: what somebody has typed must not be lost for them.
bool is_told_on_the_page(Errc code) {
  return code != Errc::not_found && code != Errc::not_permitted;
}

/// With the key that it had: whoever sends it once more means the same answer, and after an error that leaves open what
/// became of it nothing may go out twice. A conflict is certain, and another answer may have that key.
AnswerDraft draft_of(const MultipartForm& form, Errc code) {
  return {.text = with_plain_line_ends(field(form.fields, "text")),
          .to = std::string(field(form.fields, "to")),
          .cc = std::string(field(form.fields, "cc")),
          .template_name = std::string(field(form.fields, "template")),
          .quote = !field(form.fields, "quote").empty(),
          .state = std::string(field(form.fields, "state")),
          .key = code == Errc::conflict ? std::string() : std::string(field(form.fields, "key").substr(0, kKeyMax))};
}

}  // namespace

Result<AnswerRequest> AnswerPages::request_of(const Call& call, TaskNumber number, const MultipartForm& form) {
  const auto& fields = form.fields;
  AnswerRequest request{.tenant = call.caller->tenant, .task = number, .login = call.caller->name};
  // What is neither said to be an answer nor a note goes to nobody.
  const auto as = field(fields, "as");
  if (as != "note" && as != "answer") return failure(Errc::invalid_input, "The form is not complete.");
  request.internal = as == "note";
  request.text = with_plain_line_ends(field(fields, "text"));
  request.template_name = field(fields, "template");
  request.quote = !field(fields, "quote").empty();
  request.cc = addresses_in(field(fields, "cc"));
  // Without a key, pressing the button twice would be two answers.
  request.key = field(fields, "key");
  if (request.key.empty() || request.key.size() > kKeyMax)
    return failure(Errc::invalid_input, "The form is not complete.");
  ORGO_TRY(version, version_of(field(fields, "version")));
  if (!request.internal) request.version = version;  // a note holds whatever happened meanwhile
  for (const auto& file : form.files)
    if (file.field == "files") request.files.push_back({file.filename, file.type, std::string(file.bytes)});
  return request;
}

/// The files are too large, and only what stands in front of them has come.
Result<HttpResponse> AnswerPages::too_much(const Call& call, TaskNumber number, const MultipartForm& form) {
  TaskRemark remark{.complaint = too_much_words(ports_.message_max) + " Nothing was sent.",
                    .draft = draft_of(form, Errc::invalid_input),
                    .status = 413};
  return ports_.sheet.render(call, number, std::move(remark));
}

Result<HttpResponse> AnswerPages::reply(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(form, parse_multipart(call.request.header("Content-Type"), call.request.body, call.request.cut));
  if (call.request.cut) return too_much(call, number, form);
  ORGO_TRY(request, request_of(call, number, form));
  ORGO_TRY(task, ports_.tasks.read(request.tenant, number));
  ORGO_TRY(policy, ports_.policies(request.tenant));
  const auto then = state_after(field(form.fields, "state"), request.internal, task, *policy);
  if (!then) return complain(call, request, form, then.error());
  request.then = *then;
  if (const auto to = field(form.fields, "to"); to == kEachOfThem) request.to = who_asked(task);
  else if (!to.empty()) request.to = {std::string(to)};
  if (request.internal) request.to.clear();
  const auto accepted = ports_.answers.reply(request);
  if (!accepted) return complain(call, request, form, accepted.error());
  if (!accepted->refused.empty()) return complain(call, request, form, {Errc::conflict, accepted->refused});
  return redirect(task_address(number) + (accepted->decided ? "" : "?kept=1"));
}

Result<HttpResponse> AnswerPages::complain(const Call& call, const AnswerRequest& request, const MultipartForm& form,
                                           const Error& error) {
  if (!is_told_on_the_page(error.code)) return tl::unexpected(error);
  const auto problem = problem_of_storing(error);
  if (problem.status >= 500)
    log::error("answer.failed", {{"task", to_string(request.task)},
                                 {"code", to_string(error.code)},
                                 {"cause", error.message},
                                 {"trace_id", call.trace_id()}});
  TaskRemark remark{.complaint = problem.detail, .draft = draft_of(form, error.code), .status = problem.status};
  if (!remark.complaint.ends_with('.')) remark.complaint += ".";
  if (const char first = remark.complaint.front(); first >= 'a' && first <= 'z')
    remark.complaint.front() = static_cast<char>(first - 'a' + 'A');  // errors are parts of sentences
  ORGO_TRY(task, ports_.tasks.read(request.tenant, request.task));
  if (error.code == Errc::conflict && request.version && task.version != *request.version)
    remark.complaint =
        "The task was changed meanwhile, so nothing was sent. Look at what is new; your words are still "
        "in the box, and go out when you send them again.";
  if (!request.files.empty()) remark.complaint += " Choose the files again.";
  ORGO_TRY(response, ports_.sheet.render(call, request.task, std::move(remark)));
  if (problem.status >= 503) response.headers.push_back({"Retry-After", "5"});
  return response;
}

Result<HttpResponse> AnswerPages::recall(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(form, form_of(call));
  const auto message = parse_id<MessageTag>(field(form, "message"));
  if (!message) return failure(Errc::invalid_input, "The form is not complete.");
  const auto recalled = ports_.answers.recall(call.caller->tenant, number, *message, call.caller->actor());
  // By an address of its own, so that the page with the words can be loaded again without taking anything back.
  if (recalled) return redirect(task_address(number) + "?again=" + to_string(recalled->message));
  const auto& error = recalled.error();
  if (error.code != Errc::conflict) return tl::unexpected(error);
  return ports_.sheet.render(call, number, {.complaint = error.message + ".", .status = problem_of(error).status});
}

std::vector<Route> AnswerPages::routes() {
  return {
      // As much as a whole message may have: files that are too large for one only in base64 are told on the page.
      sent("/tasks/{id}/reply", Permission::change_tasks, to<&AnswerPages::reply>(this),
           "Answers the requester, or keeps a note.", multipart_body(ports_.message_max + HttpHandler::kSmallBody)),
      sent("/tasks/{id}/recall", Permission::change_tasks, to<&AnswerPages::recall>(this),
           "Takes an answer back that has not left."),
  };
}

}  // namespace orgo::gateway::page
