#pragma once
#include <string_view>

#include "base/metrics.h"

namespace orgo::gateway {

/// What the gateway counts.
struct GatewayProbe {
  metrics::Counter requests{"orgo_http_requests_total",
                            "Requests answered, by route pattern, method and status class.",
                            {"route", "method", "status"}};
  metrics::Histogram seconds{"orgo_http_request_seconds",
                             "From the whole request to the whole answer, without the network."};
  metrics::Counter logins{"orgo_http_logins_total", "Logins on the page, by outcome.", {"outcome"}};
};
const GatewayProbe& gateway_probe();

/// `method` is counted by name when it is a known one, else as "other".
void count_request(std::string_view route, std::string_view method, int status, double seconds);

}  // namespace orgo::gateway
