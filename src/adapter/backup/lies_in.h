#pragma once
#include <string>

namespace orgo {

/// Does one folder lie in the other, or is it that, whatever links lead there? Neither need be there.
bool lies_in(const std::string& inner, const std::string& outer);

}  // namespace orgo
