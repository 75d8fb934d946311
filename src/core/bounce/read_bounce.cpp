#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/charset.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
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
#include "core/contact/mail_address.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_bounce.h"
#include "core/mail/findings/find_out_of_office.h"

namespace orgo {
namespace {

DeliveryAction action_of(std::string_view word, std::string_view status) {
  if (word == "delayed") return DeliveryAction::delayed;
  if (word == "delivered" || word == "deliverable") return DeliveryAction::delivered;
  if (word == "relayed") return DeliveryAction::relayed;
  if (word == "expanded") return DeliveryAction::expanded;
  if (word.empty() && status.starts_with('2')) return DeliveryAction::delivered;
  return DeliveryAction::failed;
}

/// UTF-8, one line, no control characters, bounded.
std::string one_line(std::string_view text) {
  std::string out;
  const auto cut = cut_utf8(text, kDiagnosticMax);
  out.reserve(cut.size());
  for (const char c : cut) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return is_utf8(out) ? out : std::string(cut_utf8(to_utf8(out, {}), kDiagnosticMax));
}

std::string clean_address(std::string_view address) {
  auto out = std::string(trim(address));
  if (!is_utf8(out)) out = to_utf8(out, {});
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
  return out;
}

Permanence permanence_of(const FailedRecipient& recipient) {
  if (recipient.reason == BounceReason::feedback || recipient.reason == BounceReason::vacation ||
      recipient.reason == BounceReason::delivered)
    return Permanence::none;
  if (recipient.action == DeliveryAction::delayed) return Permanence::soft;
  if (recipient.action != DeliveryAction::failed) return Permanence::none;
  switch (recipient.reason) {
    case BounceReason::userunknown:
    case BounceReason::hostunknown:
    case BounceReason::hasmoved:
      return Permanence::hard;
    // A domain that takes no mail today may be a name server in trouble.
    case BounceReason::notaccept:
      return recipient.status.starts_with('4') || (recipient.reply_code >= 400 && recipient.reply_code < 500)
                 ? Permanence::soft
                 : Permanence::hard;
    default:
      return Permanence::soft;
  }
}

/// Does a report in words only tell of a delay? Then the mail may still arrive.
bool tells_of_delay(std::string_view text) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"this is a warning message only", "this is a warning only", "do not need to resend", "no need to resend",
       "delivery attempts will continue", "will be retried", "still being retried", "will keep trying",
       "will continue trying", "no action is required on your part", "has not yet been delivered",
       "have not yet received your message"});
  const auto lower = ascii_lower(text.substr(0, 8'192));
  return std::any_of(kWords.begin(), kWords.end(), [&](auto words) { return lower.find(words) != std::string::npos; });
}

/// "x.0.0": says no more than the class.
bool is_vague(std::string_view status) {
  return status.empty() || status.ends_with(".0.0");
}

class BounceReader {
 public:
  BounceReader(std::string_view raw, const Message& message)
      : message_(message), parts_(report_parts(raw, message)), original_(read_original_mail(parts_.original)) {}

  BounceReport run() {
    report_.original_message_id = original_.message_id;
    report_.original_subject = original_.subject;
    if (!read_complaint() && !read_absence()) {
      read_own_addresses();
      read_recipients();
    }
    if (report_.original_message_id.empty()) report_.original_message_id = message_.in_reply_to;
    if (report_.original_message_id.empty() && !message_.references.empty())
      report_.original_message_id = message_.references.back();
    return std::move(report_);
  }

 private:
  FailedRecipient& add(std::string_view address) {
    auto& recipient = report_.recipients.emplace_back();
    recipient.address = clean_address(address);
    return recipient;
  }

  // ---- complaints

  bool read_complaint() {
    if (!parts_.feedback.empty()) {
      auto feedback = read_feedback_report(parts_.feedback, kBounceRecipientsMax);
      report_.feedback_type = feedback.type.empty() ? "abuse" : one_line(feedback.type);
      report_.reporting_mta = one_line(feedback.reporting_mta);
      report_.arrived = feedback.arrived;
      complain(feedback.recipients);
      return true;
    }
    // Microsoft's junk mail reports have no part of RFC 5965, only the mail with a field of its own.
    auto recipient = std::string(message_.header("X-HmXmrOriginalRecipient"));
    if (recipient.empty()) {
      constexpr std::string_view kField = "X-HmXmrOriginalRecipient:";
      if (const auto at = parts_.original.find(kField); at != std::string::npos) {
        const auto rest = std::string_view(parts_.original).substr(at + kField.size());
        recipient = trim(rest.substr(0, rest.find('\n')));
      }
    }
    if (recipient.empty()) return false;
    report_.feedback_type = "abuse";
    complain({recipient});
    return true;
  }
  void complain(const std::vector<std::string>& recipients) {
    const auto& who = recipients.empty() ? original_.recipients : recipients;
    for (const auto& address : who) {
      if (report_.recipients.size() >= kBounceRecipientsMax) break;
      finish_complaint(add(address));
      if (recipients.empty()) break;
    }
    if (report_.recipients.empty()) finish_complaint(add({}));
  }
  static void finish_complaint(FailedRecipient& recipient) {
    recipient.action = DeliveryAction::delivered;
    recipient.reason = BounceReason::feedback;
    recipient.permanence = Permanence::none;
  }

  // ---- absence notices

  bool read_absence() {
    if (!parts_.delivery_status.empty()) return false;
    const Envelope envelope{.tenant = kTrialTenant, .channel = Channel::import_};
    if (find_bounce(envelope, message_)) return false;
    if (!find_out_of_office(envelope, message_) && !find_auto_reply(envelope, message_)) return false;
    auto& recipient = add(message_.from ? message_.from->address : std::string());
    recipient.action = DeliveryAction::delivered;
    recipient.reason = BounceReason::vacation;
    recipient.permanence = Permanence::none;
    recipient.diagnostic = one_line(std::string_view(message_.text).substr(0, kDiagnosticMax));
    return true;
  }

  // ---- failures

  void read_own_addresses() {
    for (const auto& address : message_.as_mail().to)
      if (own_.size() < 100) own_.push_back(address.address);
  }

  void read_recipients() {
    auto status = read_delivery_status(parts_.delivery_status, kBounceRecipientsMax);
    VendorReport vendor;
    if (status.recipients.empty() && read_amazon_notification(parts_.text, kBounceRecipientsMax, vendor)) {
      if (report_.original_message_id.empty()) report_.original_message_id = one_line(vendor.message_id);
      if (report_.original_subject.empty()) report_.original_subject = one_line(vendor.subject);
      if (vendor.complaint) {
        report_.feedback_type = vendor.feedback_type.empty() ? "abuse" : one_line(vendor.feedback_type);
        std::vector<std::string> who;
        for (const auto& one : vendor.status.recipients) who.push_back(one.final_recipient);
        complain(who);
        return;
      }
      status = std::move(vendor.status);
      parts_.text.clear();
    }
    // The fields of RFC 3464 also stand in plain text, where a gateway took the parts apart.
    if (status.recipients.empty() && ascii_lower(parts_.text).find("final-recipient:") != std::string::npos)
      status = read_delivery_status(parts_.text, kBounceRecipientsMax);
    // A report within a report: somebody passed it on.
    if (status.recipients.empty() && ascii_lower(parts_.original).find("final-recipient:") != std::string::npos)
      status = read_delivery_status(parts_.original, kBounceRecipientsMax);
    report_.reporting_mta = one_line(status.reporting_mta);
    report_.arrived = status.arrived;
    named_ = find_named_recipients(parts_.text, own_, kBounceRecipientsMax);
    for (std::size_t i = 0; i < named_.size(); ++i) by_address_.emplace(ascii_lower(named_[i].address), i);
    for (auto& one : status.recipients) {
      if (one.last_attempt && (!report_.attempted || *report_.attempted < *one.last_attempt))
        report_.attempted = one.last_attempt;
      add_by_status(one, status.recipients.size() == 1);
    }
    if (report_.recipients.empty()) add_by_words();
  }

  const NamedRecipient* named(std::string_view address) const {
    const auto at = by_address_.find(ascii_lower(address));
    return at == by_address_.end() ? nullptr : &named_[at->second];
  }

  void add_by_status(const RecipientStatus& from, bool only) {
    auto& recipient = add(from.original_recipient.empty() ? from.final_recipient : from.original_recipient);
    if (const auto last = clean_address(from.final_recipient); last != recipient.address)
      recipient.final_address = last;
    recipient.action = action_of(from.action, from.status);
    recipient.remote_mta = one_line(from.remote_mta);
    const auto* words = named(recipient.address);
    if (words == nullptr) words = named(recipient.final_address);
    if (words == nullptr && only && named_.size() == 1) words = &named_.front();
    explain(recipient, from.diagnostic, words != nullptr ? std::string_view(words->words) : std::string_view{}, only,
            is_status_code(from.status) ? from.status : std::string(), from.diagnostic_type == "x-unix");
  }

  void add_by_words() {
    const auto action = tells_of_delay(parts_.text) ? DeliveryAction::delayed : DeliveryAction::failed;
    const auto add_one = [&](std::string_view address) -> FailedRecipient& {
      auto& recipient = add(address);
      recipient.action = action;
      return recipient;
    };
    std::vector<std::string> listed;
    for (auto rest = message_.header("X-Failed-Recipients"); !rest.empty();) {
      const auto comma = rest.find(',');
      const auto one = clean_address(typed_address(rest.substr(0, comma)));
      if (one.find('@') != std::string::npos && listed.size() < kBounceRecipientsMax) listed.push_back(one);
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    const bool sure = !named_.empty() && named_.front().sure;
    if (sure || (listed.empty() && !named_.empty())) {
      for (const auto& one : named_) explain(add_one(one.address), {}, one.words, named_.size() == 1, {});
    } else if (!listed.empty()) {
      for (const auto& one : listed) {
        const auto* const words = named(one);
        explain(add_one(one), {}, words != nullptr ? std::string_view(words->words) : std::string_view{},
                listed.size() == 1, {});
      }
    } else {
      // Nobody is named: the mail went to whom it was addressed.
      explain(add_one(original_.recipients.empty() ? std::string() : original_.recipients.front()), {}, {}, true, {});
    }
  }

  /// Reason, codes and diagnostic of a recipient, from its own words and, if it is the only one, from the whole report.
  void explain(FailedRecipient& recipient, std::string_view diagnostic, std::string_view words, bool only,
               std::string status, bool program = false) {
    const auto main = diagnostic.empty() ? words : diagnostic;
    auto answer = find_smtp_answer(main);
    if (answer.reply_code == 0 && answer.status.empty() && main.data() != words.data())
      answer = find_smtp_answer(words);
    if (only && answer.reply_code == 0 && answer.status.empty()) answer = find_smtp_answer(parts_.text);
    recipient.reply_code = answer.reply_code;
    recipient.status =
        is_vague(status) && !ORGO_PLANT(vague_status_counts) && !answer.status.empty() ? answer.status : status;
    auto command = find_command(words);
    if (command == SmtpCommand::unknown) command = find_command(diagnostic);
    if (command == SmtpCommand::unknown && only) command = find_command(parts_.text);

    auto reason = reason_of(main, recipient.status, recipient.reply_code, command);
    if (reason == BounceReason::undefined && main.data() != words.data())
      reason = reason_of(words, recipient.status, recipient.reply_code, command);
    if (reason == BounceReason::undefined && program) reason = BounceReason::mailererror;
    if (reason == BounceReason::undefined && only)
      reason = reason_of(parts_.text, recipient.status, recipient.reply_code, command);
    if (reason == BounceReason::undefined && only) reason = reason_of_words(message_.subject);
    if (reason == BounceReason::undefined && recipient.action == DeliveryAction::delayed)
      reason = BounceReason::expired;
    if (recipient.action == DeliveryAction::delivered) reason = BounceReason::delivered;
    recipient.reason = reason;
    recipient.diagnostic = one_line(!main.empty() ? main : only ? std::string_view(parts_.text) : std::string_view{});
    recipient.permanence = permanence_of(recipient);
    name_origin(recipient, words.empty() && only ? std::string_view(parts_.text) : words);
  }

  /// A forward or a program behind an alias failed: the mail was sent to the address that it was generated from.
  void name_origin(FailedRecipient& recipient, std::string_view text) {
    for (const std::string_view mark : {"generated from ", "generated by "}) {
      const auto at = text.find(mark);
      if (at == std::string_view::npos) continue;
      const auto rest = text.substr(at + mark.size());
      auto origin = clean_address(typed_address(rest.substr(0, rest.find_first_of(" \n)"))));
      if (origin.find('@') == std::string::npos || is_same_address(origin, recipient.address)) continue;
      if (recipient.final_address.empty()) recipient.final_address = std::move(recipient.address);
      recipient.address = std::move(origin);
      return;
    }
    if (recipient.address.find('@') == std::string::npos && original_.recipients.size() == 1) {
      if (recipient.final_address.empty()) recipient.final_address = std::move(recipient.address);
      recipient.address = original_.recipients.front();
    }
  }

  const Message& message_;
  ReportParts parts_;
  OriginalMail original_;
  BounceReport report_;
  std::vector<std::string> own_;
  std::vector<NamedRecipient> named_;
  std::unordered_map<std::string, std::size_t> by_address_;
};

}  // namespace

std::string_view to_string(DeliveryAction action) {
  switch (action) {
    case DeliveryAction::failed:
      return "failed";
    case DeliveryAction::delayed:
      return "delayed";
    case DeliveryAction::delivered:
      return "delivered";
    case DeliveryAction::relayed:
      return "relayed";
    case DeliveryAction::expanded:
      return "expanded";
  }
  return "failed";
}

std::string_view to_string(Permanence permanence) {
  switch (permanence) {
    case Permanence::none:
      return "none";
    case Permanence::soft:
      return "soft";
    case Permanence::hard:
      return "hard";
  }
  return "none";
}

BounceReport read_bounce(std::string_view raw, const Message& message) {
  return BounceReader(raw, message).run();
}

}  // namespace orgo
