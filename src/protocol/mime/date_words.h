#pragma once
#include <optional>
#include <string_view>

namespace orgo::mime {

// The words of dates, for parse_date().

/// English, 1 to 12 by the first three letters, so that "July" and "Sept" do; 0: no month.
int month_of(std::string_view word);
/// The same of any language.
int any_month_of(std::string_view word);
/// English, by the first three letters.
bool is_weekday(std::string_view word);
/// East of Greenwich: of RFC 5322, section 4.3, and the others that mailers write. nullopt: no zone.
std::optional<int> minutes_of_zone(std::string_view word);

/// "W. Europe Standard Time" at the begin of `text` as an IANA name; empty: it is none of those that are known.
std::string_view place_of_windows_zone(std::string_view text);

}  // namespace orgo::mime
