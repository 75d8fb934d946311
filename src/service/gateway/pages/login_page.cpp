#include "service/gateway/pages/login_pages.h"

#include "base/log.h"
#include "base/text.h"
#include "service/gateway/core/probe.h"
#include "service/gateway/core/token_secret.h"
#include "service/gateway/pages/page_parts.h"

namespace orgo::gateway::page {
namespace {

HttpResponse login_page(std::string_view next, std::string_view complaint, int status) {
  Html html;
  begin_page(html, "Log in", std::nullopt);
  html.raw("<h1>Log in</h1>\n");
  if (!complaint.empty()) html.raw("<p class=\"alert\" role=\"alert\">").text(complaint).raw("</p>\n");
  html.raw("<form method=\"post\" action=\"/login\" class=\"card\">\n<input type=\"hidden\" name=\"next\"")
      .attribute("value", safe_next(next));
  html.raw(
      "><input type=\"text\" name=\"username\" value=\"orgo\" autocomplete=\"username\" hidden>\n<label "
      "for=\"token\">Your token</label>\n<input id=\"token\" name=\"token\" type=\"password\" "
      "autocomplete=\"current-password\" "
      "required autofocus maxlength=\"200\">\n<p class=\"soft\">It starts with <code>orgo_</code>. The first one was "
      "printed at the first "
      "start; administrators make more with <code>orgo token add</code>.</p>\n<button class=\"main\">Log "
      "in</button>\n</form>\n");
  end_page(html);
  return html_response(html, status);
}

}  // namespace

Result<HttpResponse> LoginPages::show_login(const Call& call) {
  return login_page(parameter(call, "next"), "", 200);
}

Result<HttpResponse> LoginPages::post_login(const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto next = field(form, "next");
  const auto hash = token_hash(trim(field(form, "token")));
  ORGO_TRY(token, ports_.tokens.find_token(hash));
  if (!token || token->revoked_at) {
    ++gateway_probe().logins.with({"refused"});
    log::warn("http.login_refused", {{"peer", call.request.peer}});
    return login_page(next, "This token is not valid (any more).", 401);
  }
  if (!may(token->role, Permission::read_tasks)) {
    ++gateway_probe().logins.with({"refused"});
    return login_page(
        next, "This token is for programs (its role is " + std::string(to_string(token->role)) + ") and sees no tasks.",
        403);
  }
  ++gateway_probe().logins.with({"ok"});
  ports_.sessions.end(call.session);  // an id that was planted before the login is worth nothing afterwards
  auto response = redirect(safe_next(next));
  response.headers.push_back(
      {"Set-Cookie", session_cookie(ports_.sessions.begin(hash, ports_.clock.now()), call.request.tls)});
  return response;
}

Result<HttpResponse> LoginPages::post_logout(const Call& call) {
  ports_.sessions.end(call.session);
  auto response = redirect("/login");
  response.headers.push_back({"Set-Cookie", ended_session_cookie(call.request.tls)});
  return response;
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
      shown("/login", {}, to<&LoginPages::show_login>(this), "Asks for a token."),
      sent("/login", {}, to<&LoginPages::post_login>(this), "Begins a session."),
      sent("/logout", {}, to<&LoginPages::post_logout>(this), "Ends the session."),
      shown("/style.css", {}, to<&LoginPages::style>(this), "The style.", "text/css"),
      shown("/favicon.svg", {}, to<&LoginPages::icon>(this), "The icon.", "image/svg+xml"),
  };
}

}  // namespace orgo::gateway::page
