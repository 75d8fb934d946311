#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

struct FeedsConfig {
  Setting<Millis> refresh{Millis{86'400'000}};
  Setting<Millis> timeout{Millis{30'000}};
  Setting<std::uint64_t> size{4U << 20U};
  Setting<std::vector<std::string>> allow_networks;
  Setting<std::string> ca_file;
};

void declare(OptionSet& options, FeedsConfig& feeds);

}  // namespace orgo
