#include "app/bench/pace.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace orgo {
namespace {

constexpr double kMost = 1e6;

double seconds_of(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  return unit == "h" ? 3'600 : 0;
}

}  // namespace

Result<double> parse_pace(std::string_view text) {
  if (text == "max") return 0.0;
  const auto slash = text.find('/');
  std::int64_t count = 0;
  const auto* const end = text.data() + std::min(slash, text.size());
  const auto read = std::from_chars(text.data(), end, count);
  const auto seconds = slash == std::string_view::npos ? 0 : seconds_of(text.substr(slash + 1));
  if (read.ec != std::errc() || read.ptr != end || count <= 0 || seconds == 0)
    return failure(Errc::invalid_input,
                   "'" + std::string(text) + "' is no rate: 10000/h, 600/m and 50/s are, and max: as fast as it goes");
  const auto rate = static_cast<double>(count) / seconds;
  if (rate > kMost) return failure(Errc::invalid_input, "the rate is at most 1000000/s");
  return rate;
}

double cpu_seconds() {
  struct rusage used {};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Percentiles percentiles(std::vector<float> waits) {
  if (waits.empty()) return {};
  std::ranges::sort(waits);
  const auto at = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(waits.size())));
    return static_cast<double>(waits[std::max<std::size_t>(rank, 1) - 1]);
  };
  return {at(0.5), at(0.95), at(0.99), static_cast<double>(waits.back())};
}

}  // namespace orgo
