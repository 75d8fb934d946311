// What a delivery report says: by the first byte the whole way from a mail, or one of the readers that it is made of.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/charset.h"
#include "core/bounce/bounce.h"
#include "core/bounce/delivery_status.h"
#include "core/bounce/feedback_report.h"
#include "core/bounce/original_mail.h"
#include "core/bounce/reason_patterns.h"
#include "core/bounce/report_parts.h"
#include "core/bounce/report_text.h"
#include "core/bounce/smtp_answer.h"
#include "core/bounce/status_reason.h"
#include "core/bounce/vendor_report.h"
#include "core/mail/read/read_message.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}
void require_line(const std::string& text) {
  require(orgo::is_utf8(text));
  for (const char c : text) require(static_cast<unsigned char>(c) >= ' ' && c != 0x7F);
}

void report(std::string_view raw) {
  const auto message = orgo::read_message(raw);
  const auto got = orgo::read_bounce(raw, message);
  require(got.recipients.size() <= orgo::kBounceRecipientsMax);
  require_line(got.feedback_type);
  require_line(got.reporting_mta);
  for (const auto& recipient : got.recipients) {
    require_line(recipient.address);
    require_line(recipient.final_address);
    require_line(recipient.diagnostic);
    require_line(recipient.remote_mta);
    require(recipient.diagnostic.size() <= orgo::kDiagnosticMax);
    require(recipient.status.empty() || orgo::is_status_code(recipient.status));
    require(recipient.reply_code == 0 || (recipient.reply_code >= 250 && recipient.reply_code <= 559));
    require(orgo::bounce_reason(orgo::to_string(recipient.reason)) == recipient.reason);
    if (recipient.permanence == orgo::Permanence::hard) require(recipient.action == orgo::DeliveryAction::failed);
  }
  require(orgo::read_bounce(raw, message) == got);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 10) {
    default:
      report(input);
      break;
    case 1:
      require(orgo::read_delivery_status(input, 7).recipients.size() <= 7);
      orgo::typed_address(input);
      break;
    case 2:
      require(orgo::read_feedback_report(input, 7).recipients.size() <= 7);
      break;
    case 3:
      require(orgo::read_original_mail(input).recipients.size() <= 100);
      break;
    case 4:
      orgo::reason_of(input, input.substr(0, 6), 550, orgo::find_command(input));
      break;
    case 5:
      require(orgo::find_quoted_original(input) <= input.size());
      break;
    case 6:
      require(orgo::find_named_recipients(input, {"a@b.example"}, 7).size() <= 7);
      break;
    case 7: {
      const auto answer = orgo::find_smtp_answer(input);
      require(answer.status.empty() || orgo::is_status_code(answer.status));
      break;
    }
    case 8: {
      orgo::VendorReport vendor;
      orgo::read_amazon_notification(input, 7, vendor);
      require(vendor.status.recipients.size() <= 7);
      break;
    }
  }
  return 0;
}
