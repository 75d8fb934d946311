#pragma once
#include "app/config.h"
#include "base/options.h"

namespace orgo {

/// Every option of the program: the only place where one is declared. `config` must outlive the set.
OptionSet config_options(Config& config);

}  // namespace orgo
