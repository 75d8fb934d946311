#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "base/setting.h"
#include "base/time.h"

/// What an option's value may be, for the features that declare one: each says what is wrong with it, in words that
/// follow it ("is not ..."); empty: nothing (OptionSet::Check).
namespace orgo::option {

inline constexpr std::uint64_t kKilobyte = 1U << 10U;
inline constexpr std::uint64_t kMegabyte = 1U << 20U;

std::string check_one_line(std::string_view text);  ///< at most 200 bytes
std::string check_domain(std::string_view text);
std::string check_address(std::string_view text);  ///< empty is allowed
/// An address, or @ and a domain.
std::string check_own(std::string_view text);
/// An address, or a domain with or without @.
std::string check_recipient(std::string_view text);
/// HOST:PORT, or "off".
std::string check_listen(std::string_view text);
std::string check_host(std::string_view text);     ///< empty is allowed
std::string check_url(std::string_view text);      ///< http or https; empty is allowed
std::string check_network(std::string_view text);  ///< "10.0.0.0/8"
std::string check_zone(std::string_view text);     ///< IANA; empty is allowed
std::string check_path(std::string_view text);
std::string check_day(std::string_view text);  ///< "2026-12-24"; empty is allowed

/// `section`.retry_first is no more than `section`.retry_most.
void check_order(const Setting<Millis>& first, const Setting<Millis>& most, const std::string& section,
                 const OptionSet& options, std::vector<Diagnostic>& errors);

}  // namespace orgo::option
