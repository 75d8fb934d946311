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
  if (!order.threads.empty()) {
    json.key("threads").begin_array();
    for (const auto& one : order.threads) {
      json.begin_object().field("to", one.to).field("message", to_string(one.message));
      json.field("as", one.as).end_object();
    }
    json.end_array();
  }
  json.end_object();
  return text;
}

namespace {

std::string_view text_in(const json::object& fields, std::string_view name) {
  const auto* value = fields.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

std::vector<AnswerThread> threads_in(const json::object& fields) {
  std::vector<AnswerThread> threads;
  const auto* all = fields.if_contains("threads");
  if (all == nullptr || !all->is_array()) return threads;
  for (const auto& one : all->as_array()) {
    if (!one.is_object()) continue;
    const auto message = parse_id<MessageTag>(text_in(one.as_object(), "message"));
    if (message)
      threads.push_back(
          {std::string(text_in(one.as_object(), "to")), *message, std::string(text_in(one.as_object(), "as"))});
  }
  return threads;
}

}  // namespace

std::optional<AnswerOrder> read_answer_order(const Message& message) {
  const auto parsed = parse_json(message.header(kAnswerField));
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto& fields = parsed->as_object();
  const auto text = [&](std::string_view name) { return text_in(fields, name); };
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
                     .threads = threads_in(fields),
                     .team = std::string(text("team")),
                     .assignee = std::string(text("assignee")),
                     .priority = parse_priority(text("priority"))};
}

}  // namespace orgo
