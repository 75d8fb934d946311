#include <algorithm>

#include "base/charset.h"
#include "base/text.h"
#include "core/bounce/bounce.h"
#include "core/bounce/delivery_status.h"
#include "core/bounce/original_mail.h"
#include "core/bounce/report_parts.h"
#include "core/bounce/status_reason.h"

namespace orgo {
namespace {

DeliveryAction action_of(std::string_view word, std::string_view status) {
  if (word == "delayed") return DeliveryAction::delayed;
  if (word == "delivered") return DeliveryAction::delivered;
  if (word == "relayed") return DeliveryAction::relayed;
  if (word == "expanded") return DeliveryAction::expanded;
  if (word.empty() && status.starts_with('2')) return DeliveryAction::delivered;
  return DeliveryAction::failed;
}

}  // namespace

std::string_view to_string(DeliveryAction action) {
  switch (action) {
    case DeliveryAction::failed: return "failed";
    case DeliveryAction::delayed: return "delayed";
    case DeliveryAction::delivered: return "delivered";
    case DeliveryAction::relayed: return "relayed";
    case DeliveryAction::expanded: return "expanded";
  }
  return "failed";
}

std::string_view to_string(Permanence permanence) {
  switch (permanence) {
    case Permanence::none: return "none";
    case Permanence::soft: return "soft";
    case Permanence::hard: return "hard";
  }
  return "none";
}

BounceReport read_bounce(std::string_view raw, const Message& message) {
  const auto parts = report_parts(raw, message);
  const auto original = read_original_mail(parts.original);
  BounceReport report;
  report.original_message_id = original.message_id;
  if (report.original_message_id.empty()) report.original_message_id = message.in_reply_to;
  if (report.original_message_id.empty() && !message.references.empty())
    report.original_message_id = message.references.back();
  report.original_subject = original.subject;
  auto status = read_delivery_status(parts.delivery_status, kBounceRecipientsMax);
  report.reporting_mta = status.reporting_mta;
  report.arrived = status.arrived;
  for (auto& from : status.recipients) {
    FailedRecipient recipient;
    recipient.address = from.original_recipient.empty() ? from.final_recipient : from.original_recipient;
    if (from.final_recipient != recipient.address) recipient.final_address = from.final_recipient;
    recipient.action = action_of(from.action, from.status);
    recipient.status = from.status;
    recipient.diagnostic = from.diagnostic;
    recipient.remote_mta = from.remote_mta;
    recipient.reason = reason_of_status(from.status);
    const bool dead = recipient.reason == BounceReason::userunknown || recipient.reason == BounceReason::hostunknown ||
                      recipient.reason == BounceReason::hasmoved;
    recipient.permanence = recipient.action == DeliveryAction::failed ? dead ? Permanence::hard : Permanence::soft
                           : recipient.action == DeliveryAction::delayed ? Permanence::soft
                                                                         : Permanence::none;
    if (from.last_attempt && (!report.attempted || *report.attempted < *from.last_attempt))
      report.attempted = from.last_attempt;
    report.recipients.push_back(std::move(recipient));
  }
  return report;
}

}  // namespace orgo
