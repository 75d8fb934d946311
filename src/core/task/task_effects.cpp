#include "core/task/task_effects.h"

#include <algorithm>

#include "base/json_writer.h"
#include "core/task/commands.h"

namespace orgo {

void apply_to_task(const TaskEffects& effects, MessageId cause, Task& next, Changes& changes) {
  const auto add_event = [&](EventKind kind, auto write) {
    Event& event = changes.events.emplace_back();
    event.kind = kind;
    event.subject = next.number;
    event.message = cause;
    event.at = changes.at;
    event.actor = "rules";
    JsonWriter json(event.data);
    json.begin_object();
    write(json);
    if (!effects.rule.empty()) json.field("rule", effects.rule);
    json.end_object();
  };
  if (effects.priority && *effects.priority != next.priority) {
    add_event(EventKind::task_priority, [&](JsonWriter& json) {
      json.field("from", to_string(next.priority)).field("to", to_string(*effects.priority));
    });
    next.priority = *effects.priority;
  }
  if (effects.team && *effects.team != next.team) {
    add_event(EventKind::task_routed,
              [&](JsonWriter& json) { json.field("from", next.team).field("to", *effects.team); });
    next.team = *effects.team;
  }
  if (effects.assign && *effects.assign != next.assignee) {
    add_event(EventKind::task_assigned,
              [&](JsonWriter& json) { json.field("from", next.assignee).field("to", *effects.assign); });
    next.assignee = *effects.assign;
  }
  for (const auto& tag : effects.tags) {
    if (next.tags.size() >= commands::kTagsMax || std::find(next.tags.begin(), next.tags.end(), tag) != next.tags.end())
      continue;
    next.tags.push_back(tag);
    add_event(EventKind::task_tagged, [&](JsonWriter& json) { json.field("added", tag); });
  }
  for (const auto& note : effects.notes)
    add_event(EventKind::task_commented, [&](JsonWriter& json) { json.field("text", note); });
}

}  // namespace orgo
