#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/config_options.h"
#include "base/yaml.h"

using namespace orgo;

namespace {

void expect(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

/// A configuration file, and the same text as the value of every variable: nothing but errors with places comes of it,
/// and what is accepted is shown in a form that is accepted again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  {
    Config config;
    auto options = config_options(config);
    std::vector<Diagnostic> errors;
    options.read_file({"config.yaml", text}, errors);
    expect(errors.size() <= 102);
    for (const auto& error : errors) {
      expect(!error.message.empty());
      expect(!to_string(error, text).empty());
    }
  }
  if (size > 256) return 0;
  Config config;
  auto options = config_options(config);
  std::map<std::string, std::string> environment;
  for (const auto& entry : options.entries()) environment[entry.environment] = text;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
  options.read_environment(environment, {}, errors, warnings);
  for (const auto& entry : options.entries()) {
    if (entry.origin == "default" || entry.secret == Secret::yes) continue;
    std::vector<Diagnostic> again;
    if (entry.type == "list of texts") {
      options.read_environment({{entry.environment, entry.value}}, {}, again, warnings);
    } else {
      options.read_value(entry.name, entry.value, "--again", again);
    }
    expect(again.empty());
  }
  (void)parse_bytes(text);
  return 0;
}
