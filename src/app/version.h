#pragma once
#include <string_view>

namespace orgo {

/// Of the program, as in CMakeLists.txt.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace orgo
