#pragma once
#include "base/metrics.h"

namespace orgo {

/// What the HTTP edge counts; what the requests were about is counted by the gateway.
struct HttpServerProbe {
  metrics::Gauge connections{"orgo_http_connections", "Open HTTP connections."};
  metrics::Counter broken{"orgo_http_broken_requests_total",
                          "Requests that broke the rules of HTTP or our limits, and were refused unread."};
  metrics::Counter abandoned{"orgo_http_abandoned_requests_total",
                             "Requests that were not begun, since their client had left while they waited."};
  metrics::Counter overloaded{"orgo_http_overloaded_requests_total", "Requests refused since too many were under way."};
};
const HttpServerProbe& http_server_probe();

}  // namespace orgo
