#include "service/gateway/modules/module_routes.h"

#include "base/json_writer.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/modules/module_view.h"

namespace orgo::gateway {
namespace {

Result<HttpResponse> answer_with(const ModuleService& modules, const std::string& name) {
  ORGO_TRY(entry, modules.show(name));
  std::string body;
  JsonWriter writer(body);
  views::write_module(writer, entry);
  return json_response(std::move(body));
}

}  // namespace

/// Those of the caller's own tenant.
Result<std::shared_ptr<ModuleService>> ModuleRoutes::modules_of(const Call& call) {
  auto modules = ports_.modules(call.caller->tenant);
  if (modules == nullptr) return failure(Errc::not_found, "there are no modules here");
  return modules;
}

Result<HttpResponse> ModuleRoutes::list(const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  if (const auto modules = modules_of(call)) {
    ORGO_TRY(entries, (*modules)->list());
    for (const auto& entry : entries) views::write_module_line(writer, entry);
  }
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> ModuleRoutes::show(const Call& call) {
  ORGO_TRY(modules, modules_of(call));
  return answer_with(*modules, std::string(call.captured.at(0)));
}

Result<HttpResponse> ModuleRoutes::enable(const Call& call) {
  ORGO_TRY(modules, modules_of(call));
  ORGO_CHECK(modules->enable(std::string(call.captured.at(0)), call.caller->actor()));
  return answer_with(*modules, std::string(call.captured.at(0)));
}

Result<HttpResponse> ModuleRoutes::disable(const Call& call) {
  ORGO_TRY(modules, modules_of(call));
  ORGO_CHECK(modules->disable(std::string(call.captured.at(0)), call.caller->actor()));
  return answer_with(*modules, std::string(call.captured.at(0)));
}

Result<HttpResponse> ModuleRoutes::undo(const Call& call) {
  ORGO_TRY(modules, modules_of(call));
  ORGO_CHECK(modules->undo(call.caller->actor()));
  return list(call);
}

Result<HttpResponse> ModuleRoutes::list_teams(const Call& call) {
  std::string items;
  JsonWriter writer(items);
  writer.begin_array();
  if (const auto modules = modules_of(call)) {
    ORGO_TRY(teams, (*modules)->teams());
    for (const auto& team : teams) views::write_module_team(writer, team);
  }
  writer.end_array();
  return page_response(call, items, std::nullopt);
}

Result<HttpResponse> ModuleRoutes::set_team(const Call& call) {
  JsonBody body(call.request);
  const auto address = body.text("address", 254, true);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(modules, modules_of(call));
  ORGO_CHECK(modules->set_team(std::string(call.captured.at(0)), address, call.caller->actor()));
  ORGO_TRY(teams, modules->teams());
  ModuleService::TeamEntry entry{std::string(call.captured.at(0)), address, {}};
  for (auto& team : teams)
    if (team.name == entry.name) entry = std::move(team);
  std::string text;
  JsonWriter writer(text);
  views::write_module_team(writer, entry);
  return json_response(std::move(text));
}

std::vector<Route> ModuleRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/api/v1/modules",
       .permission = Permission::read_ledger,
       .handler = to<&ModuleRoutes::list>(this),
       .summary = "The modules that are there, in the order in which they are asked, and those that can be added (orgo "
                  "module add).",
       .answer = "ModulePage"},
      {.method = "POST",
       .pattern = "/api/v1/modules/undo",
       .permission = Permission::manage_modules,
       .handler = to<&ModuleRoutes::undo>(this),
       .summary =
           "Takes the last change of modules or their teams back; twice brings it back. Answers with all modules.",
       .answer = "ModulePage"},
      {.method = "GET",
       .pattern = "/api/v1/modules/{name}",
       .permission = Permission::read_ledger,
       .handler = to<&ModuleRoutes::show>(this),
       .summary = "One module: its rules, words, teams, calendars and service levels.",
       .answer = "Module"},
      {.method = "POST",
       .pattern = "/api/v1/modules/{name}/enable",
       .permission = Permission::manage_modules,
       .handler = to<&ModuleRoutes::enable>(this),
       .summary = "Puts a module that was added in force; the server takes it over within a second.",
       .answer = "Module"},
      {.method = "POST",
       .pattern = "/api/v1/modules/{name}/disable",
       .permission = Permission::manage_modules,
       .handler = to<&ModuleRoutes::disable>(this),
       .summary = "Takes a module out of force. Its open tasks stay, with their deadlines and chains.",
       .answer = "Module"},
      {.method = "GET",
       .pattern = "/api/v1/module-teams",
       .permission = Permission::read_ledger,
       .handler = to<&ModuleRoutes::list_teams>(this),
       .summary = "Teams and roles that modules in force name, and who they are.",
       .answer = "ModuleTeamPage"},
      {.method = "PUT",
       .pattern = "/api/v1/module-teams/{name}",
       .permission = Permission::manage_modules,
       .handler = to<&ModuleRoutes::set_team>(this),
       .summary = "Says who a team or role of modules is.",
       .body = json_body(
           R"({"type":"object","additionalProperties":false,"required":["address"],
        "properties":{"address":{"type":"string","maxLength":254,
        "description":"Empty: nobody; its mail goes nowhere."}}})"),
       .answer = "ModuleTeam"},
  };
}

}  // namespace orgo::gateway
