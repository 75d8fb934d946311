#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo {

/// A complaint (RFC 5965): the body of message/feedback-report.
struct FeedbackReport {
  std::string type;                     ///< lower case: "abuse"
  std::vector<std::string> recipients;  ///< of Original-Rcpt-To and Removal-Recipient
  std::string reporting_mta;
  std::optional<TimePoint> arrived;
};

FeedbackReport read_feedback_report(std::string_view body, std::size_t recipients_max);

}  // namespace orgo
