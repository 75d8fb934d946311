#pragma once
#include <string>
#include <string_view>

#include "base/id.h"

namespace orgo {

/// What a task is called: the subject, or the first line of the text that has something in it, or "(no subject)".
std::string make_title(std::string_view subject, std::string_view text);
/// What is behind the marker of another task in "Re: [T-5] Water leak", when a reply to that one opens a task of its
/// own: two markers in one subject would be one too many. The subject itself when it has no such marker, or nothing
/// else.
std::string_view behind_marker(std::string_view subject, TaskNumber other);

}  // namespace orgo
