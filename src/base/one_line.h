#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

/// `text` as one line for lists: control characters (of Latin-1, too) and runs of white space become one space, ends
/// are trimmed, cut to
/// `most` bytes between characters. Marks that turn the direction of a line (unshowable()) are left out, since with
/// them a title could pretend to be another.
std::string one_line(std::string_view text, std::size_t most);

}  // namespace orgo
