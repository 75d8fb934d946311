#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// What a task is called: the subject, or the first line of the text that has something in it, or "(no subject)".
std::string make_title(std::string_view subject, std::string_view text);

}  // namespace orgo
