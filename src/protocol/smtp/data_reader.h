#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo::smtp {

/// Reads the text after DATA up to <CRLF>.<CRLF> and undoes dot-stuffing (RFC 5321, section 4.5.2) into a buffer.
/// Nothing but CRLF.CRLF ends the text: neither LF.LF, LF.CRLF, CR.CR nor any other pair, which is what SMTP smuggling
/// lives on (CVE-2023-51764). A CR or LF that is not part of a CRLF is kept as it came and remembered in
/// bare_line_end(), so that the session can refuse the whole message. Fed in pieces of any size with the same result.
/// Bytes are looked at by memchr and copied once.
class DataReader {
 public:
  /// `size_max`: bytes kept; past it the buffer is emptied and only the end is still looked for.
  explicit DataReader(std::size_t size_max) : size_max_(size_max) {}

  /// Takes bytes from the front of `input` and appends their text to `text`. True: the end was read, and `input` begins
  /// behind it; all of `input` was taken otherwise.
  bool read(std::string_view& input, std::string& text);
  /// The same for `input` that has no end mark and no dot-stuffing: a chunk of BDAT (RFC 3030). Takes all.
  void read_chunk(std::string_view input, std::string& text);
  /// Keep nothing from here on, but still find the end: somebody else needs the memory.
  void discard(std::string& text);

  [[nodiscard]] bool too_big() const { return too_big_; }
  [[nodiscard]] bool bare_line_end() const { return bare_ || state_ == State::cr; }
  /// Everything read so far, kept or not, without end mark and stuffing.
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  /// Where in a line the next byte stands; `dot...` only at the start of a line.
  enum class State : std::uint8_t { line_start, middle, cr, dot, dot_cr };

  void keep(std::string_view bytes, std::string& text);
  /// One byte by the state machine; true: that was the end. Used only where a line is cut by the end of `input`.
  bool step(char c, std::string& text);
  /// Looks for CR and LF that don't belong together, from line start to before the line's LF.
  void check_line(std::string_view line_with_lf);

  std::size_t size_max_;
  std::uint64_t size_ = 0;
  State state_ = State::line_start;
  bool bare_ = false;
  bool too_big_ = false;
  bool discard_ = false;
};

/// How many Received fields the header of `message` has: one per hop (RFC 5321, section 6.3: loop detection).
/// Reads to the first empty line and no further.
int count_received_fields(std::string_view message);

}  // namespace orgo::smtp
