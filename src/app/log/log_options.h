#pragma once
#include <cstdint>

#include "base/log.h"
#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct LogConfig {
  Setting<log::Level> level{log::Level::info};
  Setting<log::Format> format{log::Format::text};
};

void declare(OptionSet& options, LogConfig& log);
log::Settings log_settings(const LogConfig& options);

}  // namespace orgo
