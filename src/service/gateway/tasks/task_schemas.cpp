#include "service/gateway/tasks/task_routes.h"

namespace orgo::gateway {

std::vector<Schema> TaskRoutes::schemas() const {
  return {
      {"Task", R"({"type":"object","required":["id","version","state","open","priority","title"],"properties":{
        "id":{"type":"string","examples":["T-12"]},"version":{"type":"integer"},
        "state":{"type":"string","enum":["new","open","pending","acknowledged","resolved","closed"]},
        "open":{"type":"boolean"},
        "priority":{"type":"string","enum":["low","normal","high","urgent"]},"title":{"type":"string"},
        "requester":{"type":"string"},
        "team":{"type":"string"},"assignee":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},
        "type":{"type":"string","description":"Of a module; empty: none.","examples":["maintenance/repair"]},
        "fields":{"type":"array","description":"What the type asks for, as found in the message.",
        "items":{"type":"object","properties":{"name":{"type":"string"},"label":{"type":"string"},
        "value":{"type":"string"},"problem":{"type":"string",
        "description":"What is wrong with the value; empty: nothing."}}}},
        "due_at":{"type":["string","null"],"format":"date-time"},
        "pending_until":{"type":["string","null"],"format":"date-time",
        "description":"When a pending one is open again by itself; null: never."},
        "links":{"type":"array","description":"Tasks that it was linked with.","items":{"type":"string"}},
        "merged":{"type":"array","description":"Tasks that are a part of it.","items":{"type":"string"}},
        "merged_into":{"type":["string","null"],"description":"The task that it is a part of.","examples":["T-9"]},
        "also_asked_by":{"type":"array","description":"Who asked for what was merged into it.",
        "items":{"type":"string"}},
        "overdue":{"type":"boolean","description":"The deadline has passed, and it is not done."},
        "escalation":{"type":"object","properties":{"level":{"type":"integer","description":"Steps that have fired."},
          "steps":{"type":"array","items":{"type":"object","properties":{"after":{"type":"string",
        "examples":["2 hours"]},"to":{"type":"string"},"does":{"type":"string",
        "description":"What it changes then, of a rule with 'no reply within'.","examples":["set_priority high"]}}}},
          "next_at":{"type":["string","null"],"format":"date-time"}}},
        "message":{"type":["string","null"],"examples":["m17"]},
        "created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"}}})"},
      {"TaskClocks", R"({"type":"object","required":["sla","clocks"],"properties":{
        "sla":{"type":["string","null"],"description":"Name of the service level."},"calendar":{"type":"string"},
        "clocks":{"type":"array","items":{"type":"object","properties":{"clock":{"type":"string",
        "enum":["first_response","update","keep_informed","resolution"]},
          "within_s":{"type":"integer"},"running":{"type":"boolean"},"paused":{"type":"boolean"},
          "due_at":{"type":["string","null"],"format":"date-time"},"warn_at":{"type":["string","null"],
        "format":"date-time"},
          "left_s":{"type":["integer","null"],"description":"Open time; negative: overdue."},
          "taken_s":{"type":["integer","null"],"description":"Of what is done, the longest."},
          "breached_by_s":{"type":["integer","null"]},"in_words":{"type":"string"}}}},
        "escalates_at":{"type":["string","null"],"format":"date-time"},"escalates_to":{"type":"string"}}})"},
      {"TaskPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"allOf":[{"$ref":"#/components/schemas/Task"},{"type":"object","properties":{"found":{"type":"array",
        "description":"Of a search: words of the task in pieces; what was looked for are the hits.",
        "items":{"type":"object","properties":{"text":{"type":"string"},"hit":{"type":"boolean"}}}}}}]}},
        "next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
