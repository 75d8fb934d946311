#include <iostream>
#include <string>
#include <vector>

#include "adapter/data_folder/data_folder.h"
#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/text.h"

namespace orgo {
namespace {

std::string roles_of(const json::object& node) {
  std::vector<std::string> roles;
  if (const auto* list = node.if_contains("roles"); list != nullptr && list->is_array())
    for (const auto& one : list->as_array())
      if (one.is_string()) roles.emplace_back(one.as_string());
  return roles.size() == 4 ? "all" : join(roles, ", ");
}

std::string number_of(const json::object& node, std::string_view name) {
  const auto* value = node.if_contains(name);
  return value != nullptr && value->is_int64() ? std::to_string(value->as_int64()) : "0";
}

}  // namespace

int cmd_cluster(const ClusterOptions& options) {
  // A server knows of itself; without one, what stands in a database that others work on is read.
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto server = DataFolder::running(settings->data);
  if (!server) return report(server.error());
  const bool ask_server = *server && !(*server)->http.empty() && !(*server)->token.empty();
  auto api = Api::open(options.common, ask_server ? Api::Purpose::change : Api::Purpose::read);
  if (!api) return report(api.error());
  const auto page = (*api)->ask("GET", "/api/v1/nodes");
  if (!page) return report(page.error());
  const auto& nodes = page->as_object().at("items").as_array();
  if (options.common.json) {
    std::cout << json::serialize(nodes) << '\n';
    return kDone;
  }
  if (nodes.empty()) {
    std::cout << "no node runs: `orgo serve` is one\n";
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"NODE", "STATE", "HEARD", "LOAD", "ROLES", "VERSION", time_heading("STARTED", zone), "ADDRESS"});
  for (const auto& value : nodes) {
    const auto& node = value.as_object();
    const auto address = text_of(node, "address");
    table.add({text_of(node, "name"), text_of(node, "state"), number_of(node, "silent_seconds") + " s ago",
               number_of(node, "load") + "%", roles_of(node), text_of(node, "version"),
               short_time(text_of(node, "started_at"), zone), address.empty() ? "-" : cell(address, 80)});
  }
  std::cout << table.text();
  return kDone;
}

}  // namespace orgo
