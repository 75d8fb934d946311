#include "service/gateway/nodes/node_routes.h"

#include <algorithm>
#include <cstdint>

#include "base/json_writer.h"
#include "base/text.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/operators.h"

namespace orgo::gateway {
namespace {

constexpr std::int64_t kMillis = 1'000;

void write_node(JsonWriter& json, const NodeSeen& node) {
  const auto& info = node.info;
  json.begin_object().field("name", info.name).field("state", to_string(state_of(node)));
  json.field("address", info.address).key("roles").begin_array();
  for (const auto role : split(info.roles, ','))
    if (!role.empty()) json.string(role);
  json.end_array().field("load", info.load).field("version", info.version).field("schema", info.schema);
  json.field("started_at", to_rfc3339(node.started_at))
      .field("silent_seconds", std::max<std::int64_t>(node.silent.count(), 0) / kMillis)
      .end_object();
}

}  // namespace

Result<HttpResponse> NodeRoutes::list(const Call& call) {
  ORGO_CHECK(operators_only(ports_.tenants, call, "nodes"));
  ORGO_TRY(nodes, ports_.nodes());
  return list_response(call, nodes, [](JsonWriter& writer, const NodeSeen& node) { write_node(writer, node); });
}

std::vector<Route> NodeRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/nodes",
       .permission = Permission::manage_tenants,
       .handler = to<&NodeRoutes::list>(this),
       .summary =
           "The nodes that work on the database, each with how it stands; one, where no other process can use it.",
       .answer = "NodePage"},
  };
}

std::vector<Schema> NodeRoutes::schemas() const {
  return {
      {"Node", R"({"type":"object","required":["name","state"],"properties":{"name":{"type":"string"},
        "state":{"type":"string","enum":["alive","draining","suspected","dead"],
        "description":"suspected: silent for some seconds; dead: the others have what it held."},
        "address":{"type":"string","description":"Of its HTTP door; empty: it has none."},
        "roles":{"type":"array","items":{"type":"string"}},
        "load":{"type":"integer","description":"Of its machine, in percent of what its processors can do."},
        "version":{"type":"string"},"schema":{"type":"integer"},
        "started_at":{"type":"string","format":"date-time"},
        "silent_seconds":{"type":"integer","description":"Since it was heard last."}}})"},
      {"NodePage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Node"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
