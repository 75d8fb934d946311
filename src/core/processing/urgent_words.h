#pragma once
#include <span>
#include <string>

namespace orgo {

/// Is one of a message's keywords a word of urgency, which makes its task urgent by itself? keywords() puts them first.
bool is_urgent(std::span<const std::string> keywords);

}  // namespace orgo
