#include "core/processing/trace.h"

#include "base/json.h"
#include "core/changes/priority.h"

namespace orgo {
namespace {

void write_texts(JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const auto& text : texts) json.string(text);
  json.end_array();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

bool flag_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->as_bool();
}

std::size_t number_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() && value->as_int64() > 0 ? static_cast<std::size_t>(value->as_int64())
                                                                        : 0;
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
  std::vector<std::string> texts;
  if (const auto* list = object.if_contains(name); list != nullptr && list->is_array())
    for (const auto& one : list->as_array())
      if (one.is_string()) texts.emplace_back(one.as_string());
  return texts;
}

template <typename Use>
void each_object(const json::object& object, std::string_view name, Use&& use) {
  const auto* list = object.if_contains(name);
  if (list == nullptr || !list->is_array()) return;
  for (const auto& one : list->as_array())
    if (one.is_object()) use(one.as_object());
}

rules::PartTrace part_of(const json::object& object) {
  rules::PartTrace part{.text = text_of(object, "text"),
                        .held = flag_of(object, "held"),
                        .words = {},
                        .negated = flag_of(object, "negated"),
                        .found = text_of(object, "found")};
  each_object(object, "words", [&](const json::object& word) {
    part.words.push_back(
        {text_of(word, "field"), number_of(word, "value"), number_of(word, "offset"), number_of(word, "length")});
  });
  return part;
}

void write_asked(JsonWriter& json, const AskedFacts& asked) {
  json.begin_object().field("at", to_ms(asked.at));
  if (asked.offset.count() != 0) json.field("offset", static_cast<std::int64_t>(asked.offset.count()));
  if (asked.from_staff) json.field("staff", true);
  if (asked.sender)
    json.key("sender")
        .begin_object()
        .field("earlier", asked.sender->earlier_messages)
        .field("open", asked.sender->open_tasks)
        .end_object();
  if (!asked.open.empty()) {
    json.key("open").begin_object();
    for (const auto& [calendar, open] : asked.open) json.field(calendar, open);
    json.end_object();
  }
  if (asked.thread) {
    const auto& task = *asked.thread;
    json.key("thread")
        .begin_object()
        .field("task", task.number.value)
        .field("state", to_string(task.state))
        .field("priority", to_string(task.priority))
        .field("team", task.team)
        .field("assignee", task.assignee)
        .key("tags");
    write_texts(json, task.tags);
    json.end_object();
  }
  json.end_object();
}

std::int64_t integer_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

const json::object* object_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? &value->as_object() : nullptr;
}

AskedFacts asked_of(const json::object& object) {
  AskedFacts asked;
  asked.at = from_ms(integer_of(object, "at"));
  asked.offset = Millis{integer_of(object, "offset")};
  asked.from_staff = flag_of(object, "staff");
  if (const auto* sender = object_of(object, "sender"))
    asked.sender = {integer_of(*sender, "earlier"), integer_of(*sender, "open")};
  if (const auto* open = object_of(object, "open"))
    for (const auto& one : *open)
      if (one.value().is_bool()) asked.open.emplace(std::string(one.key()), one.value().as_bool());
  if (const auto* thread = object_of(object, "thread")) {
    // Rules ask for what the task was, never whose: there is one tenant in a trace.
    Task task{.tenant = kTrialTenant, .number = TaskNumber{integer_of(*thread, "task")}};
    task.state = parse_task_state(text_of(*thread, "state")).value_or(task.state);
    task.priority = parse_priority(text_of(*thread, "priority")).value_or(task.priority);
    task.team = text_of(*thread, "team");
    task.assignee = text_of(*thread, "assignee");
    task.tags = texts_of(*thread, "tags");
    asked.thread = std::move(task);
  }
  return asked;
}

std::string written(const Trace& trace, bool stored) {
  std::string out;
  out.reserve(256);
  JsonWriter json(out);
  json.begin_object().key("findings");
  write_findings(json, trace);
  json.key("keywords");
  write_texts(json, trace.keywords);
  if (stored && trace.asked) {
    json.key("acted");
    write_texts(json, trace.acted);
    json.key("asked");
    write_asked(json, *trace.asked);
  } else {
    json.key("rules");
    write_rules(json, trace.rules);
  }
  json.key("routed_to");
  write_texts(json, trace.routed_to);
  if (!trace.thread.empty()) json.field("thread", trace.thread);
  if (!trace.thread_refused.empty()) json.field("thread_refused", trace.thread_refused);
  if (!trace.not_answered.empty()) json.field("not_answered", trace.not_answered);
  json.end_object();
  return out;
}

}  // namespace

void write_findings(JsonWriter& json, const Trace& trace) {
  json.begin_array();
  for (const auto& finding : trace.findings)
    json.begin_object().field("kind", finding.kind).field("detail", finding.detail).end_object();
  json.end_array();
}

void write_parts(JsonWriter& json, const std::vector<rules::PartTrace>& parts) {
  json.begin_array();
  for (const auto& part : parts) {
    json.begin_object().field("text", part.text).field("held", part.held);
    if (part.negated) json.field("negated", true);
    if (!part.found.empty()) json.field("found", part.found);
    if (!part.words.empty()) {
      json.key("words").begin_array();
      for (const auto& word : part.words) {
        json.begin_object().field("field", word.field);
        if (word.value != 0) json.field("value", word.value);
        json.field("offset", word.offset).field("length", word.length).end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_array();
}

void write_rules(JsonWriter& json, const std::vector<rules::RuleTrace>& rules) {
  json.begin_array();
  for (const auto& rule : rules) {
    json.begin_object().field("rule", rule.rule).field("matched", rule.matched).field("why", rule.why);
    if (!rule.condition.empty()) json.field("condition", rule.condition);
    if (!rule.parts.empty()) {
      json.key("parts");
      write_parts(json, rule.parts);
    }
    json.end_object();
  }
  json.end_array();
}

std::string to_json(const Trace& trace) {
  return written(trace, false);
}

std::string stored_form(const Trace& trace) {
  return written(trace, true);
}

std::optional<Trace> parse_trace(std::string_view stored) {
  const auto value = parse_json(stored);
  if (!value || !value->is_object()) return std::nullopt;
  const auto& object = value->as_object();
  Trace trace;
  each_object(object, "findings", [&](const json::object& finding) {
    trace.findings.push_back({text_of(finding, "kind"), text_of(finding, "detail")});
  });
  trace.keywords = texts_of(object, "keywords");
  each_object(object, "rules", [&](const json::object& one) {
    auto& rule = trace.rules.emplace_back();
    rule.rule = text_of(one, "rule");
    rule.matched = flag_of(one, "matched");
    rule.why = text_of(one, "why");
    rule.condition = text_of(one, "condition");
    each_object(one, "parts", [&](const json::object& part) { rule.parts.push_back(part_of(part)); });
  });
  if (const auto* asked = object_of(object, "asked")) {
    trace.asked = asked_of(*asked);
    trace.acted = texts_of(object, "acted");
  }
  trace.routed_to = texts_of(object, "routed_to");
  trace.thread = text_of(object, "thread");
  trace.thread_refused = text_of(object, "thread_refused");
  trace.not_answered = text_of(object, "not_answered");
  return trace;
}

}  // namespace orgo
