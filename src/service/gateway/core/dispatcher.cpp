#include "service/gateway/core/dispatcher.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "base/text.h"
#include "service/gateway/core/answer.h"
#include "service/gateway/core/cookies.h"

namespace orgo::gateway {
namespace {

/// Cross-site requests can carry the cookie of older browsers: a form must come from our own page (OWASP, "Cross-Site
/// Request Forgery Prevention": verify the origin with standard headers). No header at all: not a browser's form.
bool is_from_own_page(const HttpRequest& request) {
  const auto origin = request.header("Origin");
  if (!origin.empty() && origin != "null") {
    const auto at = origin.find("://");
    return at != std::string_view::npos && ascii_iequals(origin.substr(at + 3), request.header("Host"));
  }
  return (origin.empty() && request.header("Sec-Fetch-Site") == "same-origin") || ORGO_PLANT(form_of_another_site);
}

/// RFC 6750. What is wrong with a token is not told: unknown and revoked look the same.
HttpResponse unauthorized(const Call& call, bool token_was_sent) {
  auto response = problem_response(
      call, {401,
             "unauthorized",
             token_was_sent ? "The token is not valid (any more)." : "Send a token: Authorization: Bearer orgo_...",
             {}});
  response.headers.push_back({"WWW-Authenticate", token_was_sent ? R"(Bearer realm="orgo", error="invalid_token")"
                                                                 : R"(Bearer realm="orgo")"});
  return response;
}

/// A typing error in a parameter must not be a silent no-op.
std::optional<Problem> unknown_parameter(const Route& route, const Call& call) {
  for (const auto& [name, value] : call.url.query()) {
    const auto is_it = [&name = name](const Parameter& one) { return one.name == name; };
    if (std::any_of(route.query.begin(), route.query.end(), is_it)) continue;
    std::vector<std::string_view> known;
    for (const auto& query : route.query) known.push_back(query.name);
    const auto nearest = nearest_name(name, known);
    return Problem{400,
                   "invalid_input",
                   "The parameter '" + name.substr(0, 50) + "' is not known here" +
                       (nearest.empty() ? "." : "; did you mean '" + std::string(nearest) + "'?"),
                   {}};
  }
  return std::nullopt;
}

Problem too_large(const Route& route) {
  const auto most = std::to_string(route.body.bytes_max);
  if (route.body.kind == Body::Kind::multipart)
    return {413, "content_too_large", "Nothing was done: the files have more than " + most + " bytes together.", {}};
  return {413, "content_too_large", "The body may have at most " + most + " bytes here.", {}};
}

Caller caller_of(const Person& person) {
  return {.tenant = person.tenant, .name = person.login, .role = person.role, .zone = person.zone};
}

/// Is the length that the head announces beyond `most`?
bool announces_more_than(std::uint64_t most, const HttpRequest& head) {
  const auto text = head.header("Content-Length");
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc{} && end == text.data() + text.size() && length > most;
}

}  // namespace

Result<std::unique_ptr<Dispatcher>> Dispatcher::make(std::vector<Route> routes, Callers& callers, Sessions& sessions,
                                                     Clock& clock, PageFace pages) {
  std::vector<Router::Pattern> patterns;
  for (const auto& route : routes) {
    if (!route.handler) return failure(Errc::invalid_input, "nothing answers the route " + std::string(route.pattern));
    patterns.push_back({route.method, route.pattern});
  }
  ORGO_TRY(router, Router::compile(patterns));
  return std::unique_ptr<Dispatcher>(
      new Dispatcher(std::move(routes), std::move(router), callers, sessions, clock, pages));
}

Dispatcher::Dispatcher(std::vector<Route> routes, Router router, Callers& callers, Sessions& sessions, Clock& clock,
                       PageFace pages)
    : routes_(std::move(routes)), router_(std::move(router)), callers_(callers), sessions_(sessions), clock_(clock),
      pages_(pages) {
  for (std::size_t i = 0; i <= routes_.size(); ++i) counts_.push_back(std::make_unique<RequestCounts>());
}

HttpResponse Dispatcher::error_for(Surface surface, const Call& call, const Problem& problem) const {
  return surface == Surface::page ? pages_.error(call, problem) : problem_response(call, problem);
}

HttpResponse Dispatcher::no_route(Surface surface, const Call& call) const {
  std::string allowed;
  for (const auto method : router_.methods(call.url.segments()))
    allowed.append(allowed.empty() ? "" : ", ").append(method);
  if (allowed.empty()) return error_for(surface, call, {404, "not_found", "There is nothing at this address.", {}});
  auto response = error_for(surface, call, {405, "method_not_allowed", "This address knows " + allowed + ".", {}});
  response.headers.push_back({"Allow", allowed});
  return response;
}

void Dispatcher::recognise(Call& call) const {
  const auto session = cookie_value(call.request.header("Cookie"), kSessionCookie);
  if (session.empty() || ORGO_PLANT(whoever_goes_astray_is_a_stranger)) return;
  const auto person = sessions_.find(session, clock_.now());
  if (person && *person && callers_.check((*person)->tenant)) call.caller = caller_of(**person);
}

std::optional<HttpResponse> Dispatcher::identify_session(Call& call, const Route& route, bool open) const {
  call.session = cookie_value(call.request.header("Cookie"), kSessionCookie);
  if (route.method == "POST" && !is_from_own_page(call.request))
    return pages_.error(call, {403, "cross_site", "This form was not sent from a page of this site.", {}});
  if (open) return std::nullopt;
  if (call.session.empty()) return pages_.to_login(call);
  const auto person = sessions_.find(call.session, clock_.now());
  if (!person) return pages_.error(call, problem_of(person.error()));
  if (!*person) return pages_.to_login(call);
  if (const auto served = callers_.check((*person)->tenant); !served)
    return pages_.error(call, problem_of(served.error()));
  call.caller = caller_of(**person);
  return std::nullopt;
}

std::optional<HttpResponse> Dispatcher::identify(Call& call, const Route& route) const {
  const bool open = !route.permission || route.open;
  if (route.surface == Surface::page) {
    if (auto refused = identify_session(call, route, open)) return refused;
  } else if (!open) {
    const auto authorization = call.request.header("Authorization");
    auto caller = callers_.find_bearer(authorization);
    if (!caller) return problem_response(call, problem_of(caller.error()));
    if (!*caller) return unauthorized(call, ascii_istarts_with(authorization, "Bearer "));
    call.caller = *std::move(caller);
  }
  const bool unasked = ORGO_PLANT(role_not_asked_on_pages) && route.surface == Surface::page;
  if (call.caller && !unasked && !may(call.caller->role, *route.permission))
    return error_for(
        route.surface, call,
        {403, "not_permitted", "The role '" + std::string(to_string(call.caller->role)) + "' may not do this.", {}});
  return std::nullopt;
}

std::optional<HttpResponse> Dispatcher::prepare(Call& call, const Route*& found) const {
  const auto surface = call.request.target.starts_with("/api/") ? Surface::api : Surface::page;
  auto url = Url::parse(call.request.target);
  if (!url) return error_for(surface, call, problem_of(url.error()));
  call.url = *std::move(url);
  const auto match = router_.find(call.request.method, call.url.segments());
  if (!match) {
    if (surface == Surface::page) recognise(call);
    return no_route(surface, call);
  }
  const auto& route = routes_.at(match->route);
  call.captured = match->captured;
  if (auto refused = identify(call, route)) return refused;
  if (route.surface == Surface::api)
    if (const auto problem = unknown_parameter(route, call)) return problem_response(call, *problem);
  if (call.request.body.size() > route.body.bytes_max && !call.request.cut)
    return error_for(route.surface, call, too_large(route));
  if (route.precondition == Precondition::if_match) call.if_match = IfMatch(call.request.header("If-Match"));
  found = &route;
  return std::nullopt;
}

HttpResponse Dispatcher::run(const Route& route, const Call& call) const {
  auto result = route.handler(call);
  if (result) return *std::move(result);
  const auto& error = result.error();
  // What changes something is stored. Who is not let in yet stores nothing: there, too many are there at once.
  const bool stores = route.method != "GET" && route.permission && !route.open;
  const auto problem = stores ? problem_of_storing(error) : problem_of(error);
  if (problem.status >= 500)
    log::error("http.failed", {{"route", route.pattern},
                               {"method", route.method},
                               {"code", to_string(error.code)},
                               {"cause", error.message},
                               {"trace_id", call.trace_id()}});
  return error_for(route.surface, call, problem);
}

HttpResponse Dispatcher::handle(const HttpRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  const Route* route = nullptr;
  HttpResponse response;
  try {
    Call call(request);
    auto refused = prepare(call, route);
    response = refused ? *std::move(refused) : run(*route, call);
  } catch (const std::exception& broken) {  // a defect of ours, or no memory: one request fails, the program goes on
    log::error("http.broken", {{"route", route != nullptr ? route->pattern : "none"}, {"cause", broken.what()}});
    response = refusal(500, "Something is broken here. The operator finds the cause in the log.");
  }
  secure(response);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto place = route != nullptr ? static_cast<std::size_t>(route - routes_.data()) : routes_.size();
  // What strangers make up never becomes a label.
  const auto pattern = route != nullptr ? route->pattern : std::string_view("none");
  counts_.at(place)->count(pattern, request.method, response.status, took.count());
  log::debug("http.request", {{"method", request.method},
                              {"route", pattern},
                              {"status", response.status},
                              {"took_ms", took.count() * 1000},
                              {"peer", request.peer}});
  return response;
}

HttpHandler::Pace Dispatcher::pace(const HttpRequest& request) const {
  try {
    const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
    const auto url = Url::parse(path);
    const auto match = url ? router_.find(request.method, url->segments()) : std::nullopt;
    return match ? pace_of(routes_.at(match->route)) : HttpHandler::Pace::steady;
  } catch (const std::exception&) {  // no memory
    return HttpHandler::Pace::steady;
  }
}

HttpHandler::Admission Dispatcher::admit(const HttpRequest& head) {
  try {
    Call call(head);
    const Route* route = nullptr;
    if (auto refused = prepare(call, route)) {
      secure(*refused);
      return {std::move(refused), 0};
    }
    // What the driver would refuse itself; a person gets a page, too.
    const bool too_much = announces_more_than(route->body.bytes_max, head);
    if (too_much && route->body.keeps_words && !announces_more_than(HttpHandler::kSkippedMost, head) &&
        !ORGO_PLANT(large_files_lose_the_words))
      return {std::nullopt, std::min(route->body.bytes_max, kWordsMax), true};
    if (too_much && route->surface == Surface::page) {
      auto refused = error_for(route->surface, call, too_large(*route));
      secure(refused);
      return {std::move(refused), 0};
    }
    return {std::nullopt, route->body.bytes_max};
  } catch (const std::exception& broken) {
    log::error("http.broken", {{"route", "admit"}, {"cause", broken.what()}});
    return {refusal(500, "Something is broken here. The operator finds the cause in the log."), 0};
  }
}

HttpResponse Dispatcher::refusal(int status, std::string_view detail) {
  std::string code;
  for (const char c : reason_phrase(status)) code += c == ' ' ? '_' : ascii_lower(c);
  auto response = to_response({status, code, std::string(detail), {}}, "", "");
  secure(response);
  return response;
}

}  // namespace orgo::gateway
