#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/bounce/delivery_status.h"

namespace orgo {

/// What a report in JSON says (Amazon SES, directly or inside of an SNS notification).
struct VendorReport {
  DeliveryStatus status;
  bool complaint = false;
  std::string feedback_type;
  std::string message_id;
  std::string subject;
};

/// Looks for a notification of Amazon SES in `text`; false: there is none.
bool read_amazon_notification(std::string_view text, std::size_t recipients_max, VendorReport& report);

}  // namespace orgo
