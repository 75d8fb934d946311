#include "service/gateway/probe.h"

#include <array>
#include <string>

namespace orgo::gateway {

const GatewayProbe& gateway_probe() {
  static const GatewayProbe probe;
  return probe;
}

void count_request(std::string_view route, std::string_view method, int status, double seconds) {
  static constexpr std::array<std::string_view, 4> kMethods{"GET", "POST", "DELETE", "HEAD"};
  static constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
  bool known = false;
  for (const auto name : kMethods) known = known || name == method;
  const auto status_class =
      status >= 100 && status < 600 ? kClasses[static_cast<std::size_t>(status / 100 - 1)] : "5xx";
  const auto& probe = gateway_probe();
  ++probe.requests.with({route, known ? method : "other", status_class});
  probe.seconds.observe(seconds);
}

}  // namespace orgo::gateway
