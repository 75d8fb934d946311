#pragma once
#include <string>
#include <string_view>

#include "app/commands.h"
#include "base/time_zone.h"

namespace orgo {

/// The zone in which the command line shows times: that of the organization (or --tenant) as its files say now; UTC
/// where they can't be read.
TimeZone zone_of(const CommonOptions& common);

/// The API tells instants in RFC 3339. What is none ("", "never") stays as it is.
/// For tables, whose heading names the zone: "2026-11-23 10:00".
std::string short_time(const std::string& rfc3339, const TimeZone& zone);
/// "2026-11-23T10:00:00+01:00"
std::string local_time(const std::string& rfc3339, const TimeZone& zone);
/// "MADE AT (Europe/Berlin)"
std::string time_heading(std::string_view name, const TimeZone& zone);

}  // namespace orgo
