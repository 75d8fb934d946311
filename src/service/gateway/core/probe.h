#pragma once
#include <array>
#include <atomic>
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

/// The series of one route, each looked up once. Any thread.
class RequestCounts {
 public:
  /// `method` is counted by name when it is a known one, else as "other".
  void count(std::string_view route, std::string_view method, int status, double seconds);

 private:
  static constexpr std::size_t kMethods = 6;  ///< the known ones, and "other"
  static constexpr std::size_t kClasses = 5;  ///< of status codes: 1xx to 5xx
  std::array<std::atomic<metrics::Value*>, kMethods * kClasses> series_{};
};

}  // namespace orgo::gateway
