#include "app/organization/organization_options.h"

#include "app/options/checks.h"

namespace orgo {

void declare(OptionSet& options, OrganizationConfig& organization) {
  options.section("organization", "Who we are.")
      .text({"organization.name",
             "Our name: beside the address that our mails come from, where smtp.from_name says no other, and in what a "
             "start says.",
             "Hillside School"},
            organization.name, option::check_one_line)
      .text({"organization.domain", "Domain of the message ids that we make.", "school.org"}, organization.domain,
            option::check_domain)
      .list({"organization.addresses",
             "Our own addresses and @domains: an automatic answer wants one of them in To or Cc, SMTP takes mail for "
             "them "
             "(smtp_in.recipients), and a team that wrote a mail itself is not told of it.",
             "[helpdesk@school.org, \"@orgo.school.org\"]"},
            organization.addresses, option::check_own)
      .list({"organization.administrators", "Who looks after Orgo itself: addresses that its own alarms go to.",
             "[it@school.org]"},
            organization.administrators, option::check_address)
      .text({"organization.time_zone",
             "Our time zone (IANA), with its summer time: hours, weekdays and dates in rules, times on pages and in "
             "mails, the silence alarm. A default calendar in the rules says it instead.",
             "Europe/Berlin"},
            organization.time_zone, option::check_zone)
      .utc_offset({"organization.utc_offset",
                   "The older way to say it, without summer time; organization.time_zone counts more.", "\"+01:00\""},
                  organization.utc_offset_minutes);
}

TimeZone OrganizationConfig::zone() const {
  const auto& minutes = *utc_offset_minutes;
  if (!time_zone->empty())
    if (const auto zone = TimeZone::find(*time_zone)) return *zone;  // checked when it was loaded
  return minutes == 0 ? TimeZone() : TimeZone::fixed(std::chrono::minutes(minutes));
}

void warn_of(const OrganizationConfig& organization, const OptionSet& options, std::vector<Diagnostic>& warnings) {
  if (!options.is_set("organization.utc_offset")) return;
  const bool zone_too = !organization.time_zone.peek().empty();
  warnings.push_back(
      options.at("organization.utc_offset",
                 zone_too ? "organization.time_zone counts, and organization.utc_offset does not"
                          : "organization.utc_offset knows no summer time",
                 zone_too ? "take it out" : "write organization.time_zone: Europe/Berlin, or where you are"));
  warnings.back().is_warning = true;
}

}  // namespace orgo
