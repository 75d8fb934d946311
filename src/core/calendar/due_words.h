#pragma once
#include <string>
#include <string_view>

namespace orgo {

/// What somebody types for a time, in the words and marks that parse_due() knows: lower case, one space between words,
/// no commas, German words in English. "Freitag um 9 Uhr" is "friday at 9", "in 1,5 Stunden" "in 1.5 hours",
/// "übermorgen" "the day after tomorrow". Words that it doesn't know stay.
std::string plain_due_words(std::string_view text);

/// Why it may mean more than one thing, and what to write instead; empty: it may not. Of "3/4/2026", which is in April
/// or in March, and "1,000 days".
std::string why_ambiguous(std::string_view text);

}  // namespace orgo
