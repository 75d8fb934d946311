#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo::http {

/// Decodes the chunked transfer coding (RFC 9112, section 7.1), one byte after the other and without a buffer, so that
/// the result cannot depend on how the network cuts the bytes. Strict: nothing but hex digits is a size, lines end in
/// CRLF. Extensions and trailer fields are skipped: nothing here needs them, and a trailer must not become a header.
class ChunkedBody {
 public:
  static constexpr std::size_t kExtensionsMax = 4 * 1024;  ///< bytes of the extensions of all chunks together
  static constexpr std::size_t kTrailerMax = 16 * 1024;    ///< bytes of all trailer fields

  enum class State { reading, done, broken, too_large };

  /// Appends what it decodes to `body`, which may grow to `body_max` bytes. Returns how much of `bytes` was used: all,
  /// unless the body has ended or is broken.
  std::size_t feed(std::string_view bytes, std::string& body, std::size_t body_max);
  [[nodiscard]] State state() const { return state_; }

 private:
  enum class Step { size, extension, size_lf, data, data_cr, data_lf, trailer_begin, trailer, trailer_lf, end_lf };
  void take(char c);

  State state_ = State::reading;
  Step step_ = Step::size;
  std::uint64_t left_ = 0;  ///< bytes of the chunk that are still to come; while its size is read: the size so far
  int digits_ = 0;
  std::size_t extensions_ = 0;
  std::size_t trailer_ = 0;
};

}  // namespace orgo::http
