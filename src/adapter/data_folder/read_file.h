#pragma once
#include <cstddef>
#include <string>

#include "base/result.h"

namespace orgo {

/// The bytes of a regular file that lies below `folder`, whatever links lead to it; at most `most`. For folders that
/// others than the server's operator write into: a pipe would keep whoever reads it waiting for ever, and a link would
/// hand out what is the server's alone. Errors: not_found; not_permitted: no regular file, or it lies elsewhere;
/// invalid_input: larger; unavailable. Never waits for a writer.
Result<std::string> read_file_below(const std::string& folder, const std::string& path, std::size_t most);

}  // namespace orgo
