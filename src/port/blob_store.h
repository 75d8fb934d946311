#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orgo {

/// Where a blob lies, in words of its store that nobody else reads: at most 200 bytes of ASCII. Stored in the database
/// beside what it belongs to.
struct BlobRef {
  std::string text;
  friend bool operator==(const BlobRef&, const BlobRef&) = default;
};

/// Keeps raw mail outside the main database, within the same promise of durability: what is appended is durable before
/// a row names it. Backend: segments (append-only files). Rows of the database itself need no such step, and come in
/// with the row that names them (adapter/sql/mail_bytes.h). Threads: any. Errors: unavailable (I/O), resource_exhausted
/// (disk full), corrupt (checksum, or no reference of this store).
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// Appends all or fails; durable when it returns. What was appended before a failure is waste, never visible.
  virtual Result<std::vector<BlobRef>> append(std::span<const std::string_view> blobs) = 0;
  virtual Result<std::string> read(const BlobRef& ref) = 0;
  /// How many of the references have their place here; does not read the bytes. Made for very many in one call.
  virtual std::int64_t count_held(std::span<const BlobRef> refs) = 0;
};

}  // namespace orgo
