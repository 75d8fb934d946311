#include <iostream>

#include "app/api.h"
#include "app/commands.h"
#include "app/local_time.h"
#include "app/output.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "service/gateway/core/url.h"

namespace orgo {
namespace {

std::string recipients_of(const json::object& tenant) {
  std::vector<std::string> texts;
  if (const auto* list = tenant.if_contains("recipients"); list != nullptr && list->is_array())
    for (const auto& one : list->as_array())
      if (one.is_string()) texts.emplace_back(one.as_string());
  return join(texts, ", ");
}

int list_tenants(const TenantOptions& options) {
  auto api = Api::open(options.common, Api::Purpose::read);
  if (!api) return report(api.error());
  const auto tenants = (*api)->list("/api/v1/tenants", options.limit);
  if (!tenants) return report(tenants.error());
  if (tenants->more) tell_of_more(options.limit);
  if (options.common.json) {
    std::cout << json::serialize(tenants->items) << '\n';
    return kDone;
  }
  const auto zone = zone_of(options.common);
  Table table({"NAME", "STATE", "DOMAINS AND ADDRESSES", time_heading("ADDED AT", zone)});
  for (const auto& value : tenants->items) {
    const auto& tenant = value.as_object();
    const auto recipients = recipients_of(tenant);
    table.add({text_of(tenant, "name"), text_of(tenant, "state"), recipients.empty() ? "-" : cell(recipients, 80),
               short_time(text_of(tenant, "created_at"), zone)});
  }
  std::cout << table.text();
  return kDone;
}

std::string path_of(const std::string& name, std::string_view rest = {}) {
  return "/api/v1/tenants/" + gateway::percent_encoded(name) + std::string(rest);
}

int show(const TenantOptions& options, const json::value& answer, std::string_view done) {
  const auto& tenant = answer.as_object();
  if (options.common.json) {
    std::cout << json::serialize(answer) << '\n';
    return kDone;
  }
  const auto recipients = recipients_of(tenant);
  std::cout << text_of(tenant, "name") << ": " << text_of(tenant, "state") << "\n"
            << "  mail for   " << (recipients.empty() ? "nobody's domain or address yet" : cell(recipients, 1'000))
            << "\n"
            << "  added at   " << local_time(text_of(tenant, "created_at"), zone_of(options.common)) << "\n";
  if (!done.empty()) notice(std::string(done));
  return kDone;
}

std::string body_with(const TenantOptions& options, bool with_name) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  if (with_name) json.field("name", options.name);
  json.key("recipients").begin_array();
  for (const auto& one : options.recipients) json.string(one);
  json.end_array().end_object();
  return body;
}

}  // namespace

int cmd_tenant(const TenantOptions& options) {
  if (options.action == "list") return list_tenants(options);
  const bool reads = options.action == "show";
  auto api = Api::open(options.common, reads ? Api::Purpose::read : Api::Purpose::change);
  if (!api) return report(api.error());
  const auto ask = [&](std::string_view method, const std::string& target, const std::string& body,
                       std::string_view done) {
    const auto answer = (*api)->ask(method, target, body);
    return answer ? show(options, *answer, done) : report(answer.error());
  };
  if (reads) return ask("GET", path_of(options.name), {}, {});
  if (options.action == "add")
    return ask("POST", "/api/v1/tenants", body_with(options, true),
               "Its rules and settings are in tenants/" + options.name +
                   " of the data folder; its first person: orgo user add NAME --role administrator --tenant " +
                   options.name);
  if (options.action == "set") return ask("PUT", path_of(options.name, "/recipients"), body_with(options, false), {});
  if (options.action == "suspend")
    return ask("POST", path_of(options.name, "/suspend"), {},
               "Its mail is put off and its tokens open nothing until `orgo tenant resume " + options.name + "`.");
  return ask("POST", path_of(options.name, "/resume"), {}, {});
}

}  // namespace orgo
