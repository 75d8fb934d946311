#include "service/gateway/tasks/task_routes.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "base/planted.h"
#include "core/task/command.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/tasks/command_input.h"
#include "service/policy/field_check.h"
#include "service/policy/names_of.h"
#include "service/policy/time_reader.h"
#include "service/tasks/conversation.h"
#include "service/views/clock_view.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

HttpResponse task_response(const Task& task, TimePoint now) {
  std::string body;
  JsonWriter writer(body);
  views::write_task(writer, task, now);
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

constexpr std::string_view kStates =
    R"({"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]})";

}  // namespace

/// Any of the commands: the precondition, the body, the answer.
Result<HttpResponse> TaskRoutes::run(const Call& call, const commands::Command& command) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(seen, ports_.tasks.read(call.caller->tenant, number));
  if (!call.if_match.names(seen.version)) return version_mismatch(call, number);
  JsonBody body(call.request);
  ORGO_TRY(policy, ports_.policies(call.caller->tenant));
  const auto input = command_input(command, body, reader_of_times(*policy, ports_.clock.now()));
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  std::optional<std::int64_t> version;
  if (call.if_match.demanded()) version = seen.version;
  const TaskService::Target target{call.caller->tenant, number, call.caller->actor(), version};
  auto task = ports_.commands.run(target, command, input, field_check(ports_.policies), sla_finder(ports_.policies));
  if (!task && task.error().code == Errc::conflict && version) {
    ORGO_TRY(now, ports_.tasks.read(call.caller->tenant, number));
    if (now.version != *version) return version_mismatch(call, number);
  }
  if (!task) return tl::unexpected(std::move(task).error());
  return task_response(*task, ports_.clock.now());
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
  request.teams = names_of(ports_.policies, request.tenant, parameter(call, "team"));
  request.assignees = names_of(ports_.policies, request.tenant, parameter(call, "assignee"));
  const auto list_name = "tasks/" + std::to_string(request.tenant.value);
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(list_name, cursor));
    request.before = TaskNumber{last};
  }
  if (const auto text = parameter(call, "search"); !text.empty()) {
    request.limit = limit;
    return search(call, request, text);
  }
  request.limit = std::min(limit + 1, 1000);  // one more tells whether there is a next page
  ORGO_TRY(tasks, ports_.tasks.list(request));
  if (tasks.empty() && request.before.value == 0)
    for (const bool of_team : {true, false})
      ORGO_CHECK(check_name(request.tenant, parameter(call, of_team ? "team" : "assignee"), of_team));
  const bool more = static_cast<int>(tasks.size()) > limit - (ORGO_PLANT(full_page_has_a_next) ? 1 : 0) ||
                    (limit == 1000 && tasks.size() == 1000);
  keep_first(tasks, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = ports_.cursors.make(list_name, tasks.back().number.value);
  const auto now = ports_.clock.now();
  return list_response(
      call, tasks, [&](JsonWriter& writer, const auto& task) { views::write_task(writer, task, now); }, next);
}

Result<HttpResponse> TaskRoutes::search(const Call& call, const TaskListRequest& request, std::string_view text) {
  // The words of messages are shown to whoever may read those.
  if (!may(call.caller->role, Permission::read_messages))
    return failure(Errc::not_permitted, "to search in messages is for those who may read them");
  if (ports_.search == nullptr) return failure(Errc::conflict, std::string(kNoSearch));
  ORGO_TRY(policy, ports_.policies(request.tenant));
  ORGO_TRY(found, ports_.search->find(text, request, policy->zone()));
  std::optional<std::string> next;
  if (found.go_on) next = ports_.cursors.make("tasks/" + std::to_string(request.tenant.value), found.go_on.value);
  const auto now = ports_.clock.now();
  return list_response(
      call, found.tasks,
      [&](JsonWriter& writer, const FoundTask& one) { views::write_task(writer, one.task, now, &one.snippet); }, next);
}

Status TaskRoutes::check_name(TenantId tenant, std::string_view name, bool of_team) {
  TaskListRequest any{.tenant = tenant};
  any.limit = 1;
  auto& names = of_team ? any.teams : any.assignees;
  names = names_of(ports_.policies, tenant, name);
  if (names.empty()) return {};
  ORGO_TRY(tasks, ports_.tasks.list(any));
  if (!tasks.empty()) return {};
  const auto meant = ports_.commands.meant(tenant, name, of_team);
  // Whose account is disabled is somebody.
  if (!meant && meant.error().code == Errc::invalid_input) return tl::unexpected(meant.error());
  return {};
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
  return task_response(task, ports_.clock.now());
}

Result<HttpResponse> TaskRoutes::events(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, ports_.tasks.read(call.caller->tenant, number));
  ORGO_TRY(events, history_with_parts(ports_.tasks, task, 1000));
  return list_response(call, events, [&](JsonWriter& writer, const auto& event) { views::write_event(writer, event); });
}

Result<HttpResponse> TaskRoutes::clocks(const Call& call) {
  ORGO_TRY(number, captured_id<TaskTag>(call));
  ORGO_TRY(task, ports_.tasks.read(call.caller->tenant, number));
  ORGO_TRY(history, ports_.tasks.history(call.caller->tenant, task.number, 10'000));
  ORGO_TRY(policy, ports_.policies(task.tenant));
  std::string body;
  JsonWriter writer(body);
  views::write_clocks(writer, views::task_clocks(task, history, policy->workplace(), ports_.clock.now()),
                      policy->zone());
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
                 {"search",
                  "Only tasks that these words find: words \"a phrase\" from:anna tag:billing -not (docs/search.md)."},
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
       .summary = "The history of one task and of what was merged into it, oldest first, at most 1,000 events.",
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
  std::vector<Route> routes;
  for (const auto& command : commands::all()) {
    const auto& path = written_.emplace_back("/api/v1/tasks/{id}/" + std::string(command.name));
    const auto& schema = written_.emplace_back(commands::input_schema(command));
    auto& bound = bound_.emplace_back(Bound{*this, command});
    routes.push_back({.method = "POST",
                      .pattern = path,
                      .permission = command.permission,
                      .handler = to<&Bound::run>(&bound),
                      .summary = command.summary,
                      .body = json_body(schema),
                      .precondition = Precondition::if_match,
                      .answer = "Task"});
  }
  return routes;
}

}  // namespace orgo::gateway
