#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// The difference of two texts, line by line, in the unified format of diff(1) with three lines around each change;
/// empty when they are equal. Shortest edit script (Myers, "An O(ND) Difference Algorithm", 1986); texts that differ in
/// more than some 2,000 lines are shown as wholly replaced between their common beginning and end, which keeps time and
/// memory bounded.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view before_name,
                         std::string_view after_name);

}  // namespace orgo
