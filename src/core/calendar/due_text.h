#pragma once
#include <string_view>

#include "base/result.h"
#include "core/calendar/calendar.h"

namespace orgo {

/// When something should be done, as a person types it: an instant (see parse_instant), wall time in `zone`
/// ("2026-12-24 09:30"), a day ("2026-12-24", "today", "tomorrow": until the calendar closes then, else until
/// midnight), or a span from `now` in wall time ("2 hours", "in 3 days") or in open time ("2 business hours").
/// invalid_input: none of these, or open time that never comes.
Result<TimePoint> parse_due(std::string_view text, TimePoint now, const Calendar& calendar, const TimeZone& zone);

}  // namespace orgo
