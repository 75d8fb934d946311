#include "service/gateway/tasks/many_routes.h"

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/tasks/command_input.h"
#include "service/policy/field_check.h"
#include "service/policy/time_reader.h"
#include "service/tasks/run_many.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kNameMax = 20;  ///< bytes of the number of a task

void write_outcome(JsonWriter& writer, const ManyOutcome& outcome, TimePoint now) {
  writer.begin_object().field("task", outcome.name).field("done", outcome.task.has_value());
  if (outcome.task) {
    writer.key("result");
    views::write_task(writer, *outcome.task, now);
  } else {
    const auto problem = problem_of_storing(outcome.task.error());
    writer.key("problem").begin_object().field("status", problem.status).field("code", problem.code);
    writer.field("detail", problem.detail).end_object();
  }
  writer.end_object();
}

}  // namespace

Result<HttpResponse> ManyRoutes::run(const Call& call, const commands::Command& command) {
  const auto tenant = call.caller->tenant;
  ORGO_TRY(policy, ports_.policies(tenant));
  JsonBody body(call.request);
  const auto names = body.optional_texts("tasks", kTasksAtOnceMax, kNameMax);
  if (names.empty()) body.complain("tasks", "must name 1 to " + std::to_string(kTasksAtOnceMax) + " tasks");
  const auto input = command_input(command, body, reader_of_times(*policy, ports_.clock.now()));
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  std::vector<NamedTask> tasks;
  for (const auto& name : names) tasks.push_back({name});
  const auto check = field_check(ports_.policies);
  const auto find_sla = sla_finder(ports_.policies);
  const auto outcomes = run_many(tasks, [&](TaskNumber number, std::optional<std::int64_t> version) {
    return ports_.commands.run({tenant, number, call.caller->actor(), version}, command, input, check, find_sla);
  });
  std::string out;
  JsonWriter writer(out);
  const auto now = ports_.clock.now();
  int done = 0, failed = 0;
  writer.begin_object().key("items").begin_array();
  for (const auto& outcome : outcomes) {
    write_outcome(writer, outcome, now);
    ++(outcome.task ? done : failed);
  }
  writer.end_array().field("done", done).field("failed", failed).end_object();
  return json_response(std::move(out));
}

std::vector<Route> ManyRoutes::routes() {
  std::vector<Route> routes;
  for (const auto& command : commands::all()) {
    if (command.one_only) continue;
    const auto& path = written_.emplace_back("/api/v1/tasks/" + std::string(command.name));
    const auto& schema = written_.emplace_back(commands::input_schema_of_many(command, kTasksAtOnceMax, kNameMax));
    const auto& summary =
        written_.emplace_back("/api/v1/tasks/{id}/" + std::string(command.name) + " on several tasks. " +
                              "200 also when some were refused: each says what became of it.");
    auto& bound = bound_.emplace_back(Bound{*this, command});
    routes.push_back({.method = "POST",
                      .pattern = path,
                      .permission = command.permission,
                      .pace = HttpHandler::Pace::slow,
                      .handler = to<&Bound::run>(&bound),
                      .summary = summary,
                      .body = json_body(schema),
                      .answer = "TaskOutcomes"});
  }
  return routes;
}

std::vector<Schema> ManyRoutes::schemas() const {
  return {{"TaskOutcomes", R"({"type":"object","required":["items","done","failed"],"properties":{
        "items":{"type":"array",
        "description":"In the order of the request; a task that is named twice stands here once.",
        "items":{"type":"object","required":["task","done"],"properties":{"task":{"type":"string","examples":["T-12"]},
        "done":{"type":"boolean"},"result":{"$ref":"#/components/schemas/Task"},
        "problem":{"type":"object","description":"Why it was not done.","properties":{"status":{"type":"integer"},
        "code":{"type":"string","examples":["conflict"]},"detail":{"type":"string"}}}}}},
        "done":{"type":"integer"},"failed":{"type":"integer"}}})"}};
}

}  // namespace orgo::gateway
