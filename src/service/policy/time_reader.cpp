#include "service/policy/time_reader.h"

#include <utility>

#include "core/calendar/due_text.h"

namespace orgo {

TimeReader reader_of_times(const Policy& policy, TimePoint now, std::optional<TimeZone> zone) {
  return [&policy, now, zone = std::move(zone)](std::string_view text) {
    return parse_due_or_none(text, now, policy.workplace().calendars.standard(), zone ? *zone : policy.zone());
  };
}

}  // namespace orgo
