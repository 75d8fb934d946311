#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace orgo::mime {

/// A uuencoded file within a text.
struct UuencodedFile {
  std::size_t begin = 0;  ///< of the line "begin 644 name"
  std::size_t end = 0;    ///< behind the line "end"
  std::string_view name;
};

/// The uuencoded files in `text` (LF), in order; at most 100. A line that only looks like "begin 644 name" is none: the
/// line behind it must be encoded data of the length that it says, and an "end" must come. Linear time.
std::vector<UuencodedFile> find_uuencoded(std::string_view text);

}  // namespace orgo::mime
