#include "service/gateway/events/event_routes.h"

#include <charconv>

#include "base/json_writer.h"
#include "base/planted.h"
#include "service/gateway/core/answer.h"
#include "service/views/views.h"

namespace orgo::gateway {
Result<HttpResponse> EventRoutes::list(const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  std::int64_t after = 0;
  if (const auto text = parameter(call, "after"); !text.empty()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (error != std::errc{} || end != text.data() + text.size() || after < 0)
      return failure(Errc::invalid_input, "after must be the sequence of an event, a whole number from 0");
  }
  ORGO_TRY(events, ports_.events.events_after(call.caller->tenant, after, limit));
  // Unlike other lists this one goes on: the cursor is the last sequence, also on the last page, to ask again later.
  if (!events.empty()) after = events.back().sequence;
  return list_response(
      call, events, [&](JsonWriter& writer, const auto& event) { views::write_event(writer, event); },
      std::to_string(after), "after");
}

Result<HttpResponse> EventRoutes::ledger(const Call& call) {
  ORGO_TRY(lines, ports_.ledger.count_ledger());
  std::string body;
  JsonWriter writer(body);
  bool balanced = true;
  writer.begin_object().key("lines").begin_array();
  for (const auto& line : lines) {
    if (line.tenant != call.caller->tenant && !ORGO_PLANT(ledger_of_all_tenants)) continue;
    balanced = balanced && imbalances(line).empty();
    views::write_ledger_line(writer, line);
  }
  writer.end_array().field("balanced", balanced).end_object();
  return json_response(std::move(body));
}

std::vector<Route> EventRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/events",
       .permission = Permission::read_events,
       .handler = to<&EventRoutes::list>(this),
       .summary =
           "The log of everything that happened, oldest first. Ask again with after = next_cursor for what is new.",
       .query = {{"after", "Only events with a greater sequence; 0 when missing.", R"({"type":"integer","minimum":0})"},
                 {"limit", "Events of one page; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"}},
       .answer = "EventPage"},
      {.method = "GET",
       .pattern = "/api/v1/ledger",
       .permission = Permission::read_ledger,
       .handler = to<&EventRoutes::ledger>(this),
       .summary = "Counts from the tables that accepted = decided + waiting + dead + refused, by channel, and says "
                  "what does not balance.",
       .answer = "Ledger"},
  };
}

std::vector<Schema> EventRoutes::schemas() const {
  return {
      {"Event", R"({"type":"object","required":["sequence","kind","at"],"properties":{
        "sequence":{"type":"integer"},"kind":{"type":"string","examples":["task.opened"]},"at":{"type":"string",
        "format":"date-time"},
        "actor":{"type":"string"},"task":{"type":["string","null"]},"message":{"type":["string","null"]},
        "send":{"type":["string","null"]},
        "token":{"type":["integer","null"],"description":"Of token.made and token.revoked."},
        "data":{"type":"object"}}})"},
      {"EventPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Event"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Ledger", R"({"type":"object","required":["lines","balanced"],"properties":{"balanced":{"type":"boolean"},
        "lines":{"type":"array","items":{"type":"object","properties":{"channel":{"type":"string"},
        "accepted":{"type":"integer"},"stored":{"type":"integer"},
          "decided":{"type":"integer"},"opened":{"type":"integer"},"joined":{"type":"integer"},
        "recorded":{"type":"integer"},"dropped":{"type":"integer"},
          "waiting":{"type":"integer"},"dead":{"type":"integer"},"refused":{"type":"integer"},
        "imbalances":{"type":"array","items":{"type":"string"}}}}}}})"},
  };
}

}  // namespace orgo::gateway
