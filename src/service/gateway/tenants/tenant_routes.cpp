#include "service/gateway/tenants/tenant_routes.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/keep_first.h"
#include "base/text.h"
#include "core/access/token_change.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/core/operators.h"
#include "service/gateway/core/token_secret.h"
#include "service/views/views.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kTokenNameMax = 100;
constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr std::string_view kListName = "tenants";

void write_tenant(JsonWriter& json, const Tenant& tenant) {
  json.begin_object().field("name", tenant.name).field("state", to_string(tenant.state)).key("recipients");
  json.begin_array();
  for (const auto& one : tenant.recipients) json.string(one);
  json.end_array().field("created_at", to_rfc3339(tenant.created_at)).field("version", tenant.version).end_object();
}

}  // namespace

Result<TenantId> TenantRoutes::operators(const Call& call) {
  return operators_only(ports_.tenants, call, "tenants");
}

Result<Tenant> TenantRoutes::named(const Call& call) {
  ORGO_CHECK(operators(call));
  return ports_.tenants.find_tenant(call.captured.at(0));
}

Result<HttpResponse> TenantRoutes::put(const Call& call, const Result<TenantUpdate>& update, int status) {
  if (!update) return tl::unexpected(update.error());
  ORGO_TRY(first, operators(call));
  ORGO_TRY(made, ports_.tenants.put_tenant(first, *update));
  if (ports_.changed) ports_.changed(made);
  std::string body;
  JsonWriter writer(body);
  write_tenant(writer, made);
  auto response = json_response(std::move(body), status);
  if (status == 201) response.headers.push_back({"Location", "/api/v1/tenants/" + made.name});
  return response;
}

Status TenantRoutes::check(const Result<TenantUpdate>& update) {
  if (!update) return tl::unexpected(update.error());
  return ports_.check_recipients ? ports_.check_recipients(update->tenant) : Status{};
}

Result<HttpResponse> TenantRoutes::list(const Call& call) {
  ORGO_CHECK(operators(call));
  ORGO_TRY(limit, page_limit(call));
  TenantId after{0};
  if (const auto cursor = parameter(call, "cursor"); !cursor.empty()) {
    ORGO_TRY(last, ports_.cursors.read(kListName, cursor));
    after = TenantId{last};
  }
  ORGO_TRY(page, ports_.tenants.list_tenants(after, limit + 1));
  const bool more = static_cast<int>(page.size()) > limit;
  keep_first(page, static_cast<std::size_t>(limit));
  std::optional<std::string> next;
  if (more) next = ports_.cursors.make(kListName, page.back().id.value);
  return list_response(
      call, page, [&](JsonWriter& writer, const auto& tenant) { write_tenant(writer, tenant); }, next);
}

Result<HttpResponse> TenantRoutes::show(const Call& call) {
  ORGO_TRY(tenant, named(call));
  std::string body;
  JsonWriter writer(body);
  write_tenant(writer, tenant);
  return json_response(std::move(body));
}

Result<HttpResponse> TenantRoutes::add(const Call& call) {
  ORGO_CHECK(operators(call));
  JsonBody body(call.request);
  const auto name = body.text("name", kTenantNameMax);
  const auto recipients = body.optional_texts("recipients", kTenantRecipientsMax, 320);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto update = commands::add_tenant(name, recipients, call.caller->actor(), ports_.clock.now());
  ORGO_CHECK(check(update));
  const std::lock_guard lock(adding_);
  // The folder first: no tenant is there without one.
  std::function<void()> undo;
  if (ports_.prepare) {
    ORGO_TRY(prepared, ports_.prepare(update->tenant));
    undo = std::move(prepared);
  }
  auto answer = put(call, update, 201);
  if (answer || !undo) return answer;
  // Whose folder it is, if there is such a tenant after all (an answer of the store that got lost), stays.
  const auto known = ports_.tenants.find_tenant(update->tenant.name);
  if (!known && known.error().code == Errc::not_found) undo();
  return answer;
}

Result<HttpResponse> TenantRoutes::set_recipients(const Call& call) {
  ORGO_TRY(tenant, named(call));
  JsonBody body(call.request);
  const auto recipients = body.optional_texts("recipients", kTenantRecipientsMax, 320);
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto update = commands::set_tenant_recipients(tenant, recipients, call.caller->actor(), ports_.clock.now());
  ORGO_CHECK(check(update));
  return put(call, update);
}

Result<HttpResponse> TenantRoutes::suspend(const Call& call) {
  ORGO_TRY(tenant, named(call));
  return put(call, commands::suspend_tenant(tenant, call.caller->actor(), ports_.clock.now()));
}

Result<HttpResponse> TenantRoutes::resume(const Call& call) {
  ORGO_TRY(tenant, named(call));
  return put(call, commands::resume_tenant(tenant, call.caller->actor(), ports_.clock.now()));
}

Result<HttpResponse> TenantRoutes::make_token(const Call& call) {
  ORGO_TRY(tenant, named(call));
  JsonBody body(call.request);
  const auto name = std::string(trim(body.text("name", kTokenNameMax)));
  const auto role_text = body.text("role", 20);
  const auto role = parse_role(role_text);
  if (!role_text.empty() && !role)
    body.complain("role",
                  "'" + role_text + "' is not a role; use administrator, manager, staff, viewer or integration");
  if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    body.complain("name", "has control characters");
  if (const auto problem = body.finish()) return problem_response(call, *problem);
  const auto secret = new_token_secret();
  ApiToken token{.tenant = tenant.id, .name = name, .role = *role, .created_at = ports_.clock.now()};
  ORGO_TRY(made, commit_one(ports_.changes, orgo::make_token(token, token_hash(secret), call.caller->actor()),
                            within(kCommitTime)));
  token.id = made.token;
  std::string text;
  JsonWriter writer(text);
  writer.begin_object().key("token");
  views::write_token(writer, token);
  writer.field("secret", secret).end_object();
  return json_response(std::move(text), 201);
}

std::vector<Route> TenantRoutes::routes() {
  constexpr std::string_view kRecipients =
      R"({"type":"object","additionalProperties":false,"required":["recipients"],"properties":{
        "recipients":{"type":"array","maxItems":1000,"items":{"type":"string"}}}})";
  return {
      {.method = "GET",
       .pattern = "/api/v1/tenants",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::list>(this),
       .summary = "The tenants of this server; for administrators of the first one, as all of these.",
       .query = {{"limit", "1 to 1,000; 50 when it is missing.", R"({"type":"integer","minimum":1,"maximum":1000})"},
                 {"cursor", "Of the page before."}},
       .answer = "TenantPage"},
      {.method = "POST",
       .pattern = "/api/v1/tenants",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::add>(this),
       .summary = "Adds a tenant, with a folder for its rules and settings.",
       .body = json_body(
           R"({"type":"object","additionalProperties":false,"required":["name"],"properties":{
        "name":{"type":"string","pattern":"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$","maxLength":50},
        "recipients":{"type":"array","maxItems":1000,"items":{"type":"string"}}}})"),
       .answer = "Tenant",
       .success = 201},
      {.method = "GET",
       .pattern = "/api/v1/tenants/{name}",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::show>(this),
       .summary = "One tenant.",
       .answer = "Tenant"},
      {.method = "PUT",
       .pattern = "/api/v1/tenants/{name}/recipients",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::set_recipients>(this),
       .summary = "Says which domains and addresses are its own, in place of those before.",
       .body = json_body(kRecipients),
       .answer = "Tenant"},
      {.method = "POST",
       .pattern = "/api/v1/tenants/{name}/suspend",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::suspend>(this),
       .summary = "Closes its doors: mail is put off, its tokens open nothing. What it has stays.",
       .answer = "Tenant"},
      {.method = "POST",
       .pattern = "/api/v1/tenants/{name}/resume",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::resume>(this),
       .summary = "Opens its doors again.",
       .answer = "Tenant"},
      {.method = "POST",
       .pattern = "/api/v1/tenants/{name}/tokens",
       .permission = Permission::manage_tenants,
       .handler = to<&TenantRoutes::make_token>(this),
       .summary = "Makes a token of that tenant. Its secret is in this answer and nowhere else.",
       .body = json_body(
           R"({"type":"object","additionalProperties":false,"required":["name","role"],
        "properties":{"name":{"type":"string","minLength":1,"maxLength":100},"role":{"type":"string",
        "enum":["administrator","manager","staff","viewer","integration"]}}})"),
       .answer = "NewToken",
       .success = 201},
  };
}

std::vector<Schema> TenantRoutes::schemas() const {
  return {
      {"Tenant",
       R"({"type":"object","required":["name","state","recipients"],"properties":{"name":{"type":"string"},
        "state":{"type":"string","enum":["active","suspended"]},
        "recipients":{"type":"array","items":{"type":"string"},"description":"Domains and addresses."},
        "created_at":{"type":"string","format":"date-time"},"version":{"type":"integer"}}})"},
      {"TenantPage",
       R"({"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array",
        "items":{"$ref":"#/components/schemas/Tenant"}},"next_cursor":{"type":["string","null"]}}})"},
  };
}

}  // namespace orgo::gateway
