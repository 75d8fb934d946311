#pragma once
#include <cstdint>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"
#include "core/suppression/suppress.h"

namespace orgo {

struct SuppressionConfig {
  Setting<bool> enabled{true};
  Setting<std::int64_t> failures{3};
  Setting<Millis> window{Millis{604'800'000}};
  Setting<Millis> permanent_time{Millis{0}};
  Setting<Millis> temporary_time{Millis{604'800'000}};
};

void declare(OptionSet& options, SuppressionConfig& suppression);
/// When an address is no longer written to.
SuppressionPolicy suppression_policy(const SuppressionConfig& options);

}  // namespace orgo
