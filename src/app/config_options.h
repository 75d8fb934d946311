#pragma once
#include <vector>

#include "app/config.h"
#include "base/options.h"

namespace orgo {

/// Every option of the program: the one list of what the features declare. `config` must outlive the set.
OptionSet config_options(Config& config);
/// What contradicts each other, by the features' own checks.
void check_together(const Config& config, const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo
