#include "base/json_writer.h"
#include "service/gateway/json_body.h"
#include "service/gateway/route.h"
#include "service/modules/module_view.h"

namespace orgo::gateway {
namespace {

/// Those of the caller's own tenant.
Result<ModuleService*> modules_of(House& house, const Call& call) {
  auto* modules = house.services.modules ? house.services.modules(call.caller->tenant) : nullptr;
  if (modules == nullptr) return failure(Errc::not_found, "there are no modules here");
  return modules;
}

Result<HttpResponse> list_modules(House& house, const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  if (const auto modules = modules_of(house, call)) {
    ORGO_TRY(entries, (*modules)->list());
    for (const auto& entry : entries) views::write_module_line(writer, entry);
  }
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> answer_with(const ModuleService& modules, const std::string& name) {
  ORGO_TRY(entry, modules.show(name));
  std::string body;
  JsonWriter writer(body);
  views::write_module(writer, entry);
  return json_response(std::move(body));
}

Result<HttpResponse> show_module(House& house, const Call& call) {
  ORGO_TRY(modules, modules_of(house, call));
  return answer_with(*modules, call.captured.at(0));
}

Result<HttpResponse> enable_module(House& house, const Call& call) {
  ORGO_TRY(modules, modules_of(house, call));
  ORGO_CHECK(modules->enable(call.captured.at(0), call.caller->actor()));
  return answer_with(*modules, call.captured[0]);
}

Result<HttpResponse> disable_module(House& house, const Call& call) {
  ORGO_TRY(modules, modules_of(house, call));
  ORGO_CHECK(modules->disable(call.captured.at(0), call.caller->actor()));
  return answer_with(*modules, call.captured[0]);
}

Result<HttpResponse> undo_modules(House& house, const Call& call) {
  ORGO_TRY(modules, modules_of(house, call));
  ORGO_CHECK(modules->undo(call.caller->actor()));
  return list_modules(house, call);
}

Result<HttpResponse> list_module_teams(House& house, const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  if (const auto modules = modules_of(house, call)) {
    ORGO_TRY(teams, (*modules)->teams());
    for (const auto& team : teams) views::write_module_team(writer, team);
  }
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> set_module_team(House& house, const Call& call) {
  JsonBody body(call.request);
  const auto address = body.text("address", 254, true);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(modules, modules_of(house, call));
  ORGO_CHECK(modules->set_team(call.captured.at(0), address, call.caller->actor()));
  ORGO_TRY(teams, modules->teams());
  ModuleService::TeamEntry entry{call.captured[0], address, {}};
  for (auto& team : teams)
    if (team.name == entry.name) entry = std::move(team);
  std::string text;
  JsonWriter writer(text);
  views::write_module_team(writer, entry);
  return json_response(std::move(text));
}

}  // namespace

std::vector<Route> module_routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/modules",
       .permission = Permission::read_ledger,
       .handler = list_modules,
       .summary = "The modules that are there, in the order in which they are asked, and those that can be added (orgo "
                  "module add).",
       .answer = "ModulePage"},
      {.method = "POST",
       .pattern = "/api/v1/modules/undo",
       .permission = Permission::manage_modules,
       .handler = undo_modules,
       .summary =
           "Takes the last change of modules or their teams back; twice brings it back. Answers with all modules.",
       .answer = "ModulePage"},
      {.method = "GET",
       .pattern = "/api/v1/modules/{name}",
       .permission = Permission::read_ledger,
       .handler = show_module,
       .summary = "One module: its rules, words, teams, calendars and service levels.",
       .answer = "Module"},
      {.method = "POST",
       .pattern = "/api/v1/modules/{name}/enable",
       .permission = Permission::manage_modules,
       .handler = enable_module,
       .summary = "Puts a module that was added in force; the server takes it over within a second.",
       .answer = "Module"},
      {.method = "POST",
       .pattern = "/api/v1/modules/{name}/disable",
       .permission = Permission::manage_modules,
       .handler = disable_module,
       .summary = "Takes a module out of force. Its open tasks stay, with their deadlines and chains.",
       .answer = "Module"},
      {.method = "GET",
       .pattern = "/api/v1/module-teams",
       .permission = Permission::read_ledger,
       .handler = list_module_teams,
       .summary = "Teams and roles that modules in force name, and who they are.",
       .answer = "ModuleTeamPage"},
      {.method = "PUT",
       .pattern = "/api/v1/module-teams/{name}",
       .permission = Permission::manage_modules,
       .handler = set_module_team,
       .summary = "Says who a team or role of modules is.",
       .body =
           R"({"type":"object","additionalProperties":false,"required":["address"],"properties":{"address":{"type":"string","maxLength":254,"description":"Empty: nobody; its mail goes nowhere."}}})",
       .answer = "ModuleTeam"},
  };
}

}  // namespace orgo::gateway
