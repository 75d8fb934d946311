#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "adapter/blob_store/packed_blob.h"
#include "adapter/blob_store/segment_format.h"
#include "port/blob_store.h"

namespace orgo {

struct SegmentOptions {
  std::string folder;
  std::int64_t segment_bytes = 128 << 20;  ///< a new file is begun past this
  std::size_t compress_from = kCompressFrom;
};

/// Append-only files `00000001.seg`. A record: magic (4 bytes), flags (4), stored length (8), length (8), CRC-32C of
/// the stored bytes (4), CRC-32C of the header before it (4), then the bytes, as given or compressed by zstd. Little
/// endian. A batch is one write and one fdatasync. A process begins with a new file, so that a torn tail of the one
/// before is never appended to; after a failed flush too, since what the kernel kept of it is unknown (R3).
class SegmentStore final : public BlobStore {
 public:
  /// A hash of which files with something in them lie in a folder, and how large they are; empty: there are none.
  static std::string names_in(const std::string& folder);
  static Result<std::unique_ptr<SegmentStore>> open(const SegmentOptions& options);
  ~SegmentStore() override;
  SegmentStore(const SegmentStore&) = delete;
  SegmentStore& operator=(const SegmentStore&) = delete;

  Result<std::vector<BlobRef>> append(std::span<const std::string_view> blobs) override;
  Result<std::string> read(const BlobRef& ref) override;
  std::int64_t count_held(std::span<const BlobRef> refs) override;

 private:
  explicit SegmentStore(SegmentOptions options) : options_(std::move(options)) {}
  struct File;
  bool holds(const SegmentPlace& place);
  Result<std::shared_ptr<File>> file(std::int64_t segment);
  Status begin_segment();
  [[nodiscard]] std::string path(std::int64_t segment) const;

  SegmentOptions options_;
  std::mutex append_mutex_;
  std::shared_ptr<File> current_;  ///< null: the next append begins a segment
  std::int64_t last_segment_ = 0;
  std::int64_t end_ = 0;
  std::string buffer_;  ///< the batch being written, kept for its memory
  std::mutex files_mutex_;
  std::map<std::int64_t, std::shared_ptr<File>> files_;  ///< open for reading, at most a few
};

}  // namespace orgo
