#pragma once
#include <string_view>

namespace orgo {

/// "##- Please type your reply above this line -##", as ticket systems write it in some thirty languages: a word for
/// answering and one for "above this line". `folded` as folded_line() makes it.
bool is_reply_marker(std::string_view folded);

}  // namespace orgo
