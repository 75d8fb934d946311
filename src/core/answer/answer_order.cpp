#include "core/answer/answer_order.h"

#include "base/json.h"
#include "base/json_writer.h"

namespace orgo {

std::string answer_order_text(const AnswerOrder& order) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  if (order.task) json.field("task", to_string(order.task));
  else json.field("opens", true);
  json.field("by", order.actor);
  if (!order.request.empty()) json.field("request", order.request);
  if (order.version) json.field("version", *order.version);
  if (!order.team.empty()) json.field("team", order.team);
  if (!order.assignee.empty()) json.field("assignee", order.assignee);
  if (order.priority) json.field("priority", to_string(*order.priority));
  if (order.internal) json.field("internal", true);
  if (order.then) json.field("then", to_string(*order.then));
  json.end_object();
  return text;
}

std::optional<AnswerOrder> read_answer_order(const Message& message) {
  const auto parsed = parse_json(message.header(kAnswerField));
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto& fields = parsed->as_object();
  const auto text = [&](std::string_view name) -> std::string_view {
    const auto* value = fields.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
  };
  const auto flag = [&](std::string_view name) {
    const auto* value = fields.if_contains(name);
    return value != nullptr && value->is_bool() && value->as_bool();
  };
  const auto whole = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto* value = fields.if_contains(name);
    return value != nullptr && value->is_int64() ? std::optional(value->as_int64()) : std::nullopt;
  };
  const auto task = parse_id<TaskTag>(text("task"));
  if ((!task && !flag("opens")) || text("by").empty()) return std::nullopt;
  return AnswerOrder{.task = task ? *task : TaskNumber{},
                     .actor = std::string(text("by")),
                     .internal = flag("internal"),
                     .then = parse_task_state(text("then")),
                     .request = std::string(text("request")),
                     .version = whole("version"),
                     .team = std::string(text("team")),
                     .assignee = std::string(text("assignee")),
                     .priority = parse_priority(text("priority"))};
}

}  // namespace orgo
