#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "core/task/commands.h"
#include "service/gateway/json_body.h"
#include "service/gateway/route.h"
#include "service/views/clock_view.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

std::string etag_of(const Task& task) {
  return "\"" + std::to_string(task.version) + "\"";
}

HttpResponse task_response(const Task& task) {
  std::string body;
  JsonWriter writer(body);
  views::write_task(writer, task);
  auto response = json_response(std::move(body));
  response.headers.push_back({"ETag", etag_of(task)});
  return response;
}

Result<HttpResponse> list_tasks(House& house, const Call& call) {
  TaskListRequest request{.tenant = call.caller->tenant};
  ORGO_TRY(limit, page_limit(call));
  if (const auto text = parameter(call, "state"); !text.empty()) {
    request.state = parse_task_state(text);
    if (!request.state)
      return failure(Errc::invalid_input,
                     "'" + std::string(text.substr(0, 50)) +
                         "' is not a state; use new, open, pending, acknowledged, resolved or closed");
  }
  if (const auto text = parameter(call, "open"); !text.empty()) {
    if (text != "true" && text != "false") return failure(Errc::invalid_input, "open must be true or false");
    request.open = text == "true";
  }
  request.team = parameter(call, "team");
  request.assignee = parameter(call, "assignee");
  const auto list_name = "tasks/" + std::to_string(request.tenant.value);
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, house.cursors.read(list_name, cursor));
    request.before = TaskNumber{last};
  }
  request.limit = std::min(limit + 1, 1000);  // one more tells whether there is a next page
  ORGO_TRY(tasks, house.services.tasks.list(request));
  const bool more = static_cast<int>(tasks.size()) > limit || (limit == 1000 && tasks.size() == 1000);
  keep_first(tasks, static_cast<std::size_t>(limit));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& task : tasks) views::write_task(writer, task);
  writer.end_array();
  std::optional<std::string> next;
  if (more) next = house.cursors.make(list_name, tasks.back().number.value);
  return page_response(call, items, next);
}

Result<HttpResponse> show_task(House& house, const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, house.services.tasks.read(call.caller->tenant, number));
  if (const auto known = call.request.header("If-None-Match"); !known.empty()) {
    const auto etag = etag_of(task);
    for (auto piece : split(known, ',')) {
      piece = trim(piece);
      if (piece.starts_with("W/")) piece.remove_prefix(2);  // weak comparison, RFC 9110, section 13.1.2
      if (piece != etag && piece != "*") continue;
      HttpResponse response;
      response.status = 304;
      response.headers.push_back({"ETag", etag});
      return response;
    }
  }
  return task_response(task);
}

Result<HttpResponse> task_events(House& house, const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, house.services.tasks.read(call.caller->tenant, number));
  ORGO_TRY(events, house.services.tasks.history(call.caller->tenant, task.number, 1000));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& event : events) views::write_event(writer, event);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> task_clocks(House& house, const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, house.services.tasks.read(call.caller->tenant, number));
  ORGO_TRY(history, house.services.tasks.history(call.caller->tenant, task.number, 10'000));
  const auto workplace = house.services.workplace ? house.services.workplace() : std::make_shared<const Workplace>();
  std::string body;
  JsonWriter writer(body);
  views::write_clocks(writer, views::task_clocks(task, history, *workplace, house.services.clock.now()));
  return json_response(std::move(body));
}

/// The version that If-Match demands (strong comparison, RFC 9110, section 13.1.1).
struct Precondition {
  std::optional<std::int64_t> version;
  bool failed = false;  ///< names something that no version of a task can match
};

Precondition precondition_of(const Call& call, const Task& task) {
  Precondition out;
  const auto header = call.request.header("If-Match");
  if (header.empty() || trim(header) == "*") return out;
  const auto etag = etag_of(task);
  for (const auto piece : split(header, ','))
    if (trim(piece) == etag) out.version = task.version;
  out.failed = !out.version;
  return out;
}

HttpResponse version_mismatch(const Call& call, TaskNumber number) {
  return problem_response(call, {412,
                                 "version_mismatch",
                                 to_string(number) + " was changed since you read it. Read it again and decide again.",
                                 {}});
}

/// What all commands share: the precondition, the body, the answer.
template <typename Read, typename Do>
Result<HttpResponse> command(House& house, const Call& call, Read read, Do act) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(seen, house.services.tasks.read(call.caller->tenant, number));
  const auto precondition = precondition_of(call, seen);
  if (precondition.failed) return version_mismatch(call, number);
  JsonBody body(call.request);
  const auto input = read(body);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const TaskService::Target target{call.caller->tenant, number, call.caller->actor(), precondition.version};
  auto task = act(house.tasks, target, input);
  if (!task && task.error().code == Errc::conflict && precondition.version) {
    ORGO_TRY(now, house.services.tasks.read(call.caller->tenant, number));
    if (now.version != *precondition.version) return version_mismatch(call, number);
  }
  if (!task) return tl::unexpected(std::move(task).error());
  return task_response(*task);
}

Result<HttpResponse> assign(House& house, const Call& call) {
  return command(
      house, call, [](JsonBody& body) { return body.text("assignee", commands::kNameMax, true); },
      [](TaskService& tasks, const auto& target, const auto& assignee) { return tasks.assign(target, assignee); });
}

Result<HttpResponse> ack(House& house, const Call& call) {
  return command(
      house, call, [](JsonBody&) { return 0; },
      [](TaskService& tasks, const auto& target, int) { return tasks.ack(target); });
}

std::string optional_comment(JsonBody& body) {
  return body.optional_text("comment", commands::kCommentMax).value_or("");
}

Result<HttpResponse> resolve(House& house, const Call& call) {
  return command(house, call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.resolve(target, comment);
  });
}
Result<HttpResponse> close(House& house, const Call& call) {
  return command(house, call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.close(target, comment);
  });
}
Result<HttpResponse> reopen(House& house, const Call& call) {
  return command(house, call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.reopen(target, comment);
  });
}

Result<HttpResponse> state(House& house, const Call& call) {
  return command(
      house, call,
      [](JsonBody& body) {
        const auto text = body.text("state", 20);
        const auto state = parse_task_state(text);
        if (!text.empty() && (!state || *state == TaskState::fresh))
          body.complain(
              "state",
              "'" + text +
                  "' is not a state that a task can be moved to; use open, pending, acknowledged, resolved or closed");
        return state.value_or(TaskState::open);
      },
      [](TaskService& tasks, const auto& target, TaskState state) { return tasks.set_state(target, state); });
}

Result<HttpResponse> comment(House& house, const Call& call) {
  return command(
      house, call, [](JsonBody& body) { return body.text("text", commands::kCommentMax); },
      [](TaskService& tasks, const auto& target, const auto& text) { return tasks.comment(target, text); });
}

Result<HttpResponse> priority(House& house, const Call& call) {
  return command(
      house, call,
      [](JsonBody& body) {
        const auto text = body.text("priority", 20);
        const auto priority = parse_priority(text);
        if (!text.empty() && !priority)
          body.complain("priority", "'" + text + "' is not a priority; use low, normal, high or urgent");
        return priority.value_or(Priority::normal);
      },
      [](TaskService& tasks, const auto& target, Priority priority) { return tasks.set_priority(target, priority); });
}

struct TagInput {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};
Result<HttpResponse> tags(House& house, const Call& call) {
  return command(
      house, call,
      [](JsonBody& body) {
        TagInput input;
        input.add = body.optional_texts("add", commands::kTagsMax, commands::kTagMax);
        input.remove = body.optional_texts("remove", commands::kTagsMax, commands::kTagMax);
        return input;
      },
      [](TaskService& tasks, const auto& target, const TagInput& input) {
        return tasks.tag(target, input.add, input.remove);
      });
}

Result<HttpResponse> route(House& house, const Call& call) {
  return command(
      house, call, [](JsonBody& body) { return body.text("team", commands::kNameMax); },
      [](TaskService& tasks, const auto& target, const auto& team) { return tasks.route(target, team); });
}

Result<HttpResponse> fields(House& house, const Call& call) {
  return command(
      house, call,
      [](JsonBody& body) { return body.texts_by_name("fields", commands::kFieldsMax, commands::kFieldMax); },
      [&](TaskService& tasks, const auto& target, const auto& values) {
        return tasks.set_fields(target, values, house.services.check_field);
      });
}

Result<HttpResponse> due(House& house, const Call& call) {
  return command(
      house, call, [](JsonBody& body) { return body.time_or_null("due_at"); },
      [](TaskService& tasks, const auto& target, const auto& due_at) { return tasks.set_due(target, due_at); });
}

constexpr std::string_view kCommentBody =
    R"({"type":"object","additionalProperties":false,"properties":{"comment":{"type":"string","maxLength":32768}}})";
constexpr std::string_view kStates =
    R"({"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]})";

Route change(std::string_view pattern, Handler handler, std::string_view summary, std::string_view body) {
  return {.method = "POST",
          .pattern = pattern,
          .permission = Permission::change_tasks,
          .handler = handler,
          .summary = summary,
          .body = body,
          .answer = "Task"};
}

}  // namespace

std::vector<Route> task_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/tasks",
       .permission = Permission::read_tasks,
       .handler = list_tasks,
       .summary = "Tasks, newest first.",
       .query = {{"state", "Only tasks in this state.", kStates},
                 {"open", "true: only tasks that somebody still has to do something about; false: only the others.",
                  R"({"type":"boolean"})"},
                 {"team", "Only tasks of this team."},
                 {"assignee", "Only tasks of this person."},
                 {"limit", "Tasks of one page; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "next_cursor of the page before."}},
       .answer = "TaskPage"},
      {.method = "GET",
       .pattern = "/api/v1/tasks/{id}",
       .permission = Permission::read_tasks,
       .handler = show_task,
       .summary = "One task. Its ETag is the version, for If-Match of a change and If-None-Match here.",
       .answer = "Task"},
      {.method = "GET",
       .pattern = "/api/v1/tasks/{id}/events",
       .permission = Permission::read_tasks,
       .handler = task_events,
       .summary = "The history of one task, oldest first, at most 1,000 events.",
       .answer = "EventPage"},
      {.method = "GET",
       .pattern = "/api/v1/tasks/{id}/clocks",
       .permission = Permission::read_tasks,
       .handler = task_clocks,
       .summary = "How the promises for the task stand now: due, left, late, paused; and when it escalates next.",
       .answer = "TaskClocks"},
      change(
          "/api/v1/tasks/{id}/assign", assign, "Assigns the task to a person; empty: to nobody.",
          R"({"type":"object","additionalProperties":false,"required":["assignee"],"properties":{"assignee":{"type":"string","maxLength":254}}})"),
      change("/api/v1/tasks/{id}/ack", ack, "Somebody has taken it on: the escalation stops.",
             R"({"type":"object","additionalProperties":false,"properties":{}})"),
      change("/api/v1/tasks/{id}/resolve", resolve, "The work is done.", kCommentBody),
      change("/api/v1/tasks/{id}/close", close, "Nothing is left to do.", kCommentBody),
      change("/api/v1/tasks/{id}/reopen", reopen, "From resolved or closed to open; the escalation starts again.",
             kCommentBody),
      change(
          "/api/v1/tasks/{id}/state", state,
          "Moves the task by hand, for example to pending while it waits for an answer. What is resolved or closed is "
          "reopened by /reopen.",
          R"({"type":"object","additionalProperties":false,"required":["state"],"properties":{"state":{"type":"string","enum":["open","pending","acknowledged","resolved","closed"]}}})"),
      change(
          "/api/v1/tasks/{id}/comment", comment, "Adds a comment to the history.",
          R"({"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string","minLength":1,"maxLength":32768}}})"),
      change(
          "/api/v1/tasks/{id}/priority", priority, "Sets the priority.",
          R"({"type":"object","additionalProperties":false,"required":["priority"],"properties":{"priority":{"type":"string","enum":["low","normal","high","urgent"]}}})"),
      change(
          "/api/v1/tasks/{id}/tags", tags, "Adds and removes tags, all or none.",
          R"({"type":"object","additionalProperties":false,"properties":{"add":{"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":64}},"remove":{"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":64}}}})"),
      change(
          "/api/v1/tasks/{id}/route", route, "Hands it to another team, which is told.",
          R"({"type":"object","additionalProperties":false,"required":["team"],"properties":{"team":{"type":"string","minLength":1,"maxLength":254}}})"),
      change(
          "/api/v1/tasks/{id}/fields", fields,
          "Sets what the type of the task asks for, each value checked by its kind; an empty one takes it away. All or "
          "none.",
          R"({"type":"object","additionalProperties":false,"required":["fields"],"properties":{"fields":{"type":"object","minProperties":1,"maxProperties":50,"additionalProperties":{"type":"string","maxLength":200}}}})"),
      change(
          "/api/v1/tasks/{id}/due", due, "Sets the deadline; null: none.",
          R"({"type":"object","additionalProperties":false,"required":["due_at"],"properties":{"due_at":{"type":["string","null"],"format":"date-time"}}})"),
  };
}

}  // namespace orgo::gateway
