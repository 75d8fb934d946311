#pragma once
#include <sys/types.h>

#include <functional>
#include <string>

#include "base/result.h"

namespace orgo {

/// Writes a file whole, flushed, and then in place of the old one, by default readable by its owner only: a reader, or
/// a start after a loss of power, sees the old text or the new one, never a half. What root writes belongs to whom the
/// folder belongs: a command by root must not lock the server out of its own file. Two processes at once don't mix, the
/// last one holds. resource_exhausted: no room; unavailable: anything else.
Status write_file(const std::string& path, const std::string& text, mode_t mode = 0600);
/// The same of a text that names the file itself: `text_of` is given its file_identity().
Status write_file(const std::string& path, const std::function<std::string(const std::string&)>& text_of,
                  mode_t mode = 0600);

/// By what the file system knows an open file and none of its copies, whatever is written into either: its number, and
/// when it was born, where that is known. mv within a file system keeps it. Empty: this file system can't tell over a
/// restart.
std::string file_identity(int file);

}  // namespace orgo
