#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// Under which further ids the mail that a relay took with this answer will be known: "250 Ok 0100..." of Amazon SES,
/// "250 2.6.0 <id@...> Queued" of Exchange. At most 4.
std::vector<std::string> ids_in_answer(std::string_view answer);

}  // namespace orgo
