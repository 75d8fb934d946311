#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/time.h"

/// JSON bodies and the small languages of base/: durations and dates.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Not compared after writing: numbers come back rounded or as infinity (the library's fast parser is not exact).
  if (const auto value = orgo::parse_json(text)) (void)orgo::json::serialize(*value);
  if (const auto duration = orgo::parse_duration(text)) {
    const auto again = orgo::parse_duration(orgo::format_duration(*duration));
    if (!again || *again != *duration) __builtin_trap();
  }
  if (const auto time = orgo::parse_rfc3339(text)) {
    const auto again = orgo::parse_rfc3339(orgo::to_rfc3339(*time));
    if (!again || *again != *time) __builtin_trap();
  }
  std::string out;
  orgo::append_json_string(out, text);
  if (!orgo::parse_json(out)) __builtin_trap();
  return 0;
}
