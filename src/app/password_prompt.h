#pragma once
#include <string>

#include "base/result.h"

namespace orgo {

/// Asks for a new password, twice and without showing it, when standard input is a terminal; else reads its first line,
/// as it is. invalid_input: none came, or two different ones.
Result<std::string> ask_for_password(const std::string& whose);

}  // namespace orgo
