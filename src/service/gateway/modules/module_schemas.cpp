#include "service/gateway/modules/module_routes.h"

namespace orgo::gateway {

std::vector<Schema> ModuleRoutes::schemas() const {
  return {
      {"ModuleLine",
       R"({"type":"object","required":["name","state","trouble","version","title","rules","cases"],
        "properties":{"name":{"type":"string","examples":["it_helpdesk"]},
        "state":{"type":"string","enum":["enabled","disabled","available"]},"trouble":{"type":"string",
        "description":"What keeps it from being in force; empty: nothing."},
        "version":{"type":["string","null"],"examples":["1.1.0"]},"title":{"type":"string"},"rules":{"type":["integer",
        "null"]},"cases":{"type":["integer","null"]}}})"},
      {"ModulePage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/ModuleLine"}},"next_cursor":{"type":["string","null"]}}})"},
      {"Module",
       R"({"type":"object","required":["name","state","trouble","version","title","rules","cases"],
        "properties":{"name":{"type":"string","examples":["it_helpdesk"]},
        "state":{"type":"string","enum":["enabled","disabled","available"]},"trouble":{"type":"string",
        "description":"What keeps it from being in force; empty: nothing."},
        "version":{"type":["string","null"],"examples":["1.1.0"]},"title":{"type":"string"},"rules":{"type":["integer",
        "null"]},"cases":{"type":["integer","null"]},
        "fingerprint":{"type":"string","description":"Of its files."},"description":{"type":"string"},
        "languages":{"type":"array","items":{"type":"string"}},
        "rule_names":{"type":"array","items":{"type":"string"}},"task_types":{"type":"array","items":{"type":"string"}},
        "keywords":{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}},
        "teams":{"type":"object","description":"Address by team or role; empty: without mail.",
        "additionalProperties":{"type":"string"}},
        "calendars":{"type":"array","items":{"type":"string"}},"slas":{"type":"array","items":{"type":"string"}},
        "on_call":{"type":"array","items":{"type":"string"}}}})"},
      {"ModuleTeam",
       R"({"type":"object","required":["name","address","modules"],"properties":{"name":{"type":"string"},
        "address":{"type":"string"},
        "modules":{"type":"array","items":{"type":"string"},"description":"Those in force that name it."}}})"},
      {"ModuleTeamPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/ModuleTeam"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
