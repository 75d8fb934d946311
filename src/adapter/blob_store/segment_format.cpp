#include "adapter/blob_store/segment_format.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>

#include "base/hash.h"

namespace orgo {
namespace {

constexpr std::int64_t kBlobBytesMax = std::int64_t{4} << 30;  ///< no mail is near it

}  // namespace

std::uint32_t crc_of(const SegmentHeader& header) {
  return crc32c({reinterpret_cast<const char*>(&header), offsetof(SegmentHeader, header_crc)});
}

bool is_sound(const SegmentHeader& header, std::int64_t length) {
  return header.magic == SegmentHeader::kMagic && header.header_crc == crc_of(header) &&
         header.length == static_cast<std::uint64_t>(length) && header.stored <= header.length;
}

std::optional<SegmentPlace> parse_segment_place(std::string_view text) {
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers.at(i));
    if (error != std::errc{} || numbers.at(i) < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i + 1 == numbers.size()) break;
    if (!text.starts_with('-')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty() || numbers[2] > kBlobBytesMax) return std::nullopt;
  return SegmentPlace{numbers[0], numbers[1], numbers[2]};
}

std::string segment_name(std::int64_t segment) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%08lld.seg", static_cast<long long>(segment));
  return name.data();
}

}  // namespace orgo
