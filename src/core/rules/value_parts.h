#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/condition.h"

namespace orgo::rules {

/// The addresses of a header's value, as the MIME parser reads them.
std::vector<std::string> addresses_of(std::string_view value);

/// A part of an address; nullopt when it has none: no domain without an @, no detail without a + (RFC 5233).
std::optional<std::string> address_part(std::string_view address, Part part);

/// A part of the date in a header's value, in the zone that stands there; of Received fields the date behind the last
/// semicolon. "2009-07-20" (date), "21:44:43" (time), "+0300" (zone), "mon" (weekday), numbers with two digits (year:
/// four), which a comparison with a number reads as numbers. nullopt: there is no date (RFC 5322, section 3.3).
std::optional<std::string> date_part(std::string_view value, Part part);

}  // namespace orgo::rules
