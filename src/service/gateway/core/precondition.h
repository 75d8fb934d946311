#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo::gateway {

/// Version 7 as an entity tag: "\"7\"", always a strong one.
std::string etag_of(std::int64_t version);

/// Which versions of a thing the caller decided on (If-Match, RFC 9110, section 13.1.1; strong comparison). Only looks
/// at the header, which has to outlive it.
class IfMatch {
 public:
  /// Empty, or "*": any version will do.
  explicit IfMatch(std::string_view header = {});
  /// Does the caller insist on a version?
  [[nodiscard]] bool demanded() const { return !header_.empty(); }
  [[nodiscard]] bool names(std::int64_t version) const;

 private:
  std::string_view header_;
};

/// Is `version` one of those that the caller has already (If-None-Match, section 13.1.2; weak comparison)?
bool is_known(std::string_view if_none_match, std::int64_t version);

}  // namespace orgo::gateway
