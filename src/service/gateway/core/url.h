#pragma once
#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo::gateway {

/// Fields of a query or of a form (application/x-www-form-urlencoded), decoded. A name that comes twice is refused:
/// programs differ in which one they take, and that difference is how filters are bypassed.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// A request target in origin form (RFC 9112, section 3.2.1), taken apart. What is not %-encoded is only looked at, so
/// that most paths cost no memory: the target has to outlive the Url.
class Url {
 public:
  static constexpr std::size_t kSegmentsMax = 16;

  /// invalid_input: not a path that starts with "/", bad %-encoding, a NUL, "." or ".." or an empty segment, a "/"
  /// hidden in a segment as %2F, more than 16 segments or 100 parameters.
  static Result<Url> parse(std::string_view target);

  /// Of the path, decoded: "/tasks/T-12" is {"tasks", "T-12"}; "/" is {}. A slash at the end says nothing.
  [[nodiscard]] std::span<const std::string_view> segments() const { return {segments_.data(), count_}; }
  [[nodiscard]] const Parameters& query() const { return query_; }

 private:
  std::array<std::string_view, kSegmentsMax> segments_{};
  std::size_t count_ = 0;
  std::unique_ptr<char[]> decoded_;  ///< of the segments that were encoded; stays where it is when the Url moves
  Parameters query_;
};

/// At most 100 fields. invalid_input: bad %-encoding, not UTF-8, a field twice.
Result<Parameters> parse_form(std::string_view text);
/// For a query: everything but unreserved characters (RFC 3986, section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace orgo::gateway
