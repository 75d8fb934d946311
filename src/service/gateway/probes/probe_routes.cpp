#include "service/gateway/probes/probe_routes.h"

#include "base/json_writer.h"
#include "base/metrics.h"
#include "service/gateway/core/answer.h"

namespace orgo::gateway {
namespace {

HttpResponse text_response(std::string body, int status = 200) {
  HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::move(body);
  return response;
}

}  // namespace

struct ProbeRoutes::Readiness {
  bool ready = true;
  struct Part {
    std::string name;
    std::string why;  ///< empty: it is well
    bool required = true;
  };
  std::vector<Part> parts;  ///< in order
};

ProbeRoutes::Readiness ProbeRoutes::readiness() const {
  Readiness out;
  const auto add = [&](std::string name, const Status& status, bool required = true) {
    out.ready = out.ready && (status || !required);
    out.parts.push_back({std::move(name), status ? "" : status.error().message, required});
  };
  add("accepting", ports_.draining ? Status(failure(Errc::unavailable, "this process is shutting down")) : Status());
  for (const auto& part : ports_.ready_checks()) add(part.name, part.check(), part.required);
  return out;
}

/// The process turns: nothing is asked, since restarting us would not mend a database.
Result<HttpResponse> ProbeRoutes::livez(const Call&) {
  return text_response("ok\n");
}

Result<HttpResponse> ProbeRoutes::readyz(const Call& call) {
  const auto found = readiness();
  std::string body;
  const bool all = !found.ready || call.url.query().contains("verbose");
  for (const auto& [name, why, required] : found.parts) {
    // A mailbox that fails is named, but the server takes traffic: taking it out of service would stop all that is
    // well.
    if (!why.empty()) body += (required ? "[-] " : "[!] ") + name + ": " + why + "\n";
    else if (all) body += "[+] " + name + " ok\n";
  }
  body += found.ready ? "ok\n" : "not ready\n";
  return text_response(std::move(body), found.ready ? 200 : 503);
}

Result<HttpResponse> ProbeRoutes::health(const Call&) {
  const auto found = readiness();
  std::string body;
  JsonWriter writer(body);
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(ports_.clock.now() - started_at_).count();
  writer.begin_object().field("status", found.ready ? "ok" : "failing").field("version", ports_.version);
  writer.field("uptime_s", static_cast<std::int64_t>(uptime)).key("checks").begin_array();
  for (const auto& [name, why, required] : found.parts) {
    writer.begin_object().field("name", name).field("ok", why.empty());
    if (!required) writer.field("required", false);
    if (!why.empty()) writer.field("why", why);
    writer.end_object();
  }
  writer.end_array().end_object();
  return json_response(std::move(body), found.ready ? 200 : 503);
}

Result<HttpResponse> ProbeRoutes::metrics_text(const Call&) {
  auto response = text_response(metrics::exposition());
  response.headers[0].value = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

std::vector<Route> ProbeRoutes::routes() {
  return {
      {.method = "GET",
       .pattern = "/health",
       .surface = Surface::probe,
       .permission = {},
       .handler = to<&ProbeRoutes::health>(this),
       .summary = "State of the process and its parts, for people and dashboards; 503 when a part fails.",
       .answer = "Health"},
      {.method = "GET",
       .pattern = "/livez",
       .surface = Surface::probe,
       .permission = {},
       .handler = to<&ProbeRoutes::livez>(this),
       .summary = "200 while the process turns.",
       .answer = "text/plain"},
      {.method = "GET",
       .pattern = "/healthz",
       .surface = Surface::probe,
       .permission = {},
       .handler = to<&ProbeRoutes::livez>(this),
       .summary = "The same as /livez, for balancers that know no other.",
       .answer = "text/plain"},
      {.method = "GET",
       .pattern = "/readyz",
       .surface = Surface::probe,
       .permission = {},
       .handler = to<&ProbeRoutes::readyz>(this),
       .summary = "200 when it takes traffic, else 503 and why not. A failing mailbox is named with [!] and refuses no "
                  "traffic.",
       .query = {{"verbose", "Names every check, also when all is well."}},
       .answer = "text/plain"},
      {.method = "GET",
       .pattern = "/metrics",
       .surface = Surface::probe,
       .permission = Permission::read_ledger,
       .open = ports_.public_metrics,
       // A token is looked up in the store, which may hang: not on the thread of /livez.
       .pace = ports_.public_metrics ? HttpHandler::Pace::probe : HttpHandler::Pace::steady,
       .handler = to<&ProbeRoutes::metrics_text>(this),
       .summary =
           "Metrics in the text format of Prometheus. Open to everybody unless the configuration says otherwise.",
       .answer = "text/plain"},
  };
}

std::vector<Schema> ProbeRoutes::schemas() const {
  return {
      {"Health", R"({"type":"object","required":["status","version","uptime_s","checks"],"properties":{
        "status":{"type":"string","enum":["ok","failing"]},"version":{"type":"string"},"uptime_s":{"type":"integer"},
        "checks":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string"},
        "ok":{"type":"boolean"},"required":{"type":"boolean",
        "description":"false: the server takes traffic all the same"},"why":{"type":"string"}}}}}})"},
  };
}

}  // namespace orgo::gateway
