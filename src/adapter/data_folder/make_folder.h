#pragma once
#include <string>

#include "base/result.h"

namespace orgo {

/// Makes a folder with all above it that are missing, and flushes their names: else, after a loss of power, what was
/// flushed inside could lie in a folder that nobody finds. What is there already is fine. unavailable: it can't be
/// made.
Status make_folder(const std::string& folder);

}  // namespace orgo
