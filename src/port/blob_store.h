#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orgo {

/// Where a blob lies. Stored in the database beside what it belongs to.
struct BlobRef {
  std::int64_t segment = 0;
  std::int64_t offset = 0;  ///< of the record in the segment
  std::int64_t length = 0;  ///< of the bytes as they were given
};

/// Keeps raw mail outside the main database, within the same promise of durability. Backend: segments (append-only
/// files). Threads: any. Errors: unavailable (I/O), resource_exhausted (disk full), corrupt (checksum).
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// Appends all or fails; durable when it returns. What was appended before a failure is waste, never visible.
  virtual Result<std::vector<BlobRef>> append(std::span<const std::string_view> blobs) = 0;
  virtual Result<std::string> read(const BlobRef& ref) = 0;
  /// Whether the place of the blob exists; does not read the bytes.
  virtual bool holds(const BlobRef& ref) = 0;
};

}  // namespace orgo
