#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// One line of a CSV file (RFC 4180): with quotes where they are needed, and `end` behind it.
std::string csv_line(const std::vector<std::string>& fields, char separator = ',', std::string_view end = "\n");

/// The text of a stranger as a cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10): where it, or what a
/// spreadsheet of other habits would take for a cell of its own (behind a semicolon, a tab or a line's end), begins
/// with one of = + - @, also in their full width, an apostrophe stands before that. A tab or line's end at the very
/// begin gets one, too. All else stays as it is.
std::string inert_cell(std::string_view text);

}  // namespace orgo
