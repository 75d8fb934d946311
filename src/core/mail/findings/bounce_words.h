#pragma once
#include <string_view>

namespace orgo {

// The words of delivery reports, in the languages that mail systems write them in. They prove nothing: people write
// about failed deliveries, too, and who sent it and what a report carries have to fit.

/// Which words of `subject`, folded by fold_case(), mail systems report by; empty: none of them.
std::string_view words_of_report_subject(std::string_view subject);
/// Which of the first lines of reports stands in `text`, with ASCII in lower case; empty: none.
std::string_view phrase_of_report(std::string_view text);

}  // namespace orgo
