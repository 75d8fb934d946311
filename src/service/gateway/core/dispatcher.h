#pragma once
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/clock.h"
#include "port/http_handler.h"
#include "service/gateway/core/call.h"
#include "service/gateway/core/callers.h"
#include "service/gateway/core/probe.h"
#include "service/gateway/core/problem.h"
#include "service/gateway/core/route.h"
#include "service/gateway/core/router.h"
#include "service/people/sessions.h"

namespace orgo::gateway {

/// From request to response over a list of routes: finds the route, asks who calls and whether they may, looks at the
/// query and the size of the body, runs the handler, gives every error one form, and counts. Knows no feature.
/// Threads: any.
class Dispatcher {
 public:
  /// How the pages tell what went wrong; the API has problem+json.
  struct PageFace {
    HttpResponse (*error)(const Call& call, const Problem& problem);
    HttpResponse (*to_login)(const Call& call);
  };

  /// Errors as Router::compile, and routes without a handler. All of it outlives the dispatcher.
  static Result<std::unique_ptr<Dispatcher>> make(std::vector<Route> routes, Callers& callers, Sessions& sessions,
                                                  Clock& clock, PageFace pages);

  HttpResponse handle(const HttpRequest& request);
  [[nodiscard]] HttpHandler::Pace pace(const HttpRequest& request) const;
  HttpHandler::Admission admit(const HttpRequest& head);
  static HttpResponse refusal(int status, std::string_view detail);
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  Dispatcher(std::vector<Route> routes, Router router, Callers& callers, Sessions& sessions, Clock& clock,
             PageFace pages);
  [[nodiscard]] HttpResponse error_for(Surface surface, const Call& call, const Problem& problem) const;
  [[nodiscard]] HttpResponse no_route(Surface surface, const Call& call) const;
  /// Everything that comes before the handler: fills the call and `found`, or says what to answer instead.
  /// Whose page it is where no route asks: for an address that there is not.
  void recognise(Call& call) const;
  std::optional<HttpResponse> prepare(Call& call, const Route*& found) const;
  std::optional<HttpResponse> identify(Call& call, const Route& route) const;
  std::optional<HttpResponse> identify_session(Call& call, const Route& route, bool open) const;
  HttpResponse run(const Route& route, const Call& call) const;

  std::vector<Route> routes_;
  Router router_;
  Callers& callers_;
  Sessions& sessions_;
  Clock& clock_;
  PageFace pages_;
  std::vector<std::unique_ptr<RequestCounts>> counts_;  ///< one for each route, and a last one for "none"
};

/// What every answer says, beside what its handler says itself.
void secure(HttpResponse& response);

}  // namespace orgo::gateway
