#include "service/gateway/people/people_routes.h"

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "base/password_hash.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kTextMax = 254;

void write_person(JsonWriter& json, const Person& person) {
  json.begin_object()
      .field("login", person.login)
      .field("name", person.name)
      .field("address", person.address)
      .field("time_zone", person.zone)
      .field("role", to_string(person.role))
      .field("disabled", person.disabled)
      .field("has_password", !person.password.empty());
  json.key("teams").begin_array();
  for (const auto& team : person.teams) json.string(team);
  json.end_array();
  json.key("last_login");
  if (person.last_login) json.string(to_rfc3339(*person.last_login));
  else json.null();
  json.field("created_at", to_rfc3339(person.created_at)).field("updated_at", to_rfc3339(person.updated_at));
  json.end_object();
}

HttpResponse person_response(const Person& person, int status = 200) {
  std::string text;
  JsonWriter json(text);
  write_person(json, person);
  return json_response(std::move(text), status);
}

people::PersonFields fields_of(JsonBody& body) {
  people::PersonFields fields;
  fields.name = body.optional_text("name", kPersonNameMost);
  fields.address = body.optional_text("address", kTextMax);
  fields.zone = body.optional_text("time_zone", kTextMax);
  if (body.has("teams")) fields.teams = body.optional_texts("teams", kPersonTeamsMost, kPersonNameMost);
  if (const auto role_text = body.optional_text("role", kTextMax)) {
    fields.role = parse_role(*role_text);
    if (!fields.role)
      body.complain("role",
                    "'" + *role_text + "' is not a role; use administrator, manager, staff, viewer or integration");
  }
  return fields;
}

}  // namespace

Result<HttpResponse> PeopleRoutes::list(const Call& call) {
  ORGO_TRY(limit, page_limit(call));
  ORGO_TRY(page, ports_.store.list_people(call.caller->tenant, parameter(call, "cursor"), limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  keep_first(page, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = page.back().login;
  return list_response(
      call, page, [&](JsonWriter& json, const auto& person) { write_person(json, person); }, next);
}

Result<HttpResponse> PeopleRoutes::add(const Call& call) {
  JsonBody body(call.request);
  const auto login = body.text("login", kTextMax);
  const auto fields = fields_of(body);
  const auto password = body.optional_text("password", kPasswordMost);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(person, ports_.people.add(call.caller->tenant, login_key(login), fields,
                                     password ? std::optional<std::string_view>(*password) : std::nullopt,
                                     call.caller->actor()));
  auto response = person_response(person, 201);
  response.headers.push_back({"Location", "/api/v1/people/" + person.login});
  return response;
}

Result<HttpResponse> PeopleRoutes::show(const Call& call) {
  ORGO_TRY(person, ports_.people.find(call.caller->tenant, call.captured.at(0)));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::set(const Call& call) {
  JsonBody body(call.request);
  const auto fields = fields_of(body);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(person, ports_.people.set(call.caller->tenant, call.captured.at(0), fields, call.caller->actor()));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::disable(const Call& call) {
  ORGO_TRY(person, ports_.people.disable(call.caller->tenant, call.captured.at(0), call.caller->actor()));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::enable(const Call& call) {
  ORGO_TRY(person, ports_.people.enable(call.caller->tenant, call.captured.at(0), call.caller->actor()));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::set_password(const Call& call) {
  JsonBody body(call.request);
  const auto password = body.text("password", kPasswordMost);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  ORGO_TRY(person,
           ports_.people.set_password(call.caller->tenant, call.captured.at(0), password, call.caller->actor()));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::remove_password(const Call& call) {
  ORGO_TRY(person, ports_.people.set_password(call.caller->tenant, call.captured.at(0), "", call.caller->actor()));
  return person_response(person);
}

Result<HttpResponse> PeopleRoutes::end_sessions(const Call& call) {
  ORGO_TRY(person, ports_.people.find(call.caller->tenant, call.captured.at(0)));
  ORGO_TRY(after, ports_.people.log_out(call.caller->tenant, person.login, call.caller->actor()));
  return person_response(after);
}

namespace {

// As they stand in POST and PUT.
#define ORGO_PERSON_FIELDS                                                                   \
  R"("name":{"type":"string","maxLength":200},"address":{"type":"string","maxLength":254},)" \
  R"("time_zone":{"type":"string","examples":["Europe/Berlin"]},)"                           \
  R"("teams":{"type":"array","maxItems":50,"items":{"type":"string","maxLength":200}},)"     \
  R"("role":{"type":"string","enum":["administrator","manager","staff","viewer","integration"]})"

}  // namespace

std::vector<Route> PeopleRoutes::routes() {
  const auto change = [](std::string_view method, std::string_view pattern, Handler handler, std::string_view summary) {
    return Route{.method = method,
                 .pattern = pattern,
                 .permission = Permission::manage_people,
                 .handler = handler,
                 .summary = summary,
                 .answer = "Person"};
  };
  auto add = change("POST", "/api/v1/people", to<&PeopleRoutes::add>(this),
                    "Makes an account. Its login name never changes and is never given to another.");
  add.body = json_body(R"({"type":"object","additionalProperties":false,"required":["login"],"properties":{)"
                       R"("login":{"type":"string","maxLength":64,"examples":["anna.mueller"]},)" ORGO_PERSON_FIELDS
                       R"(,"password":{"type":"string","minLength":10,"maxLength":1024}}})");
  add.success = 201;
  auto set = change("PUT", "/api/v1/people/{login}", to<&PeopleRoutes::set>(this),
                    "Changes what is named of an account; the rest stays.");
  set.body = json_body(R"({"type":"object","additionalProperties":false,"properties":{)" ORGO_PERSON_FIELDS R"(}})");
  auto password = change("PUT", "/api/v1/people/{login}/password", to<&PeopleRoutes::set_password>(this),
                         "Gives an account another password and ends its sessions.");
  password.body = json_body(R"({"type":"object","additionalProperties":false,"required":["password"],"properties":{)"
                            R"("password":{"type":"string","minLength":10,"maxLength":1024}}})");
  return {
      {.method = "GET",
       .pattern = "/api/v1/people",
       .permission = Permission::read_people,
       .handler = to<&PeopleRoutes::list>(this),
       .summary = "The accounts of the organization, by login name.",
       .query = {{"limit", "Entries of one page; 50 when missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "next_cursor of the page before."}},
       .answer = "PersonPage"},
      std::move(add),
      {.method = "GET",
       .pattern = "/api/v1/people/{login}",
       .permission = Permission::read_people,
       .handler = to<&PeopleRoutes::show>(this),
       .summary = "One account, by its login name or address.",
       .answer = "Person"},
      std::move(set),
      std::move(password),
      change("DELETE", "/api/v1/people/{login}/password", to<&PeopleRoutes::remove_password>(this),
             "Takes the password of an account away and ends its sessions; its tokens stay good."),
      change("DELETE", "/api/v1/people/{login}/sessions", to<&PeopleRoutes::end_sessions>(this),
             "Ends the sessions of an account in all browsers."),
      change("POST", "/api/v1/people/{login}/disable", to<&PeopleRoutes::disable>(this),
             "Ends an account, with its sessions and tokens; it stays in the history. Not the last administrator."),
      change("POST", "/api/v1/people/{login}/enable", to<&PeopleRoutes::enable>(this),
             "Lets somebody in again whose account was disabled."),
  };
}

std::vector<Schema> PeopleRoutes::schemas() const {
  return {
      {"Person",
       R"({"type":"object","required":["login","role","disabled"],"properties":{"login":{"type":"string"},
        "name":{"type":"string"},"address":{"type":"string"},
        "time_zone":{"type":"string"},"teams":{"type":"array","items":{"type":"string"}},
        "role":{"type":"string","enum":["administrator","manager","staff","viewer","integration"]},
        "disabled":{"type":"boolean"},"has_password":{"type":"boolean"},
        "last_login":{"type":["string","null"],"format":"date-time"},
        "created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"}}})"},
      {"PersonPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Person"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
