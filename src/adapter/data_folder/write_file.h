#pragma once
#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace orgo {

/// Writes a file whole, flushed, and then in place of the old one, by default readable by its owner only: a reader, or
/// a start after a loss of power, sees the old text or the new one, never a half. Two processes at once don't mix, the
/// last one holds. resource_exhausted: no room; unavailable: anything else.
Status write_file(const std::string& path, const std::string& text, mode_t mode = 0600);

}  // namespace orgo
