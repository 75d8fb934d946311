#pragma once
#include <optional>
#include <string_view>

#include "base/time.h"

namespace orgo::mime {

/// A Date field (RFC 5322, section 3.3, with the obsolete zones and two-digit years of 4.3), and what mailers write
/// instead: asctime ("Tue Jul  1 10:52:37 2003"), ISO 8601, "1-Jul-03", dots in the time, "GMT+02:00", AM and PM, a
/// missing zone (then UTC), "20030701T105237Z", "16th", "+0100" without its sign, a zone as an IANA name, months in
/// other languages, and seconds since 1970. Years 1900 to 9999. nullopt: no such day, or not a date.
std::optional<TimePoint> parse_date(std::string_view value);

}  // namespace orgo::mime
