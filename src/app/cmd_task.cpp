#include <algorithm>
#include <iostream>

#include "adapter/clock/system_clock.h"
#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "base/id.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "core/calendar/due_text.h"
#include "core/task/command.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

/// "2026-12-01 13:00", "2026-12-01 13:00 overdue"
std::string due_cell(const json::object& task, const TimeZone& zone) {
  const auto* overdue = task.if_contains("overdue");
  const bool is_overdue = overdue != nullptr && overdue->is_bool() && overdue->as_bool();
  return short_time(text_of(task, "due_at"), zone) + (is_overdue ? " overdue" : "");
}

int list_tasks(const TaskOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  std::string query = "/api/v1/tasks?";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      query.append(query.ends_with('?') ? "" : "&").append(name).append("=").append(gateway::percent_encoded(value));
  };
  if (!options.all && options.state.empty()) add("open", "true");
  add("state", options.state);
  add("team", options.team);
  add("assignee", options.assignee);
  if (query.ends_with('?')) query.pop_back();
  const auto tasks = (*api)->list(query, options.limit);
  if (!tasks) return report(tasks.error());
  if (tasks->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(tasks->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"TASK", "STATE", "PRIORITY", "TEAM", "ASSIGNEE", time_heading("DUE", zone), "TITLE"});
  for (const auto& value : tasks->items) {
    const auto& task = value.as_object();
    table.add({text_of(task, "id"), text_of(task, "state"), text_of(task, "priority"), cell(text_of(task, "team"), 32),
               cell(text_of(task, "assignee"), 24), due_cell(task, zone), cell(text_of(task, "title"), 60)});
  }
  if (table.empty()) std::cout << (options.all ? "no tasks\n" : "no open tasks\n");
  else std::cout << table.text();
  return kDone;
}

/// A list of names without the marks of JSON.
std::string words_of(const json::value& value, const TimeZone& zone) {
  if (value.is_string()) return local_time(std::string(value.as_string()), zone);
  if (!value.is_array() || !std::ranges::all_of(value.as_array(), [](const auto& one) { return one.is_string(); }))
    return json::serialize(value);
  std::string out;
  for (const auto& one : value.as_array()) out.append(out.empty() ? "" : ", ").append(std::string(one.as_string()));
  return out;
}

/// One line of a history: "opened by rules", with what its data tells, as `name: value` pairs.
std::string in_words(const json::object& event, const TimeZone& zone) {
  std::string out = text_of(event, "kind") + " by " + cell(text_of(event, "actor"), 60);
  const auto* data = event.if_contains("data");
  if (data == nullptr || !data->is_object()) return out;
  std::string details;
  for (const auto& [name, value] : data->as_object()) {
    if (value.is_null()) continue;
    details += details.empty() ? "" : ", ";
    details += std::string(name) + ": " + words_of(value, zone);
  }
  return details.empty() ? out : out + " (" + cell(details, 300) + ")";
}

int show_task(const TaskOptions& options, const std::string& target) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  auto task = (*api)->ask("GET", target);
  if (!task) return report(task.error());
  auto history = (*api)->ask("GET", target + "/events");
  if (!history) return report(history.error());
  auto& fields = task->as_object();
  auto& events = history->as_object()["items"];
  auto clocks = (*api)->ask("GET", target + "/clocks");
  if (!clocks) return report(clocks.error());
  if (options.common.json) {
    fields["events"] = std::move(events);
    fields["clocks"] = std::move(*clocks);
    std::cout << json::serialize(*task) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  std::cout << text_of(fields, "id") << "  " << cell(text_of(fields, "title"), 300) << "\n";
  for (const auto* name :
       {"state", "priority", "type", "team", "assignee", "requester", "due_at", "message", "created_at", "updated_at"})
    if (const auto value = text_of(fields, name); !value.empty())
      std::cout << "  " << name << ": "
                << cell(std::string_view(name).ends_with("_at") ? local_time(value, zone) : value) << "\n";
  if (const auto* tags = fields.if_contains("tags"); tags != nullptr && tags->is_array() && !tags->as_array().empty()) {
    std::cout << "  tags:";
    for (const auto& tag : tags->as_array()) std::cout << " " << cell(std::string(tag.as_string()));
    std::cout << "\n";
  }
  if (const auto* typed = fields.if_contains("fields"); typed != nullptr && typed->is_array())
    for (const auto& value : typed->as_array()) {
      const auto& field = value.as_object();
      const auto problem = text_of(field, "problem");
      if (text_of(field, "value").empty() && problem.empty()) continue;
      std::cout << "  " << cell(text_of(field, "label"), 60) << ": " << cell(text_of(field, "value"))
                << (problem.empty() ? "" : " (" + cell(problem) + ")") << "\n";
    }
  if (const auto* chain = fields.if_contains("escalation"); chain != nullptr && chain->is_object())
    for (const auto& step : chain->as_object().at("steps").as_array()) {
      const auto to = text_of(step.as_object(), "to");
      std::cout << "  escalation: after " << text_of(step.as_object(), "after") << " -> "
                << (to.empty() ? "the team" : cell(to)) << "\n";
    }
  const auto& stands = clocks->as_object();
  if (const auto sla = text_of(stands, "sla"); !sla.empty()) std::cout << "  service level: " << cell(sla) << "\n";
  for (const auto& clock : stands.at("clocks").as_array())
    std::cout << "    " << text_of(clock.as_object(), "clock") << ": " << text_of(clock.as_object(), "in_words")
              << "\n";
  if (const auto next = text_of(stands, "escalates_at"); !next.empty())
    std::cout << "  escalates: " << local_time(next, zone) << " -> " << cell(text_of(stands, "escalates_to")) << "\n";
  std::cout << "history:\n";
  if (events.is_array())
    for (const auto& event : events.as_array())
      std::cout << "  " << local_time(text_of(event.as_object(), "at"), zone) << "  "
                << in_words(event.as_object(), zone) << "\n";
  return kDone;
}

/// By the organization's calendar, in its zone.
Result<TimePoint> due_of(const TaskOptions& options) {
  ORGO_TRY(policy, policies_as_written(options.common)(kTrialTenant));
  return parse_due(options.value, SystemClock().now(), policy->workplace().calendars.standard(), policy->zone());
}

/// What is said of a command, as the body of its request.
Result<std::string> body_of(const commands::Command& command, const TaskOptions& options) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (!command.line.value.empty()) {
    const auto& parameter = command.parameters.front();
    json.key(parameter.name);
    switch (parameter.kind) {
      case commands::Parameter::Kind::text:
      case commands::Parameter::Kind::choice:
        json.string(options.value);
        break;
      case commands::Parameter::Kind::texts:
        json.begin_array().string(options.value).end_array();
        break;
      case commands::Parameter::Kind::named_texts:
        json.begin_object();
        for (const auto& text : options.values) {
          const auto equals = text.find('=');
          if (equals == std::string::npos || equals == 0)
            return failure(Errc::invalid_input, "'" + cell(text, 80) +
                                                    "' sets nothing; write it as in room=102, or "
                                                    "room= to take it away");
          json.field(trim(std::string_view(text).substr(0, equals)), trim(std::string_view(text).substr(equals + 1)));
        }
        json.end_object();
        break;
      case commands::Parameter::Kind::time:
        if (options.value == "none") {
          json.null();
        } else {
          ORGO_TRY(due, due_of(options));
          json.string(to_rfc3339(due));
        }
        break;
    }
  }
  json.end_object();
  return body;
}

}  // namespace

int cmd_task(const TaskOptions& options) {
  if (options.action == "list") return list_tasks(options);
  const auto number = parse_id<TaskTag>(options.task);
  if (!number)
    return report({Errc::invalid_input, "'" + cell(options.task, 40) + "' is not a task; write it as in T-12"});
  const auto target = "/api/v1/tasks/" + to_string(*number);
  if (options.action == "show") return show_task(options, target);

  const auto known =
      std::ranges::find_if(commands::all(), [&](const auto& command) { return command.line.name == options.action; });
  if (known == commands::all().end()) return report({Errc::invalid_input, "there is no action " + options.action});
  const auto body = body_of(*known, options);
  if (!body) return report(body.error());
  auto api = Api::open(options.common, Api::Purpose::change);
  if (!api) return report(api.error());
  const auto task = (*api)->ask("POST", target + "/" + std::string(known->name), *body);
  if (!task) return report(task.error());
  if (options.common.json) {
    std::cout << json::serialize(*task) << '\n';
  } else {
    const auto& fields = task->as_object();
    const auto assignee = text_of(fields, "assignee");
    std::cout << text_of(fields, "id") << " is " << text_of(fields, "state") << ", priority "
              << text_of(fields, "priority") << ", team " << cell(text_of(fields, "team"))
              << (assignee.empty() ? "" : ", assigned to " + cell(assignee)) << "\n";
  }
  return kDone;
}

}  // namespace orgo
