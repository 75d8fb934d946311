#pragma once
#include <string>

#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct DataConfig {
  Setting<std::string> dir{"./var"};
};

struct DatabaseConfig {
  Setting<std::string> url{"sqlite"};
  Setting<std::string> password{""};
};

void declare(OptionSet& options, DataConfig& data);
void declare(OptionSet& options, DatabaseConfig& database);

}  // namespace orgo
