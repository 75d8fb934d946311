#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/calendar/calendar.h"

namespace orgo {

/// `text` from `now`: how long until something is due, as people write it, in small letters.
/// - "2 hours", "1.5 hours", "1 h 30 min", "3 days", also behind "in": in wall time;
/// - "2 months", "1 year": on that day of the later month, or its last, at the same time of day;
/// - "2 business hours": in open time ("open" means the same, "wall" the opposite);
/// - "2 business days": on the second day behind today that is open, at the same time of day, or as near to it as it is
///   open then; "1 business week": a week later, or on the next day that is open.
/// nullopt: it says no such thing. invalid_input: open time that never comes.
Result<std::optional<TimePoint>> parse_due_span(std::string_view text, TimePoint now, const Calendar& calendar,
                                                const TimeZone& zone);

}  // namespace orgo
