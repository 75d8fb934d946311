#include "service/gateway/gateway.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/text.h"
#include "service/gateway/page/pages.h"
#include "service/gateway/probe.h"

namespace orgo::gateway {
namespace {

/// Everything is denied that the pages don't use; there is no script at all.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

struct Prepared {
  const Route* route;
  Call call;
};
using Preparation = std::variant<HttpResponse, Prepared>;

/// The trace id of a valid traceparent (W3C Trace Context, section 3.2), else a new one.
std::string trace_id_of(std::string_view traceparent) {
  const auto is_lower_hex = [](std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  if (traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' && traceparent[52] == '-') {
    const auto version = traceparent.substr(0, 2);
    const auto trace = traceparent.substr(3, 32);
    const auto parent = traceparent.substr(36, 16);
    const bool length_fits =
        version == "00" ? traceparent.size() == 55 : traceparent.size() == 55 || traceparent[55] == '-';
    if (is_lower_hex(version) && version != "ff" && is_lower_hex(trace) && is_lower_hex(parent) && length_fits &&
        trace.find_first_not_of('0') != std::string_view::npos &&
        parent.find_first_not_of('0') != std::string_view::npos)
      return std::string(trace);
  }
  return random_hex(16);
}

/// Does the path fit the pattern? Fills what stands in place of {names}.
bool matches(std::string_view pattern, const std::vector<std::string>& segments, std::vector<std::string>& captured) {
  captured.clear();
  const auto inside = pattern.substr(1);
  if (inside.empty()) return segments.empty();
  const auto pieces = split(inside, '/');
  if (pieces.size() != segments.size()) return false;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].front() == '{') captured.push_back(segments[i]);
    else if (pieces[i] != segments[i]) return false;
  }
  return true;
}

struct Found {
  const Route* route = nullptr;
  std::string allowed;  ///< methods that the path knows, when the asked one is not among them
};

Found find_route(std::string_view method, const std::vector<std::string>& segments,
                 std::vector<std::string>& captured) {
  Found found;
  std::vector<std::string> scratch;
  for (const auto& route : routes()) {
    if (!matches(route.pattern, segments, scratch)) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      found.route = &route;
      captured = std::move(scratch);
      return found;
    }
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += route.method;
    if (route.method == "GET") found.allowed += ", HEAD";
  }
  return found;
}

HttpResponse error_for(Surface surface, const Call& call, const Problem& problem) {
  return surface == Surface::page ? page::error_page(call, problem) : problem_response(call, problem);
}

Result<std::optional<Caller>> caller_of(House& house, const Sha256& hash) {
  ORGO_TRY(token, house.services.tokens.find_token(hash));
  if (!token || token->revoked_at) return std::optional<Caller>();
  return std::optional<Caller>(Caller{token->tenant, token->id, token->name, token->role});
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

/// Who calls by bearer token; a response says that it is nobody.
std::variant<HttpResponse, Caller> bearer_caller(House& house, const Call& call) {
  const auto header = call.request.header("Authorization");
  if (header.empty()) return unauthorized(call, false);
  if (!ascii_istarts_with(header, "Bearer ")) return unauthorized(call, false);
  const auto found = caller_of(house, token_hash(trim(header.substr(7))));
  if (!found) return problem_response(call, problem_of(found.error()));
  if (!*found) return unauthorized(call, true);
  return **found;
}

/// Cross-site requests can carry the cookie of older browsers: a form must come from our own page (OWASP, "Cross-Site
/// Request Forgery Prevention": verify the origin with standard headers). No header at all: not a browser's form.
bool is_from_own_page(const HttpRequest& request) {
  const auto origin = request.header("Origin");
  if (!origin.empty() && origin != "null") {
    const auto at = origin.find("://");
    return at != std::string_view::npos && ascii_iequals(origin.substr(at + 3), request.header("Host"));
  }
  return origin.empty() && request.header("Sec-Fetch-Site") == "same-origin";
}

Preparation prepare(House& house, const HttpRequest& request) {
  Call call{request, {}, {}, {}, {}, trace_id_of(request.header("traceparent"))};
  const bool api = request.target.starts_with("/api/");
  auto url = parse_url(request.target);
  if (!url) return error_for(api ? Surface::api : Surface::page, call, problem_of(url.error()));
  call.url = *std::move(url);

  const auto found = find_route(request.method, call.url.segments, call.captured);
  if (found.route == nullptr) {
    const auto surface = api ? Surface::api : Surface::page;
    if (found.allowed.empty())
      return error_for(surface, call, {404, "not_found", "There is nothing at this address.", {}});
    auto response =
        error_for(surface, call, {405, "method_not_allowed", "This address knows " + found.allowed + ".", {}});
    response.headers.push_back({"Allow", found.allowed});
    return response;
  }
  const auto& route = *found.route;

  const bool open = !route.permission || (route.pattern == "/metrics" && house.settings.public_metrics);
  if (route.surface == Surface::page) {
    call.session = std::string(cookie_value(request.header("Cookie"), page::kSessionCookie));
    if (route.method == "POST" && !is_from_own_page(request))
      return page::error_page(call, {403, "cross_site", "This form was not sent from a page of this site.", {}});
    if (!open) {
      const auto hash = house.sessions.find(call.session, house.services.clock.now());
      if (!hash) return page::to_login(call);
      auto caller = caller_of(house, *hash);
      if (!caller) return page::error_page(call, problem_of(caller.error()));
      if (!*caller) return page::to_login(call);
      call.caller = std::move(*caller);
    }
  } else if (!open) {
    auto caller = bearer_caller(house, call);
    if (auto* response = std::get_if<HttpResponse>(&caller)) return std::move(*response);
    call.caller = std::get<Caller>(std::move(caller));
  }
  if (call.caller && !may(call.caller->role, *route.permission))
    return error_for(
        route.surface, call,
        {403, "not_permitted", "The role '" + std::string(to_string(call.caller->role)) + "' may not do this.", {}});

  if (route.surface == Surface::api) {
    std::vector<std::string_view> known;
    for (const auto& query : route.query) known.push_back(query.name);
    for (const auto& [name, value] : call.url.query) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const auto nearest = nearest_name(name, known);
      return problem_response(call, {400,
                                     "invalid_input",
                                     "The parameter '" + name.substr(0, 50) + "' is not known here" +
                                         (nearest.empty() ? "." : "; did you mean '" + std::string(nearest) + "'?"),
                                     {}});
    }
  }
  return Prepared{&route, std::move(call)};
}

void secure(HttpResponse& response) {
  const auto add = [&](std::string_view name, std::string_view value) {
    for (const auto& header : response.headers)
      if (ascii_iequals(header.name, name)) return;
    response.headers.push_back({std::string(name), std::string(value)});
  };
  add("Cache-Control", "no-store");
  add("Content-Security-Policy", kContentSecurityPolicy);
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Cross-Origin-Opener-Policy", "same-origin");
}

HttpResponse run(House& house, const Route& route, const Call& call) {
  auto result = route.handler(house, call);
  if (result) return *std::move(result);
  const auto& error = result.error();
  const auto problem = problem_of(error);
  if (problem.status >= 500)
    log::error("http.failed", {{"route", route.pattern},
                               {"method", route.method},
                               {"code", to_string(error.code)},
                               {"cause", error.message},
                               {"trace_id", call.trace_id}});
  return error_for(route.surface, call, problem);
}

}  // namespace

House::House(Services services_in, Settings settings_in)
    : services(std::move(services_in)), settings(std::move(settings_in)),
      cursors(settings.cursor_key.empty() ? random_hex(32) : settings.cursor_key), sessions(settings.cursor_key),
      tasks(services.tasks, services.changes, services.clock),
      traces(services.messages, services.tasks, services.outbox, services.work, services.signatures),
      started_at(services.clock.now()) {}

Gateway::Gateway(Services services, Settings settings)
    : house_(std::make_unique<House>(std::move(services), std::move(settings))) {}
Gateway::~Gateway() = default;

HttpResponse Gateway::handle(const HttpRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  std::string_view route = "none";  // what strangers make up never becomes a label
  HttpResponse response;
  try {
    auto prepared = prepare(*house_, request);
    if (auto* ready = std::get_if<HttpResponse>(&prepared)) {
      response = std::move(*ready);
    } else {
      auto& [known, call] = std::get<Prepared>(prepared);
      route = known->pattern;
      response = run(*house_, *known, call);
    }
  } catch (const std::exception& broken) {  // a defect of ours, or no memory: one request fails, the program goes on
    log::error("http.broken", {{"route", route}, {"cause", broken.what()}});
    response = refusal(500, "Something is broken here. The operator finds the cause in the log.");
  }
  secure(response);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  count_request(route, request.method, response.status, took.count());
  log::debug("http.request", {{"method", request.method},
                              {"route", route},
                              {"status", response.status},
                              {"took_ms", took.count() * 1000},
                              {"peer", request.peer}});
  return response;
}

HttpHandler::Admission Gateway::admit(const HttpRequest& head) {
  try {
    auto prepared = prepare(*house_, head);
    if (auto* ready = std::get_if<HttpResponse>(&prepared)) {
      secure(*ready);
      return {std::move(*ready), 0};
    }
    const auto& route = *std::get<Prepared>(prepared).route;
    return {std::nullopt, route.body == "message/rfc822" ? house_->settings.message_max : kSmallBody};
  } catch (const std::exception& broken) {
    log::error("http.broken", {{"route", "admit"}, {"cause", broken.what()}});
    return {refusal(500, "Something is broken here. The operator finds the cause in the log."), 0};
  }
}

HttpResponse Gateway::refusal(int status, std::string_view detail) {
  std::string code;
  for (const char c : reason_phrase(status)) code += c == ' ' ? '_' : ascii_lower(c);
  auto response = to_response({status, code, std::string(detail), {}}, "", "");
  secure(response);
  return response;
}

void Gateway::drain() {
  house_->draining = true;
}

std::string new_token_secret() {
  return "orgo_" + random_hex(32);
}
Sha256 token_hash(std::string_view secret) {
  return sha256(secret);
}

}  // namespace orgo::gateway
