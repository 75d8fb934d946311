#include "service/gateway/tasks/task_routes.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "core/task/commands.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/policy/field_check.h"
#include "service/views/clock_view.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

HttpResponse task_response(const Task& task) {
  std::string body;
  JsonWriter writer(body);
  views::write_task(writer, task);
  auto response = json_response(std::move(body));
  response.headers.push_back({"ETag", etag_of(task.version)});
  return response;
}

HttpResponse version_mismatch(const Call& call, TaskNumber number) {
  return problem_response(call, {412,
                                 "version_mismatch",
                                 to_string(number) + " was changed since you read it. Read it again and decide again.",
                                 {}});
}

std::string optional_comment(JsonBody& body) {
  return body.optional_text("comment", commands::kCommentMax).value_or("");
}

struct TagInput {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};

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
          .body = json_body(body),
          .precondition = Precondition::if_match,
          .answer = "Task"};
}

}  // namespace

/// What all commands share: the precondition, the body, the answer.
template <typename Read, typename Do>
Result<HttpResponse> TaskRoutes::command(const Call& call, Read read, Do act) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(seen, ports_.tasks.read(call.caller->tenant, number));
  if (!call.if_match.names(seen.version)) return version_mismatch(call, number);
  JsonBody body(call.request);
  const auto input = read(body);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  std::optional<std::int64_t> version;
  if (call.if_match.demanded()) version = seen.version;
  const TaskService::Target target{call.caller->tenant, number, call.caller->actor(), version};
  auto task = act(ports_.commands, target, input);
  if (!task && task.error().code == Errc::conflict && version) {
    ORGO_TRY(now, ports_.tasks.read(call.caller->tenant, number));
    if (now.version != *version) return version_mismatch(call, number);
  }
  if (!task) return tl::unexpected(std::move(task).error());
  return task_response(*task);
}

Result<HttpResponse> TaskRoutes::assign(const Call& call) {
  return command(
      call, [](JsonBody& body) { return body.text("assignee", commands::kNameMax, true); },
      [](TaskService& tasks, const auto& target, const auto& assignee) { return tasks.assign(target, assignee); });
}

Result<HttpResponse> TaskRoutes::ack(const Call& call) {
  return command(
      call, [](JsonBody&) { return 0; }, [](TaskService& tasks, const auto& target, int) { return tasks.ack(target); });
}

Result<HttpResponse> TaskRoutes::resolve(const Call& call) {
  return command(call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.resolve(target, comment);
  });
}
Result<HttpResponse> TaskRoutes::close(const Call& call) {
  return command(call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.close(target, comment);
  });
}
Result<HttpResponse> TaskRoutes::reopen(const Call& call) {
  return command(call, optional_comment, [](TaskService& tasks, const auto& target, const auto& comment) {
    return tasks.reopen(target, comment);
  });
}

Result<HttpResponse> TaskRoutes::state(const Call& call) {
  return command(
      call,
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

Result<HttpResponse> TaskRoutes::comment(const Call& call) {
  return command(
      call, [](JsonBody& body) { return body.text("text", commands::kCommentMax); },
      [](TaskService& tasks, const auto& target, const auto& text) { return tasks.comment(target, text); });
}

Result<HttpResponse> TaskRoutes::priority(const Call& call) {
  return command(
      call,
      [](JsonBody& body) {
        const auto text = body.text("priority", 20);
        const auto priority = parse_priority(text);
        if (!text.empty() && !priority)
          body.complain("priority", "'" + text + "' is not a priority; use low, normal, high or urgent");
        return priority.value_or(Priority::normal);
      },
      [](TaskService& tasks, const auto& target, Priority priority) { return tasks.set_priority(target, priority); });
}
Result<HttpResponse> TaskRoutes::tags(const Call& call) {
  return command(
      call,
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

Result<HttpResponse> TaskRoutes::route(const Call& call) {
  return command(
      call, [](JsonBody& body) { return body.text("team", commands::kNameMax); },
      [](TaskService& tasks, const auto& target, const auto& team) { return tasks.route(target, team); });
}

Result<HttpResponse> TaskRoutes::fields(const Call& call) {
  return command(
      call, [](JsonBody& body) { return body.texts_by_name("fields", commands::kFieldsMax, commands::kFieldMax); },
      [&](TaskService& tasks, const auto& target, const auto& values) {
        return tasks.set_fields(target, values, field_check(ports_.policies));
      });
}

Result<HttpResponse> TaskRoutes::due(const Call& call) {
  return command(
      call, [](JsonBody& body) { return body.time_or_null("due_at"); },
      [](TaskService& tasks, const auto& target, const auto& due_at) { return tasks.set_due(target, due_at); });
}

Result<HttpResponse> TaskRoutes::list(const Call& call) {
  TaskListRequest request{.tenant = call.caller->tenant};
  ORGO_TRY(limit, page_limit(call));
  if (const auto text = parameter(call, "state"); !text.empty()) {
    request.state = parse_task_state(text);
    if (!request.state)
      return failure(Errc::invalid_input,
                     "'" + std::string(text.substr(0, 50)) +
                         "' is not a state; use new, open, pending, acknowledged, resolved or closed");
  }
  ORGO_TRY(open, flag(call, "open"));
  request.open = open;
  request.team = parameter(call, "team");
  request.assignee = parameter(call, "assignee");
  const auto list_name = "tasks/" + std::to_string(request.tenant.value);
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(list_name, cursor));
    request.before = TaskNumber{last};
  }
  request.limit = std::min(limit + 1, 1000);  // one more tells whether there is a next page
  ORGO_TRY(tasks, ports_.tasks.list(request));
  const bool more = static_cast<int>(tasks.size()) > limit || (limit == 1000 && tasks.size() == 1000);
  keep_first(tasks, static_cast<std::size_t>(limit));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& task : tasks) views::write_task(writer, task);
  writer.end_array();
  std::optional<std::string> next;
  if (more) next = ports_.cursors.make(list_name, tasks.back().number.value);
  return page_response(call, items, next);
}

Result<HttpResponse> TaskRoutes::show(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, ports_.tasks.read(call.caller->tenant, number));
  if (is_known(call.request.header("If-None-Match"), task.version)) {
    HttpResponse response;
    response.status = 304;
    response.headers.push_back({"ETag", etag_of(task.version)});
    return response;
  }
  return task_response(task);
}

Result<HttpResponse> TaskRoutes::events(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, ports_.tasks.read(call.caller->tenant, number));
  ORGO_TRY(events, ports_.tasks.history(call.caller->tenant, task.number, 1000));
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  for (const auto& event : events) views::write_event(writer, event);
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> TaskRoutes::clocks(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, ports_.tasks.read(call.caller->tenant, number));
  ORGO_TRY(history, ports_.tasks.history(call.caller->tenant, task.number, 10'000));
  ORGO_TRY(policy, ports_.policies(task.tenant));
  std::string body;
  JsonWriter writer(body);
  views::write_clocks(writer, views::task_clocks(task, history, policy->workplace(), ports_.clock.now()));
  return json_response(std::move(body));
}

std::vector<Route> TaskRoutes::routes() {
  std::vector<Route> routes{
      {.method = "GET",
       .pattern = "/api/v1/tasks",
       .permission = Permission::read_tasks,
       .handler = to<&TaskRoutes::list>(this),
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
       .pace = HttpHandler::Pace::quick,
       .handler = to<&TaskRoutes::show>(this),
       .summary = "One task. Its ETag is the version, for If-Match of a change and If-None-Match here.",
       .answer = "Task"},
      {.method = "GET",
       .pattern = "/api/v1/tasks/{id}/events",
       .permission = Permission::read_tasks,
       .handler = to<&TaskRoutes::events>(this),
       .summary = "The history of one task, oldest first, at most 1,000 events.",
       .answer = "EventPage"},
      {.method = "GET",
       .pattern = "/api/v1/tasks/{id}/clocks",
       .permission = Permission::read_tasks,
       .handler = to<&TaskRoutes::clocks>(this),
       .summary = "How the promises for the task stand now: due, left, late, paused; and when it escalates next.",
       .answer = "TaskClocks"},
  };
  auto commands = command_routes();
  routes.insert(routes.end(), std::make_move_iterator(commands.begin()), std::make_move_iterator(commands.end()));
  return routes;
}

std::vector<Route> TaskRoutes::command_routes() {
  return {
      change("/api/v1/tasks/{id}/assign", to<&TaskRoutes::assign>(this),
             "Assigns the task to a person; empty: to nobody.",
             R"({"type":"object","additionalProperties":false,"required":["assignee"],
        "properties":{"assignee":{"type":"string","maxLength":254}}})"),
      change("/api/v1/tasks/{id}/ack", to<&TaskRoutes::ack>(this), "Somebody has taken it on: the escalation stops.",
             R"({"type":"object","additionalProperties":false,"properties":{}})"),
      change("/api/v1/tasks/{id}/resolve", to<&TaskRoutes::resolve>(this), "The work is done.", kCommentBody),
      change("/api/v1/tasks/{id}/close", to<&TaskRoutes::close>(this), "Nothing is left to do.", kCommentBody),
      change("/api/v1/tasks/{id}/reopen", to<&TaskRoutes::reopen>(this),
             "From resolved or closed to open; the escalation starts again.", kCommentBody),
      change(
          "/api/v1/tasks/{id}/state", to<&TaskRoutes::state>(this),
          "Moves the task by hand, for example to pending while it waits for an answer. What is resolved or closed is "
          "reopened by /reopen.",
          R"({"type":"object","additionalProperties":false,"required":["state"],"properties":{"state":{"type":"string",
        "enum":["open","pending","acknowledged","resolved","closed"]}}})"),
      change("/api/v1/tasks/{id}/comment", to<&TaskRoutes::comment>(this), "Adds a comment to the history.",
             R"({"type":"object","additionalProperties":false,"required":["text"],"properties":{"text":{"type":"string",
        "minLength":1,"maxLength":32768}}})"),
      change("/api/v1/tasks/{id}/priority", to<&TaskRoutes::priority>(this), "Sets the priority.",
             R"({"type":"object","additionalProperties":false,"required":["priority"],
        "properties":{"priority":{"type":"string","enum":["low","normal","high","urgent"]}}})"),
      change("/api/v1/tasks/{id}/tags", to<&TaskRoutes::tags>(this), "Adds and removes tags, all or none.",
             R"({"type":"object","additionalProperties":false,"properties":{"add":{"type":"array","maxItems":50,
        "items":{"type":"string","minLength":1,"maxLength":64}},"remove":{"type":"array","maxItems":50,
        "items":{"type":"string","minLength":1,"maxLength":64}}}})"),
      change("/api/v1/tasks/{id}/route", to<&TaskRoutes::route>(this), "Hands it to another team, which is told.",
             R"({"type":"object","additionalProperties":false,"required":["team"],"properties":{"team":{"type":"string",
        "minLength":1,"maxLength":254}}})"),
      change(
          "/api/v1/tasks/{id}/fields", to<&TaskRoutes::fields>(this),
          "Sets what the type of the task asks for, each value checked by its kind; an empty one takes it away. All or "
          "none.",
          R"({"type":"object","additionalProperties":false,"required":["fields"],
        "properties":{"fields":{"type":"object","minProperties":1,"maxProperties":50,
        "additionalProperties":{"type":"string","maxLength":200}}}})"),
      change("/api/v1/tasks/{id}/due", to<&TaskRoutes::due>(this), "Sets the deadline; null: none.",
             R"({"type":"object","additionalProperties":false,"required":["due_at"],
        "properties":{"due_at":{"type":["string","null"],"format":"date-time"}}})"),
  };
}

}  // namespace orgo::gateway
