#pragma once
#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace orgo::sql {

/// First fencing tokens of new queue items. The number of a finished item may come again, so tokens begin where no
/// lease of an earlier item, of this process or of one before, can have been.
class LeaseTokens {
 public:
  explicit LeaseTokens(TimePoint now) : last_(to_ms(now) << 20) {}
  std::int64_t next() { return last_ += kLeasesPerItem; }

 private:
  static constexpr std::int64_t kLeasesPerItem = 1024;
  std::atomic<std::int64_t> last_;
};

}  // namespace orgo::sql
