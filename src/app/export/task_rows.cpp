#include "app/export/task_rows.h"

#include <algorithm>
#include <string_view>

#include "app/local_time.h"
#include "app/output.h"
#include "base/csv.h"
#include "base/planted.h"

namespace orgo {
namespace {

std::string joined(const json::object& task, std::string_view name) {
  std::string out;
  const auto* list = task.if_contains(name);
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& one : list->as_array())
    if (one.is_string()) out.append(out.empty() ? "" : "; ").append(std::string(one.as_string()));
  return out;
}

/// "room: 102; since: 2026-11-29"
std::string fields_of(const json::object& task) {
  std::string out;
  const auto* fields = task.if_contains("fields");
  if (fields == nullptr || !fields->is_array()) return out;
  for (const auto& one : fields->as_array()) {
    if (!one.is_object()) continue;
    const auto value = text_of(one.as_object(), "value");
    if (!value.empty())
      out.append(out.empty() ? "" : "; ").append(text_of(one.as_object(), "name")).append(": ").append(value);
  }
  return out;
}

std::string yes_or_no(const json::object& task, std::string_view name) {
  const auto* value = task.if_contains(name);
  return value != nullptr && value->is_bool() && value->as_bool() ? "yes" : "no";
}

std::string next_escalation(const json::object& task) {
  const auto* escalation = task.if_contains("escalation");
  return escalation != nullptr && escalation->is_object() ? text_of(escalation->as_object(), "next_at") : std::string();
}

}  // namespace

const std::vector<std::string>& task_columns() {
  static const std::vector<std::string> kColumns{
      "task", "state",  "open",   "priority", "title",        "requester", "team",       "assignee",  "tags",
      "type", "fields", "due_at", "overdue",  "escalates_at", "message",   "created_at", "updated_at"};
  return kColumns;
}

std::vector<std::string> task_row(const json::object& task, const TimeZone& zone) {
  const auto time = [&](const std::string& instant) { return local_time(instant, zone); };
  std::vector<std::string> row{text_of(task, "id"),
                               text_of(task, "state"),
                               yes_or_no(task, "open"),
                               text_of(task, "priority"),
                               text_of(task, "title"),
                               text_of(task, "requester"),
                               text_of(task, "team"),
                               text_of(task, "assignee"),
                               joined(task, "tags"),
                               text_of(task, "type"),
                               fields_of(task),
                               time(text_of(task, "due_at")),
                               yes_or_no(task, "overdue"),
                               time(next_escalation(task)),
                               text_of(task, "message"),
                               time(text_of(task, "created_at")),
                               time(text_of(task, "updated_at"))};
  if (!ORGO_PLANT(exported_cells_are_live))
    std::ranges::transform(row, row.begin(), [](const std::string& text) { return inert_cell(text); });
  return row;
}

}  // namespace orgo
