#pragma once
#include "app/config.h"
#include "core/policy/silence_policy.h"

namespace orgo {

SilencePolicy silence_policy(const Config& config);
/// What the silence alarm goes by: the organization's time zone, and the days of silence.holidays and of its calendar.
/// A calendar that the rules don't have gives none; `orgo doctor` says so.
silence::Settings silence_settings(const Config& config, const Workplace& workplace);
/// nullptr: none is meant, or there is none of that name.
const Calendar* silence_calendar(const Config& config, const Workplace& workplace);

}  // namespace orgo
