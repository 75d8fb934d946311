#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo::imap {

/// Can it stand in quotes (RFC 9051, section 4.3)? Else it needs a literal.
bool is_quotable(std::string_view text);
/// In quotes; only for what is_quotable().
std::string quoted(std::string_view text);

/// "3:5,9" of numbers that grow; runs are joined.
std::string uid_set(std::span<const std::uint32_t> uids);
/// The same in sets of at most `octets` each, since servers bound the length of a line (RFC 9051, section 4: 8,000
/// octets).
std::vector<std::string> uid_sets(std::span<const std::uint32_t> uids, std::size_t octets = 4000);

/// INTERNALDATE: " 7-Nov-2026 08:15:02 +0100"; {} for what is no such date.
TimePoint parse_internal_date(std::string_view text);

/// A flag that can be stored: \Seen, \Flagged, \Answered, \Deleted, \Draft, or a keyword (an atom).
bool is_flag(std::string_view text);

}  // namespace orgo::imap
