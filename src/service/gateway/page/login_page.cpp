#include "base/log.h"
#include "service/gateway/gateway.h"
#include "service/gateway/page/pages.h"
#include "service/gateway/probe.h"

namespace orgo::gateway::page {
namespace {

/// Where to go after the login: a path of this site and nothing that a browser takes for another one ("//host",
/// "/\host").
std::string safe_next(std::string_view next) {
  if (next.empty() || next.size() > 500 || next[0] != '/' || next.substr(0, 2) == "//" ||
      next.find('\\') != std::string_view::npos)
    return "/";
  for (const unsigned char c : next)
    if (c <= ' ' || c >= 0x7F) return "/";
  return std::string(next);
}

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

std::string cookie(std::string_view value, bool tls, bool over) {
  std::string out =
      std::string(kSessionCookie) + "=" + std::string(value) + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=";
  out += over ? "0" : std::to_string(std::chrono::duration_cast<std::chrono::seconds>(Sessions::kLifetime).count());
  if (tls) out += "; Secure";
  return out;
}

}  // namespace

HttpResponse to_login(const Call& call) {
  if (call.request.method != "GET" && call.request.method != "HEAD") return redirect("/login");
  // A link in a mail is a cross-site step, on which a browser keeps a strict cookie back. One step of our own brings
  // it.
  if (call.request.header("Sec-Fetch-Site") == "cross-site") {
    Html html;
    html.raw(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Orgo</title><meta "
        "http-equiv=\"refresh\"");
    html.attribute("content", "0;url=" + safe_next(call.request.target))
        .raw("></head><body><a")
        .attribute("href", safe_next(call.request.target));
    html.raw(">Go on</a></body></html>\n");
    return html_response(html);
  }
  const auto next = safe_next(call.request.target);
  return redirect(next == "/" ? "/login" : "/login?next=" + percent_encoded(next));
}

Result<HttpResponse> show_login(House&, const Call& call) {
  return login_page(parameter(call, "next"), "", 200);
}

Result<HttpResponse> post_login(House& house, const Call& call) {
  ORGO_TRY(form, form_of(call));
  const auto next = field(form, "next");
  const auto hash = token_hash(trim(field(form, "token")));
  ORGO_TRY(token, house.services.tokens.find_token(hash));
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
  house.sessions.end(call.session);  // an id that was planted before the login is worth nothing afterwards
  auto response = redirect(safe_next(next));
  response.headers.push_back(
      {"Set-Cookie", cookie(house.sessions.begin(hash, house.services.clock.now()), call.request.tls, false)});
  return response;
}

Result<HttpResponse> post_logout(House& house, const Call& call) {
  house.sessions.end(call.session);
  auto response = redirect("/login");
  response.headers.push_back({"Set-Cookie", cookie("", call.request.tls, true)});
  return response;
}

}  // namespace orgo::gateway::page
