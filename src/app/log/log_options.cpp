#include "app/log/log_options.h"

namespace orgo {

void declare(OptionSet& options, LogConfig& log) {
  options.section("log", "What is written to standard error.")
      .choice<log::Level>({"log.level", "The least that is written.", "info", Applies::on_reload}, log.level,
                          {{"debug", log::Level::debug},
                           {"info", log::Level::info},
                           {"warn", log::Level::warn},
                           {"error", log::Level::error}})
      .choice<log::Format>({"log.format", "text for people, json for programs.", "json", Applies::on_reload},
                           log.format, {{"text", log::Format::text}, {"json", log::Format::json}});
}

log::Settings log_settings(const LogConfig& options) {
  log::Settings settings;
  settings.level = *options.level;
  settings.format = *options.format;
  return settings;
}

}  // namespace orgo
