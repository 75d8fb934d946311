#pragma once
#include <string>
#include <vector>

#include "base/domain_name.h"
#include "base/options.h"
#include "base/setting.h"
#include "base/time_zone.h"

namespace orgo {

/// Who we are.
struct OrganizationConfig {
  Setting<std::string> name{"Orgo"};
  Setting<std::string> domain{"orgo.localhost"};
  Setting<std::vector<std::string>> addresses;
  Setting<std::vector<std::string>> administrators;
  Setting<std::string> time_zone;
  Setting<int> utc_offset_minutes;  ///< the older way to say it

  /// `domain` in ASCII, as message ids, header fields and greetings carry it.
  [[nodiscard]] std::string wire_domain() const { return ascii_domain(*domain); }
  /// time_zone, else utc_offset, else UTC.
  [[nodiscard]] TimeZone zone() const;
};

void declare(OptionSet& options, OrganizationConfig& organization);
/// What is not wrong, and not what one wants: the older way to say the zone.
void warn_of(const OrganizationConfig& organization, const OptionSet& options, std::vector<Diagnostic>& warnings);

}  // namespace orgo
