#pragma once
#include <string>
#include <string_view>

namespace orgo::rules {

/// `text` with spaces in place of words that it denies: of "this is not very urgent" the word "urgent", of "no need to
/// come immediately" the words behind "no need to". In the languages of the lexicon and some twenty others; within one
/// clause only, since of "it does not work, urgent" nothing is denied. Words of the language are known, grammar is not:
/// "why not immediately?" counts as denied. Same length as `text`, linear time.
std::string without_denied(std::string_view text);

}  // namespace orgo::rules
