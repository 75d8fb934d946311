#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo {

/// One group of fields about a recipient (RFC 3464, section 2.3; RFC 6533 has the same with UTF-8).
struct RecipientStatus {
  std::string original_recipient, final_recipient;  ///< without their type: "rfc822;"
  std::string action;                               ///< lower case, first word
  std::string status;                               ///< "5.1.1"
  std::string diagnostic_type;                      ///< "smtp", "x-unix"; lower case
  std::string diagnostic;                           ///< unfolded
  std::string remote_mta;
  std::optional<TimePoint> last_attempt;
};

struct DeliveryStatus {
  std::string reporting_mta;
  std::optional<TimePoint> arrived;
  std::vector<RecipientStatus> recipients;
};

/// Reads the body of message/delivery-status: groups of fields with an empty line between them, the first about the
/// message. Forgives missing and doubled empty lines, comments, and addresses without a type. Linear time.
DeliveryStatus read_delivery_status(std::string_view body, std::size_t recipients_max);

/// "rfc822; <a@b>" -> "a@b"; also "utf-8;", none, and what stands behind the address as a comment.
std::string typed_address(std::string_view value);

}  // namespace orgo
