#include "core/mail/findings/find_bounce.h"

#include <array>
#include <string>

#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/machine_sender.h"

namespace orgo {
namespace {

// Subjects by which mail systems report; anywhere in the subject, in the form of fold_case().
constexpr auto kSubjects = std::to_array<std::string_view>({
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery report",
    "delivery status",
    "delivery notification",
    "failed delivery",
    "failure notice",
    "failure delivery",
    "mail failure",
    "mail delivery failed",
    "mail delivery failure",
    "mail system error",
    "mail could not be delivered",
    "message could not be delivered",
    "non-delivery",
    "nondeliverable",
    "non delivery report",
    "returned mail",
    "returned to sender",
    "returning message to sender",
    "undeliverable",
    "undelivered",
    "undelivered mail",
    "unzustellbar",
    "nicht zustellbar",
    "non remis",
    "échec de la remise",
    "no se puede entregar",
    "mancato recapito",
    "não entregue",
    "onbestelbaar",
    "не доставлено",
});

// First lines of reports, for when the subject says nothing. ASCII in lower case.
constexpr auto kPhrases = std::to_array<std::string_view>({
    "could not be delivered",
    "couldn't be delivered",
    "unable to deliver",
    "was not delivered",
    "has not been delivered",
    "undeliverable",
    "delivery to the following recipient",
    "did not reach the following recipient",
    "delivery has failed",
    "delivery failed",
    "the following address",
    "failed to deliver",
    "permanent error",
    "permanent failure",
    "permanent fatal errors",
    "user unknown",
    "unknown user",
    "no such user",
    "invalid user",
    "recipient address rejected",
    "mailbox full",
    "mailbox is full",
    "mailbox unavailable",
    "returned mail",
    "transcript of session follows",
    "this is the mail system at host",
    "message you sent",
    "undelivered message",
    "could not deliver",
});

constexpr std::size_t kLookAt = 4096;  // bytes of the text; what a report has to say stands at its top

template <std::size_t N>
std::string_view first_of(std::string_view text, const std::array<std::string_view, N>& known) {
  for (const auto word : known)
    if (text.find(word) != std::string_view::npos) return word;
  return {};
}

/// A line that begins with the refusal of a mail server: "550 - Requested action not taken".
bool has_answer_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto line = text.substr(at);
    if (line.size() > 8 && (line[0] == '4' || line[0] == '5') && line[1] >= '0' && line[1] <= '5' && line[2] >= '0' &&
        line[2] <= '9' && (line[3] == ' ' || line[3] == '-'))
      return true;
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos) return false;
    at = end + 1;
  }
  return false;
}

std::string quoted(std::string_view word) {
  return "'" + std::string(word) + "'";
}

Finding found(std::string detail) {
  return {FindingKind::bounce, std::move(detail)};
}

/// By its form alone.
std::optional<Finding> by_form(std::string_view content_type) {
  for (const std::string_view type : {"delivery-status", "global-delivery-status"})
    if (is_report(content_type, type)) return found("multipart/report; report-type=" + std::string(type));
  if (is_report(content_type, "feedback-report"))
    return found("multipart/report; report-type=feedback-report: a complaint");
  return std::nullopt;
}

/// Reports that come from ordinary addresses, each recognised by two marks that belong to it alone.
std::optional<Finding> by_vendor(const Message& message, std::string_view from, std::string_view subject) {
  const auto text = std::string_view(message.text).substr(0, kLookAt);
  const auto in_text = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  // Amazon SES reports through SNS as JSON.
  if (ascii_iequals(from, "no-reply@sns.amazonaws.com") &&
      (in_text("notificationType\":\"Bounce") || in_text("notificationType\":\"Complaint") ||
       in_text("notificationType\":\"Delivery") || in_text("notificationType\\\":\\\"Bounce") ||
       in_text("\"bounceType\"")))
    return found("Amazon SES notification");
  // Microsoft's complaint loop: the mail complained about is attached.
  if (ascii_iequals(from, "staff@hotmail.com") && subject.starts_with("complaint about message from"))
    return found("complaint of hotmail.com");
  if (!message.header("X-HmXmrOriginalRecipient").empty())
    return found("X-HmXmrOriginalRecipient: complaint of hotmail.com");
  // fml refuses posts of strangers and sends the post back.
  if (!message.header("X-MLServer").empty() && subject.find("are not member") != std::string_view::npos)
    return found("refused by the list server fml");
  // A robot that sends the mail back with the reason; a parcel service that could not deliver has no mail attached.
  if (is_unattended(from) && ascii_lower(text).find("could not be delivered to") != std::string::npos)
    for (const auto& attachment : message.attachments)
      if (attachment.content_type == "message/rfc822")
        return found("says what could not be delivered, and has the mail attached");
  return std::nullopt;
}

}  // namespace

std::optional<Finding> find_bounce(const Envelope& envelope, const Message& message) {
  const auto content_type = message.header("Content-Type");
  if (ascii_istarts_with(content_type, "multipart/report"))
    if (auto form = by_form(content_type)) return form;

  const std::string_view from = message.from ? std::string_view(message.from->address) : std::string_view{};
  const std::string_view name = message.from ? std::string_view(message.from->name) : std::string_view{};
  const auto local = local_part(from);
  const bool daemon = is_mailer_daemon(local) || (from.empty() && is_mailer_daemon(trim(name)));
  const bool postmaster = ascii_iequals(local, "postmaster") || ascii_iequals(local, "post_master");
  const bool null_sender = has_null_sender(envelope, message);
  const bool daemon_envelope = is_mailer_daemon(local_part(envelope.sender.address)) && !envelope.sender.empty();
  if (daemon) return found("From: " + (from.empty() ? message.from->name : message.from->address));

  const auto subject = fold_case(cut_utf8(message.subject, 500));
  if (auto vendor = by_vendor(message, from, subject)) return vendor;

  if (!(postmaster || null_sender || daemon_envelope || from.empty())) return std::nullopt;
  std::string who = "the null sender";
  if (postmaster) who = "From: " + std::string(from);
  else if (daemon_envelope) who = "the sender " + envelope.sender.address;
  else if (!null_sender) who = "an empty From";

  if (!message.header("X-Failed-Recipients").empty()) return found("X-Failed-Recipients, and " + who);
  if (const auto word = first_of(subject, kSubjects); !word.empty())
    return found("subject has " + quoted(word) + ", and " + who);
  for (const auto& attachment : message.attachments)
    if (attachment.content_type == "message/delivery-status")
      return found("a part message/delivery-status, and " + who);
  // An empty From alone is mostly a broken mail; its words are not enough. Nor is a person's reply sent by a
  // postmaster.
  if (null_sender || daemon_envelope || postmaster) {
    const auto text = ascii_lower(std::string_view(message.text).substr(0, kLookAt));
    if (!message.in_reply_to.empty() && !has_answer_line(text)) return std::nullopt;
    if (const auto phrase = first_of(text, kPhrases); !phrase.empty())
      return found("text has " + quoted(phrase) + ", and " + who);
  }
  return std::nullopt;
}

}  // namespace orgo
