#include "app/policies/silence_settings.h"

namespace orgo {

SilencePolicy silence_policy(const Config& config) {
  return {.alarm = *config.silence.alarm, .holidays = *config.silence.holidays, .calendar = *config.silence.calendar};
}

silence::Settings silence_settings(const Config& config, const Workplace& workplace) {
  return silence_settings(silence_policy(config), workplace, config.organization.zone());
}

const Calendar* silence_calendar(const Config& config, const Workplace& workplace) {
  return silence_calendar(silence_policy(config), workplace);
}

}  // namespace orgo
