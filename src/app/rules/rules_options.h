#pragma once
#include <string>
#include <vector>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct RulesConfig {
  Setting<std::vector<std::string>> files{{"rules.yaml"}};
};

struct ModulesConfig {
  Setting<std::string> dir;
};

void declare(OptionSet& options, RulesConfig& rules);
void declare(OptionSet& options, ModulesConfig& modules);

}  // namespace orgo
