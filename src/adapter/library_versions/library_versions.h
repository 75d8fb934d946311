#pragma once
#include <string>
#include <utility>
#include <vector>

namespace orgo {

/// The libraries that run in this process, as they name themselves: for `orgo version` and for bug reports.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace orgo
