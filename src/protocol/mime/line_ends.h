#pragma once
#include <string>
#include <string_view>

namespace orgo::mime {

/// Some old mailers and broken gateways end lines with CR alone. Such a mail (no LF at all, or an empty line of CRs
/// before the first LF) is written into `buffer` with LF for each CR that has none, and that is returned; any other is
/// returned as it is. Linear time; common mails cost a search for their first LF.
std::string_view with_line_feeds(std::string_view raw, std::string& buffer);

}  // namespace orgo::mime
