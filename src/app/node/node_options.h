#pragma once
#include <string>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

/// Which of several nodes this process is.
struct NodeConfig {
  Setting<std::string> name{"main"};

  /// name, else the host's.
  [[nodiscard]] std::string name_or_host() const;
};

void declare(OptionSet& options, NodeConfig& node);

}  // namespace orgo
