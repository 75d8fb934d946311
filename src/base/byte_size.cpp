#include <array>
#include <charconv>

#include "base/text.h"
#include "base/yaml.h"

namespace orgo {
namespace {
struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<ByteUnit, 13> kByteUnits{{{"b", 1},
                                               {"byte", 1},
                                               {"bytes", 1},
                                               {"k", 1ULL << 10U},
                                               {"kb", 1ULL << 10U},
                                               {"kib", 1ULL << 10U},
                                               {"m", 1ULL << 20U},
                                               {"mb", 1ULL << 20U},
                                               {"mib", 1ULL << 20U},
                                               {"g", 1ULL << 30U},
                                               {"gb", 1ULL << 30U},
                                               {"gib", 1ULL << 30U},
                                               {"tb", 1ULL << 40U}}};
}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  text = trim(text);
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text = trim(text);
  std::uint64_t unit = 0;
  if (text.empty()) unit = 1;
  for (const auto& candidate : kByteUnits)
    if (ascii_iequals(text, candidate.name)) unit = candidate.bytes;
  if (unit == 0 || number > (1ULL << 62U) / unit) return std::nullopt;
  return number * unit;
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes != 0 && bytes % (1ULL << 30U) == 0) return std::to_string(bytes >> 30U) + " GB";
  if (bytes != 0 && bytes % (1ULL << 20U) == 0) return std::to_string(bytes >> 20U) + " MB";
  if (bytes != 0 && bytes % (1ULL << 10U) == 0) return std::to_string(bytes >> 10U) + " KB";
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace orgo
