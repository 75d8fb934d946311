#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

/// Smaller blobs are kept as they are: zstd costs more than it saves there.
inline constexpr std::size_t kCompressFrom = 4096;

/// The bytes of a blob as they are kept: compressed where that saves an eighth, else as they were given.
struct PackedBlob {
  std::string_view plain;  ///< as they were given; outlives this
  std::string compressed;  ///< only when `is_compressed`
  bool is_compressed = false;

  [[nodiscard]] std::string_view stored() const { return is_compressed ? std::string_view(compressed) : plain; }
};

/// Any thread.
PackedBlob pack_blob(std::string_view bytes, std::size_t compress_from = kCompressFrom);
/// What was compressed, `length` bytes as they were given; nullopt: it is not that.
std::optional<std::string> decompress_blob(std::string_view compressed, std::size_t length);

}  // namespace orgo
