#include <iostream>
#include <utility>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "base/id.h"
#include "base/json_words.h"
#include "base/text.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

/// "2026-12-01 13:00", "2026-12-01 13:00 overdue"
std::string due_cell(const json::object& task, const TimeZone& zone) {
  const auto* overdue = task.if_contains("overdue");
  const bool is_overdue = overdue != nullptr && overdue->is_bool() && overdue->as_bool();
  return short_time(text_of(task, "due_at"), zone) + (is_overdue ? " overdue" : "");
}

/// "pending", "pending until 2026-12-04 09:00"
std::string state_cell(const json::object& task, const TimeZone& zone) {
  const auto until = text_of(task, "pending_until");
  return text_of(task, "state") + (until.empty() ? "" : " until " + short_time(until, zone));
}

/// A line below each task that was found: where the words stand.
void say_found(const json::array& tasks, const TimeZone& zone) {
  for (const auto& value : tasks) {
    const auto& task = value.as_object();
    std::cout << text_of(task, "id") << "  " << state_cell(task, zone) << "  " << cell(text_of(task, "title"), 60)
              << "\n";
    std::string line;
    for (const auto& piece : task.at("found").as_array()) {
      const auto text = text_of(piece.as_object(), "text");
      line += piece.as_object().at("hit").as_bool() ? "[" + text + "]" : text;
    }
    if (!line.empty()) std::cout << "    " << cell(line, 300) << "\n";
  }
}

int list_tasks(const TaskOptions& options) {
  // The index is the server's.
  auto api = Api::open(options.common, options.search.empty() ? Api::Purpose::read : Api::Purpose::change);
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
  add("search", options.search);
  if (query.ends_with('?')) query.pop_back();
  const auto tasks = (*api)->list(query, options.limit);
  if (!tasks) return report(tasks.error());
  if (tasks->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(tasks->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  if (!options.search.empty()) {
    say_found(tasks->items, zone);
    if (tasks->items.empty())
      std::cout << (options.all || !options.state.empty() ? "nothing was found\n"
                                                          : "no open task was found; --all searches in all of them\n");
    return kDone;
  }
  Table table({"TASK", "STATE", "PRIORITY", "TEAM", "ASSIGNEE", time_heading("DUE", zone), "TITLE"});
  for (const auto& value : tasks->items) {
    const auto& task = value.as_object();
    table.add({text_of(task, "id"), state_cell(task, zone), text_of(task, "priority"), cell(text_of(task, "team"), 32),
               cell(text_of(task, "assignee"), 24), due_cell(task, zone), cell(text_of(task, "title"), 60)});
  }
  if (table.empty()) std::cout << (options.all ? "no tasks\n" : "no open tasks\n");
  else std::cout << table.text();
  return kDone;
}

/// A value without the marks of JSON, and times as the clocks of `zone` show them.
std::string words_of(const json::value& value, const TimeZone& zone) {
  return value_in_words(value, [&](const std::string& text) { return local_time(text, zone); });
}

/// One line of the history of `task`: "opened by rules", with what its data tells, as `name: value` pairs.
std::string in_words(const json::object& event, const std::string& task, const TimeZone& zone) {
  const auto of = text_of(event, "task");  // of a part that was merged into it
  std::string out =
      (of.empty() || of == task ? "" : of + " ") + text_of(event, "kind") + " by " + cell(text_of(event, "actor"), 60);
  const auto* data = event.if_contains("data");
  if (data == nullptr || !data->is_object()) return out;
  const auto details =
      members_in_words(data->as_object(), [&](const std::string& text) { return local_time(text, zone); });
  return details.empty() ? out : out + " (" + cell(details, 300) + ")";
}

void say_facts(const json::object& fields, const TimeZone& zone) {
  std::cout << text_of(fields, "id") << "  " << cell(text_of(fields, "title"), 300) << "\n";
  for (const auto* name : {"state", "priority", "type", "team", "assignee", "requester", "pending_until", "due_at",
                           "message", "created_at", "updated_at"})
    if (const auto value = text_of(fields, name); !value.empty())
      std::cout << "  " << name_in_words(name) << ": "
                << cell(std::string_view(name).ends_with("_at") || std::string_view(name) == "pending_until"
                            ? local_time(value, zone)
                            : value)
                << "\n";
  if (const auto* tags = fields.if_contains("tags"); tags != nullptr && tags->is_array() && !tags->as_array().empty()) {
    std::cout << "  tags:";
    for (const auto& tag : tags->as_array()) std::cout << " " << cell(std::string(tag.as_string()));
    std::cout << "\n";
  }
}

/// What it has to do with other tasks.
void say_ties(const json::object& fields, const TimeZone& zone) {
  for (const auto& [name, words] :
       {std::pair("links", "linked with"), std::pair("merged", "parts"), std::pair("also_asked_by", "also asked by")})
    if (const auto* list = fields.if_contains(name); list != nullptr && list->is_array() && !list->as_array().empty())
      std::cout << "  " << words << ": " << cell(words_of(*list, zone)) << "\n";
  if (const auto into = text_of(fields, "merged_into"); !into.empty())
    std::cout << "  merged into " << into << ", where work goes on\n";
}

/// What its type asks for, and its chain.
void say_fields(const json::object& fields) {
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
  say_facts(fields, zone);
  say_ties(fields, zone);
  say_fields(fields);
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
                << in_words(event.as_object(), text_of(fields, "id"), zone) << "\n";
  return kDone;
}

}  // namespace

int cmd_task(const TaskOptions& options) {
  if (options.action == "list") return list_tasks(options);
  if (options.action != "show") return cmd_task_change(options);
  const auto number = parse_id<TaskTag>(options.task);
  if (!number)
    return report({Errc::invalid_input, "'" + cell(options.task, 40) + "' is not a task; write it as in T-12"});
  const auto target = "/api/v1/tasks/" + to_string(*number);
  return show_task(options, target);
}

}  // namespace orgo
