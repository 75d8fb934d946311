#pragma once
#include <string>
#include <string_view>

#include "tests/world/support/faults.h"

namespace orgo::world {

/// The statement as the planted mistake makes it; equal to `sql` where that is not touched.
std::string with_bug(Bug bug, std::string_view sql);

}  // namespace orgo::world
