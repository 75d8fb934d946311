#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "core/calendar/calendar.h"

namespace orgo {

/// When something should be done, or comes back, as a person types it:
/// - an instant (see parse_instant), or wall time in `zone` ("2026-12-24 09:30");
/// - a day ("2026-12-24", "24.12.2026", "today", "tomorrow", "friday", "fri"): until the calendar closes then, else
///   until midnight;
/// - a day and a time ("tomorrow 12:00", "friday, 9am", "today at 15"), or a time alone ("15:00", "noon");
/// - a span from `now` (see parse_due_span): "2 hours", "1 month", "2 business days".
/// German words will do as well (see plain_due_words()). What may mean more than one thing is none (why_ambiguous()).
/// A weekday, and a time alone, are the next that are still ahead of `now`; "on" and "next" before a weekday mean
/// nothing else. Of two instants of a wall time that comes twice the earlier one. invalid_input: none of these, or open
/// time that never comes.
Result<TimePoint> parse_due(std::string_view text, TimePoint now, const Calendar& calendar, const TimeZone& zone);

/// The same, where nothing, and "none", mean none.
Result<std::optional<TimePoint>> parse_due_or_none(std::string_view text, TimePoint now, const Calendar& calendar,
                                                   const TimeZone& zone);

/// How it may be written, for messages and help: "'2026-12-24 09:30', tomorrow, ...".
inline constexpr std::string_view kDueForms =
    "'2026-12-24 09:30', 2026-12-24, tomorrow, 'tomorrow 12:00', 'friday 9:00', '2 hours', '2 business hours' or "
    "2026-12-24T08:30:00Z";

}  // namespace orgo
