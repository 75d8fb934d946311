#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orgo::gateway {

/// Fields of a query or of a form (application/x-www-form-urlencoded), decoded. A name that comes twice is refused:
/// programs differ in which one they take, and that difference is how filters are bypassed.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// A request target in origin form (RFC 9112, section 3.2.1), taken apart.
struct Url {
  std::vector<std::string> segments;  ///< of the path, decoded: "/tasks/T-12" is {"tasks", "T-12"}; "/" is {}
  Parameters query;
};

/// invalid_input: not a path that starts with "/", bad %-encoding, a NUL, "." or ".." or an empty segment, a "/" hidden
/// in a segment as %2F, more than 16 segments or 50 parameters.
Result<Url> parse_url(std::string_view target);
/// At most 50 fields. invalid_input: bad %-encoding, not UTF-8, a field twice.
Result<Parameters> parse_form(std::string_view text);
/// For a query: everything but unreserved characters (RFC 3986, section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace orgo::gateway
