#pragma once
#include <string>
#include <vector>

#include "base/time_zone.h"
#include "core/silence/rhythm.h"
#include "core/workplace/workplace.h"

namespace orgo {

/// When silence of a source means something, beside its rhythm (core/silence).
struct SilencePolicy {
  bool alarm = true;
  std::vector<std::string> holidays;  ///< "2026-12-25"
  std::string calendar;               ///< name; empty: the default one; "none": none
};

/// Whose closed days count; nullptr: none is meant, or there is none of that name.
const Calendar* silence_calendar(const SilencePolicy& policy, const Workplace& workplace);
/// What the silence alarm goes by: the organization's time zone, its holidays, and the closed days of its calendar.
silence::Settings silence_settings(const SilencePolicy& policy, const Workplace& workplace, const TimeZone& zone);

}  // namespace orgo
