#pragma once
#include <string>

#include "base/result.h"

namespace orgo {

/// Writes a file whole, flushed, and then in place of the old one, readable by its owner only (0600): a reader, or a start
/// after a loss of power, sees the old text or the new one, never a half. Two processes at once don't mix, the last one holds.
/// resource_exhausted: no room; unavailable: anything else.
Status write_file(const std::string& path, const std::string& text);

}  // namespace orgo
