#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orgo {

using Sha256 = std::array<unsigned char, 32>;

Sha256 sha256(std::string_view bytes);
/// SHA-256 fed in pieces, for content that is not in one place.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void add(std::string_view bytes);
  Sha256 finish();  ///< once; then the object is spent

 private:
  void* context_;
};

/// First 64 bits of a digest as a number with a sign, since that is what SQL engines store best.
std::int64_t head64(const Sha256& digest);
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
std::string to_hex(std::string_view bytes);
inline std::string to_hex(const Sha256& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}
/// Compares without telling by its time how much was right. Of different length: false.
bool same_secret(std::string_view a, std::string_view b);
/// `count` bytes from the operating system's generator.
std::string random_bytes(std::size_t count);
/// The same, as lower-case hex (2 * count characters).
std::string random_hex(std::size_t count);
/// CRC-32C (Castagnoli), as in RFC 3720; hardware instruction where there is one.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace orgo
