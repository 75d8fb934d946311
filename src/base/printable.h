#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

/// What a stranger said, for a person: one line of well-formed UTF-8 of about `most` bytes, in which nothing is left
/// that a terminal obeys (controls of ASCII and of Latin-1 and marks of direction become spaces, bytes that are no
/// UTF-8 become '?').
std::string printable_line(std::string_view text, std::size_t most = 300);

}  // namespace orgo
