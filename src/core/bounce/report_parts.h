#pragma once
#include <string>
#include <string_view>

#include "core/message/message.h"

namespace orgo {

/// The parts of a report, decoded and bounded.
struct ReportParts {
  std::string delivery_status;  ///< bodies of message/delivery-status, joined by an empty line
  std::string feedback;         ///< body of the first message/feedback-report
  std::string original;         ///< header (and some of the body) of the mail that the report is about; raw
  std::string text;             ///< what the report says in words; LF only
};

/// Takes a report apart. Where the original is quoted within the text, it is cut out of it. Linear time.
ReportParts report_parts(std::string_view raw, const Message& message);

/// Where a header block (three fields in a row, or a line that announces the original and then one) begins in `text`;
/// text.size() when there is none.
std::size_t find_quoted_original(std::string_view text);

}  // namespace orgo
