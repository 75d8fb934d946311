#include "core/policy/silence_policy.h"

#include <algorithm>

#include "core/calendar/holidays.h"

namespace orgo {

const Calendar* silence_calendar(const SilencePolicy& policy, const Workplace& workplace) {
  if (policy.calendar == "none") return nullptr;
  return workplace.calendars.find(policy.calendar.empty() ? workplace.calendars.default_name() : policy.calendar);
}

silence::Settings silence_settings(const SilencePolicy& policy, const Workplace& workplace, const TimeZone& zone) {
  silence::Settings settings;
  settings.zone = workplace.zone(zone);
  if (const auto* calendar = silence_calendar(policy, workplace)) settings.holidays = closed_days(calendar->plan());
  for (const auto& text : policy.holidays)
    if (const auto day = parse_local_day(text)) settings.holidays.push_back(*day);
  std::sort(settings.holidays.begin(), settings.holidays.end());
  return settings;
}

}  // namespace orgo
