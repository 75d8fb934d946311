#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

/// Before each blob of a segment; see SegmentStore.
struct SegmentHeader {
  static constexpr std::uint32_t kMagic = 0x4F424C42;  // "BLBO"
  static constexpr std::uint32_t kCompressed = 1;
  std::uint32_t magic = kMagic;
  std::uint32_t flags = 0;
  std::uint64_t stored = 0;  ///< bytes behind the header
  std::uint64_t length = 0;  ///< bytes as they were given
  std::uint32_t data_crc = 0;
  std::uint32_t header_crc = 0;
};
inline constexpr std::size_t kSegmentHeaderBytes = 32;
static_assert(sizeof(SegmentHeader) == kSegmentHeaderBytes);

/// Of the header before its last member.
std::uint32_t crc_of(const SegmentHeader& header);
/// Is it as it was written, of a blob of this length?
bool is_sound(const SegmentHeader& header, std::int64_t length);

/// What a reference says: "SEGMENT-OFFSET-LENGTH".
struct SegmentPlace {
  std::int64_t segment = 0;
  std::int64_t offset = 0;  ///< of the record in the segment
  std::int64_t length = 0;  ///< of the bytes as they were given
};
/// nullopt: it is none.
std::optional<SegmentPlace> parse_segment_place(std::string_view text);

/// "00000001.seg"
std::string segment_name(std::int64_t segment);

}  // namespace orgo
