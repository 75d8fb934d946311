#include "core/bounce/feedback_report.h"

#include <algorithm>

#include "base/text.h"
#include "core/bounce/delivery_status.h"
#include "protocol/mime/date.h"
#include "protocol/mime/entity.h"

namespace orgo {

FeedbackReport read_feedback_report(std::string_view body, std::size_t recipients_max) {
  FeedbackReport report;
  mime::Limits limits;
  limits.parts = 1;
  const auto begin = body.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return report;
  const auto document = mime::parse_entities(body.substr(begin), limits);
  for (const auto& field : document.fields_of(document.entities.front())) {
    const auto value = trim(field.value.substr(0, 4'096));
    if (ascii_iequals(field.name, "Feedback-Type")) {
      report.type = ascii_lower(value.substr(0, value.find_first_of(" \t;(")));
    } else if (ascii_iequals(field.name, "Original-Rcpt-To") || ascii_iequals(field.name, "Removal-Recipient")) {
      auto address = typed_address(value);
      if (!address.empty() && report.recipients.size() < recipients_max &&
          (report.recipients.empty() || report.recipients.back() != address))
        report.recipients.push_back(std::move(address));
    } else if (ascii_iequals(field.name, "Reporting-MTA")) {
      report.reporting_mta = typed_address(value);
    } else if (ascii_iequals(field.name, "Arrival-Date") || ascii_iequals(field.name, "Received-Date")) {
      report.arrived = mime::parse_date(value);
    }
  }
  return report;
}

}  // namespace orgo
