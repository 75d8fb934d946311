#include "app/silence/silence_settings.h"

#include <algorithm>

#include "core/calendar/holidays.h"

namespace orgo {

const Calendar* silence_calendar(const Config& config, const Workplace& workplace) {
  const auto& name = *config.silence.calendar;
  if (name == "none") return nullptr;
  return workplace.calendars.find(name.empty() ? workplace.calendars.default_name() : name);
}

silence::Settings silence_settings(const Config& config, const Workplace& workplace) {
  silence::Settings settings;
  settings.zone = workplace.zone(config.organization.zone());
  if (const auto* calendar = silence_calendar(config, workplace)) settings.holidays = closed_days(calendar->plan());
  for (const auto& text : *config.silence.holidays)
    if (const auto day = parse_local_day(text)) settings.holidays.push_back(*day);
  std::sort(settings.holidays.begin(), settings.holidays.end());
  return settings;
}

}  // namespace orgo
