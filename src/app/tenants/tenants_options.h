#pragma once
#include <cstdint>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct TenantsConfig {
  Setting<std::int64_t> policies{1'000};
};

void declare(OptionSet& options, TenantsConfig& tenants);

}  // namespace orgo
