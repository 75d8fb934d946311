#pragma once
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orgo {

/// How many a second: "10000/h", "600/m", "50/s", and 0 for "max", as fast as they are taken. invalid_input: anything
/// else, none, or more than a million a second.
Result<double> parse_pace(std::string_view text);

/// Of CPU that this process has used.
double cpu_seconds();

/// Of waits, in ms, by the nearest rank: half, 95% and 99% were no longer than this. All 0 where nothing was measured.
struct Percentiles {
  double p50 = 0, p95 = 0, p99 = 0, most = 0;
  friend bool operator==(const Percentiles&, const Percentiles&) = default;
};
Percentiles percentiles(std::vector<float> waits);

}  // namespace orgo
