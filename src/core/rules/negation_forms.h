#pragma once
#include <string>
#include <string_view>

namespace orgo::rules {

/// What is denied without words between spaces: a box that is not ticked ("[ ] urgent [x] normal"), and in Chinese and
/// Japanese ("不是很紧急", "緊急ではありません"). Spaces in `out`, a copy of `text`, in place of it. Linear time.
void blank_denied_forms(std::string_view text, std::string& out);

}  // namespace orgo::rules
