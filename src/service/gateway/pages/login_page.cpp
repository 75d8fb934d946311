#include <algorithm>

#include "base/log.h"
#include "base/planted.h"
#include "base/text.h"
#include "service/gateway/core/cookies.h"
#include "service/gateway/core/probe.h"
#include "service/gateway/pages/login_pages.h"
#include "service/gateway/pages/page_parts.h"
#include "service/gateway/people/client_address.h"

namespace orgo::gateway::page {
namespace {

/// The same words whatever is wrong with it: who is let in is nobody's business.
constexpr std::string_view kRefusal =
    "This name and password do not belong together. After a few wrong ones you have to wait.";

std::string locked_words(TimePoint until, TimePoint now) {
  const auto minutes = std::max<std::int64_t>(1, (to_ms(until) - to_ms(now) + 59'999) / 60'000);
  return "Too many wrong passwords came. Try again in " + std::to_string(minutes) +
         (minutes == 1 ? " minute." : " minutes.");
}

void write_alert(Html& html, std::string_view complaint) {
  if (!complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(complaint).raw("</p>\n");
}

HttpResponse account_page(const Call& call, std::string_view complaint, int status) {
  Html html;
  begin_page(html, "Your account", call.caller);
  html.raw("<h1>Your account</h1>\n<p>You are ").name(call.caller->name).raw(", with the role ");
  html.text(to_string(call.caller->role)).raw(".</p>\n");
  write_alert(html, complaint);
  html.raw(
      "<form method=\"post\" action=\"/account/password\" class=\"card\">\n<h2>Another password</h2>\n"
      "<input type=\"text\" name=\"username\" autocomplete=\"username\" hidden");
  html.attribute("value", call.caller->name);
  html.raw(
      ">\n<label for=\"current\">The one you have</label>\n<input id=\"current\" name=\"current\" type=\"password\" "
      "autocomplete=\"current-password\" required maxlength=\"1024\">\n<label for=\"new\">The new one, at least 10 "
      "characters</label>\n<input id=\"new\" name=\"new\" type=\"password\" autocomplete=\"new-password\" required "
      "minlength=\"10\" maxlength=\"1024\">\n<label for=\"again\">The new one again</label>\n<input id=\"again\" "
      "name=\"again\" type=\"password\" autocomplete=\"new-password\" required minlength=\"10\" maxlength=\"1024\">\n"
      "<p class=\"soft\">You stay logged in here, and are logged out everywhere else.</p>\n"
      "<button class=\"main\">Change it</button>\n</form>\n");
  end_page(html);
  return html_response(html, status);
}

}  // namespace

Result<bool> LoginPages::has_several() {
  ORGO_TRY(tenants, ports_.tenants.list_tenants(TenantId{0}, 2));
  return tenants.size() > 1;
}

Result<std::optional<TenantId>> LoginPages::tenant_of(std::string_view organization) {
  const auto tenant = ports_.tenants.find_tenant(organization.empty() ? kFirstTenantName : organization);
  if (tenant && tenant->state != TenantState::active) return std::optional<TenantId>();
  if (tenant) return std::optional(tenant->id);
  if (tenant.error().code == Errc::not_found) return std::optional<TenantId>();
  return tl::unexpected(tenant.error());
}

Result<HttpResponse> LoginPages::login_page(const Typed& typed, std::string_view complaint, int status) {
  ORGO_TRY(several, has_several());
  Html html;
  begin_page(html, "Log in", std::nullopt);
  html.raw("<h1>Log in</h1>\n");
  write_alert(html, complaint);
  html.raw("<form method=\"post\" action=\"/login\" class=\"card\">\n<input type=\"hidden\" name=\"next\"")
      .attribute("value", safe_next(typed.next))
      .raw(">\n");
  if (several) {
    html.raw(
        "<label for=\"organization\">Organization</label>\n<input id=\"organization\" name=\"organization\" "
        "autocomplete=\"organization\" maxlength=\"100\"");
    html.attribute("value", typed.organization).raw(">\n");
  }
  html.raw("<label for=\"name\">Name or address</label>\n<input id=\"name\" name=\"name\"");
  html.attribute("value", typed.name);
  html.raw(
      " autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" required autofocus maxlength=\"254\">\n"
      "<label for=\"password\">Password</label>\n<input id=\"password\" name=\"password\" type=\"password\" "
      "autocomplete=\"current-password\" required maxlength=\"1024\">\n<p class=\"soft\">You have none, or forgot it? "
      "An administrator gives you another one.</p>\n<button class=\"main\">Log in</button>\n</form>\n");
  end_page(html);
  return html_response(html, status);
}

Result<HttpResponse> LoginPages::show_login(const Call& call) {
  return login_page({.next = parameter(call, "next")}, "", 200);
}

Result<LoginService::Outcome> LoginPages::attempt(const Call& call, TenantId tenant, std::string_view name,
                                                  std::string_view password) {
  const auto device =
      ports_.sessions.device(cookie_value(call.request.header("Cookie"), kDeviceCookie), ports_.clock.now());
  const bool ours = device && device->tenant == tenant;
  const auto address = client_address(call.request);
  return ports_.logins.log_in({.tenant = tenant,
                               .name = name,
                               .password = password,
                               .address = address,
                               .device_login = ours ? std::string_view(device->login) : std::string_view(),
                               .device = ours ? std::string_view(device->number) : std::string_view()});
}

HttpResponse LoginPages::with_session(HttpResponse response, const Call& call, const Person& person) {
  response.headers.push_back(
      {"Set-Cookie", set_cookie(kSessionCookie, ports_.sessions.begin(person), call.request.tls, Sessions::kLifetime)});
  return response;
}

Result<HttpResponse> LoginPages::post_login(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const Typed typed{field(form, "next"), field(form, "name"), trim(field(form, "organization"))};
  const auto refuse = [&](std::string_view complaint, int status) {
    ++gateway_probe().logins.with({"refused"});
    log::warn("http.login_refused", {{"peer", client_address(call.request)}});
    return login_page(typed, complaint, status);
  };
  ORGO_TRY(tenant, tenant_of(typed.organization));
  if (!tenant) return refuse(kRefusal, 401);
  ORGO_TRY(outcome, attempt(call, *tenant, typed.name, field(form, "password")));
  if (outcome.locked_until) {
    const auto now = ports_.clock.now();
    ORGO_TRY(response, refuse(locked_words(*outcome.locked_until, now), 429));
    const auto seconds = std::max<std::int64_t>(1, (to_ms(*outcome.locked_until) - to_ms(now) + 999) / 1000);
    response.headers.push_back({"Retry-After", std::to_string(seconds)});
    return response;
  }
  if (!outcome.person) return refuse(kRefusal, 401);
  const auto& person = *outcome.person;
  if (!may(person.role, Permission::read_tasks))
    return refuse(
        "This account is for programs (its role is " + std::string(to_string(person.role)) + ") and sees no tasks.",
        403);
  ++gateway_probe().logins.with({"ok"});
  auto response = with_session(redirect(safe_next(typed.next)), call, person);
  response.headers.push_back(
      {"Set-Cookie", set_cookie(kDeviceCookie, ports_.sessions.new_device(person, ports_.clock.now()), call.request.tls,
                                Sessions::kDeviceLifetime)});
  return response;
}

Result<HttpResponse> LoginPages::post_logout(const Call& call) {
  ORGO_TRY(person, ports_.sessions.find(call.session, ports_.clock.now()));
  if (person) ORGO_CHECK(ports_.people.log_out(person->tenant, person->login, "user:" + person->login));
  auto response = redirect("/login");
  const Millis left{ORGO_PLANT(cookie_stays_after_logout) ? 3'600'000 : 0};
  response.headers.push_back({"Set-Cookie", set_cookie(kSessionCookie, "", call.request.tls, left)});
  return response;
}

Result<HttpResponse> LoginPages::show_account(const Call& call) {
  return account_page(call, "", 200);
}

Result<HttpResponse> LoginPages::post_password(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto& caller = *call.caller;
  if (field(form, "new") != field(form, "again"))
    return account_page(call, "The new password was typed in two ways.", 400);
  // A session that was left open is no proof of who sits there: wrong ones are counted as at the login.
  ORGO_TRY(outcome, attempt(call, caller.tenant, caller.name, field(form, "current")));
  if (outcome.locked_until) return account_page(call, locked_words(*outcome.locked_until, ports_.clock.now()), 429);
  if (!outcome.person) return account_page(call, "The password that you have is another one.", 400);
  const auto changed = ports_.people.set_password(caller.tenant, caller.name, field(form, "new"), caller.actor());
  if (!changed && changed.error().code == Errc::invalid_input)
    return account_page(call, "That does not do: " + changed.error().message + ".", 400);
  if (!changed) return tl::unexpected(changed.error());
  ORGO_TRY(again, attempt(call, caller.tenant, caller.name, field(form, "new")));
  if (!again.person) return redirect("/login");
  return with_session(redirect("/"), call, *again.person);
}

Result<HttpResponse> LoginPages::style(const Call&) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "public, max-age=300"}};
  response.body = kStyle;
  return response;
}

Result<HttpResponse> LoginPages::icon(const Call&) {
  HttpResponse response;
  response.headers = {{"Content-Type", "image/svg+xml"}, {"Cache-Control", "public, max-age=86400"}};
  response.body = kIcon;
  return response;
}

std::vector<Route> LoginPages::routes() {
  return {
      shown("/login", {}, to<&LoginPages::show_login>(this), "Asks for name and password."),
      sent("/login", {}, to<&LoginPages::post_login>(this), "Begins a session."),
      sent("/logout", {}, to<&LoginPages::post_logout>(this), "Ends all sessions of the one who asks."),
      shown("/account", Permission::read_tasks, to<&LoginPages::show_account>(this), "One's own account."),
      sent("/account/password", Permission::read_tasks, to<&LoginPages::post_password>(this),
           "Gives oneself another password."),
      shown("/style.css", {}, to<&LoginPages::style>(this), "The style.", "text/css"),
      shown("/favicon.svg", {}, to<&LoginPages::icon>(this), "The icon.", "image/svg+xml"),
  };
}

}  // namespace orgo::gateway::page
