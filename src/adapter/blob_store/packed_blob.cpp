#include "adapter/blob_store/packed_blob.h"

#include <zstd.h>

namespace orgo {
namespace {

constexpr int kZstdLevel = 1;
constexpr std::size_t kKeptRoom = 4 << 20;

struct Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string out;
  Compressor() = default;
  ~Compressor() { ZSTD_freeCCtx(context); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
};

}  // namespace

PackedBlob pack_blob(std::string_view bytes, std::size_t compress_from) {
  PackedBlob packed{.plain = bytes, .compressed = {}};
  if (bytes.size() < compress_from) return packed;
  thread_local Compressor compressor;
  auto& out = compressor.out;
  out.resize(ZSTD_compressBound(bytes.size()));
  const auto size =
      ZSTD_compressCCtx(compressor.context, out.data(), out.size(), bytes.data(), bytes.size(), kZstdLevel);
  if (ZSTD_isError(size) == 0 && size < bytes.size() - bytes.size() / 8) {
    packed.compressed.assign(out.data(), size);
    packed.is_compressed = true;
  }
  if (out.capacity() > kKeptRoom) std::string().swap(out);
  return packed;
}

std::optional<std::string> decompress_blob(std::string_view compressed, std::size_t length) {
  std::string plain(length, '\0');
  const auto size = ZSTD_decompress(plain.data(), plain.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0 || size != length) return std::nullopt;
  return plain;
}

}  // namespace orgo
