#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::smtp {

/// One whole reply of a server (RFC 5321, section 4.2).
struct Reply {
  int code = 0;                    ///< 200 to 599
  std::vector<std::string> lines;  ///< the text of each line, without code and separator; 1 or more
  [[nodiscard]] bool is(int hundreds) const { return code / 100 == hundreds; }
  /// "550 5.1.1 No such user; look elsewhere", on one line, printable, at most 500 octets: for logs and people.
  [[nodiscard]] std::string text() const;
};

/// Puts replies together from pieces of any size. Bounded: a line of 4096 octets, 128 lines; what is beyond the length
/// of RFC 5321 (512) and yet below that is forgiven, and so is LF for CRLF.
class ReplyReader {
 public:
  enum class State { more, reply, garbage };
  /// Takes bytes from the front of `input` up to the end of one reply. `garbage`: this is no mail server, or it has
  /// lost its mind; nothing sensible can follow.
  State read(std::string_view& input);
  /// After `reply`; once.
  Reply take();

 private:
  State on_line(std::string_view line);
  std::string line_;
  Reply reply_;
};

}  // namespace orgo::smtp
