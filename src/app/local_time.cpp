#include "app/local_time.h"

#include "app/api.h"
#include "base/time.h"

namespace orgo {

TimeZone zone_of(const CommonOptions& common) {
  const auto policy = policies_as_written(common)(kTrialTenant);
  return policy ? (*policy)->zone() : TimeZone();
}

std::string short_time(const std::string& rfc3339, const TimeZone& zone) {
  const auto at = parse_rfc3339(rfc3339);
  return at ? to_wall_text(*at, zone).substr(0, 16) : rfc3339;
}

std::string local_time(const std::string& rfc3339, const TimeZone& zone) {
  const auto at = parse_rfc3339(rfc3339);
  return at ? to_rfc3339(*at, zone) : rfc3339;
}

std::string time_heading(std::string_view name, const TimeZone& zone) {
  return std::string(name) + " (" + zone.name() + ")";
}

}  // namespace orgo
