#pragma once
#include <string>
#include <vector>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct SilenceConfig {
  Setting<bool> alarm{true};
  Setting<std::vector<std::string>> holidays;
  Setting<std::string> calendar;
};

void declare(OptionSet& options, SilenceConfig& silence);

}  // namespace orgo
