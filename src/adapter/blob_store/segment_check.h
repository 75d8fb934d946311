#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/blob_store/segment_format.h"

namespace orgo {

/// Looks at records of one segment against their checksums while its bytes pass by, so that they are read once only.
class SegmentCheck {
 public:
  /// `wanted`: of this segment, in any order; what lies between them is nobody's.
  explicit SegmentCheck(std::vector<SegmentPlace> wanted);

  /// The next bytes, from the first of the file on.
  void add(std::string_view bytes);
  /// Behind the last: which of the wanted are not as they were written, or not all there.
  std::vector<SegmentPlace> finish();

 private:
  void begin_next();

  std::vector<SegmentPlace> wanted_, damaged_;
  std::size_t next_ = 0;   ///< of wanted_: under way
  std::int64_t at_ = 0;    ///< in the file
  std::string header_;     ///< of the one under way, as far as it has come
  std::int64_t left_ = 0;  ///< of its bytes; only behind its header
  std::uint32_t expected_ = 0, crc_ = 0;
};

}  // namespace orgo
