#include "service/gateway/core/probe.h"

#include <algorithm>

namespace orgo::gateway {

const GatewayProbe& gateway_probe() {
  static const GatewayProbe probe;
  return probe;
}

void RequestCounts::count(std::string_view route, std::string_view method, int status, double seconds) {
  static constexpr std::array<std::string_view, kMethods> kNames{"GET", "POST", "PUT", "DELETE", "HEAD", "other"};
  static constexpr std::array<std::string_view, kClasses> kStatus{"1xx", "2xx", "3xx", "4xx", "5xx"};
  const auto name = static_cast<std::size_t>(
      std::min(std::find(kNames.begin(), kNames.end(), method), kNames.end() - 1) - kNames.begin());
  const auto group = status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100 - 1) : kClasses - 1;
  const auto& probe = gateway_probe();
  auto& place = series_.at(name * kClasses + group);
  auto* series = place.load(std::memory_order_relaxed);
  if (series == nullptr) {
    series = &probe.requests.with({route, kNames.at(name), kStatus.at(group)});
    place.store(series, std::memory_order_relaxed);  // whoever comes at the same time finds the same one
  }
  ++*series;
  probe.seconds.observe(seconds);
}

}  // namespace orgo::gateway
