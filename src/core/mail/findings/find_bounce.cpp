#include "core/mail/findings/find_bounce.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/bounce_words.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/machine_sender.h"
#include "core/message/reply_subject.h"

namespace orgo {
namespace {

// Of programs that tell no code: Exchange 5.5, IMail.
constexpr auto kProgramsWords =
    std::to_array<std::string_view>({"did not reach the following recipient(s)", "original message follows.\n"});

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

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// An enhanced status (RFC 3463: "5.1.1", "#4.4.7") at `at`?
bool is_status_at(std::string_view text, std::size_t at) {
  if (at + 5 > text.size() || (text[at] != '4' && text[at] != '5') || text[at + 1] != '.') return false;
  if (at > 0 && (is_digit(text[at - 1]) || text[at - 1] == '.')) return false;
  auto i = at + 2;
  const auto number = [&] {
    const auto begin = i;
    while (i < text.size() && i - begin < 4 && is_digit(text[i])) ++i;
    return i > begin && i - begin < 4;
  };
  if (!number() || i >= text.size() || text[i++] != '.' || !number()) return false;
  return i >= text.size() || text[i] != '.' || i + 1 >= text.size() || !is_digit(text[i + 1]);
}

bool has_enhanced_status(std::string_view text) {
  for (auto at = text.find('.'); at != std::string_view::npos; at = text.find('.', at + 1))
    if (at > 0 && is_status_at(text, at - 1)) return true;
  return false;
}

bool has_address(std::string_view text) {
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1))
    if (at > 0 && at + 1 < text.size() && text[at - 1] > ' ' && text[at + 1] > ' ') return true;
  return false;
}

/// "550 " and the like where a server's words follow in the same line; "550 Main Street" is a house.
bool has_reply_code(std::string_view text) {
  constexpr auto kSaid = std::to_array<std::string_view>({"unknown", "no such", "reject", "refuse", "denied",
                                                          "unavailable", "not found", "disabled", "quota", "blocked",
                                                          "relay", "does not exist", "over limit", "mailbox full"});
  for (std::size_t at = text.find_first_of("45"); at != std::string_view::npos; at = text.find_first_of("45", at + 1)) {
    if (at + 3 >= text.size() || text[at + 1] < '0' || text[at + 1] > '5' || !is_digit(text[at + 2])) continue;
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n' && text[at - 1] != ':' && text[at - 1] != '#') continue;
    if (text[at + 3] != ' ' && text[at + 3] != '-') continue;
    const auto rest = text.substr(at, std::min<std::size_t>(text.find('\n', at) - at, 300));
    if (!first_of(rest, kSaid).empty()) return true;
    // "550 <anna@example.org>": an address makes one where nothing of a sentence stands before it.
    if ((at == 0 || text[at - 1] != ' ' || (at > 1 && text[at - 2] == ':')) && has_address(rest)) return true;
  }
  return false;
}

/// The header of a mail that was sent back within the text: fields that only a mail's own header has.
bool has_quoted_header(std::string_view text) {
  constexpr auto kMarks =
      std::to_array<std::string_view>({"received: ", "return-path: ", "message-id: ", "mime-version: "});
  int fields = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    auto line = text.substr(at, end - at);
    at = end + 1;
    while (line.starts_with('>') || line.starts_with(' ') || line.starts_with('|')) line.remove_prefix(1);
    if (std::any_of(kMarks.begin(), kMarks.end(), [&](auto mark) { return line.starts_with(mark); })) return true;
    for (const std::string_view name : {"from: ", "to: ", "subject: ", "date: "}) fields += line.starts_with(name);
  }
  return fields >= 3;
}

/// What a report has and a form or a scanner that sends with the null sender has not: a report's part, the mail that
/// came back, or the code of a server beside an address. Empty: nothing of it. `text`: in lower case.
std::string_view proof_of_report(const Message& message, std::string_view text) {
  if (message.as_mail().report.kind == MachineReport::Kind::delivery_status) return "a delivery status";
  if (!message.header("X-Failed-Recipients").empty()) return "X-Failed-Recipients";
  for (const auto& attachment : message.attachments) {
    const std::string_view type = attachment.content_type;
    if (type == "message/delivery-status") return "a delivery status";
    if (type == "message/rfc822" || type == "message/global" || type == "text/rfc822-headers" ||
        type == "message/rfc822-headers" || type == "message/partial")
      return "a returned mail";
  }
  if (has_quoted_header(text)) return "a returned mail";
  if (has_address(text) && (has_enhanced_status(text) || has_reply_code(text))) return "a server's answer";
  return {};
}

/// By its form alone.
std::optional<Finding> by_form(const Message& message) {
  using Kind = MachineReport::Kind;
  const auto& report = message.as_mail().report;
  if (report.whole && report.kind == Kind::feedback)
    return found("multipart/report; report-type=feedback-report: a complaint");
  if (report.whole && report.kind == Kind::delivery_status) {
    if (tells_of_delivery(message)) return std::nullopt;
    return found("multipart/report; report-type=delivery-status");
  }
  const auto content_type = message.header("Content-Type");
  if (!ascii_istarts_with(content_type, "multipart/report")) return std::nullopt;
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
  if (auto form = by_form(message)) return form;
  if (tells_of_delivery(message)) return std::nullopt;

  const std::string_view from = message.from ? std::string_view(message.from->address) : std::string_view{};
  const std::string_view name = message.from ? std::string_view(message.from->name) : std::string_view{};
  const auto local = local_part(from);
  const bool daemon = is_mailer_daemon(local) || (from.empty() && is_mailer_daemon(trim(name)));
  const bool postmaster =
      ascii_iequals(local, "postmaster") || ascii_iequals(local, "post_master") || is_exchange(from);
  const bool null_sender = has_null_sender(envelope, message);
  const bool daemon_envelope = is_mailer_daemon(local_part(envelope.sender.address)) && !envelope.sender.empty();
  if (daemon) return found("From: " + (from.empty() ? message.from->name : message.from->address));

  const auto subject = fold_case(cut_utf8(message.subject, 500));
  if (auto vendor = by_vendor(message, from, subject)) return vendor;

  // A status that stands alone in a mail, without the multipart/report around it: also a person forwards one.
  const bool machine = null_sender || daemon_envelope || postmaster || from.empty() || !auto_submitted(message).empty();
  if (message.as_mail().report.kind == MachineReport::Kind::delivery_status && !is_forward_subject(message.subject) &&
      message.as_mail().report.delivered.empty() && (machine || !words_of_report_subject(subject).empty()))
    return found("a part message/delivery-status");

  if (!(postmaster || null_sender || daemon_envelope || from.empty())) return std::nullopt;
  std::string who = "the null sender";
  if (postmaster) who = "From: " + std::string(from);
  else if (daemon_envelope) who = "the sender " + envelope.sender.address;
  else if (!null_sender) who = "an empty From";

  // The words alone are not enough: forms and scanners send with the null sender, too, and tell of parcels.
  const auto text = ascii_lower(std::string_view(message.text).substr(0, kLookAt));
  const auto title = words_of_report_subject(subject);
  auto proof = proof_of_report(message, text);
  // Old systems only name the recipient, but they sign as no person does; a postmaster may be one, and has to write
  // as a program.
  const bool signs = daemon_envelope || (postmaster && !first_of(text, kProgramsWords).empty());
  if (proof.empty() && signs && !title.empty() && has_address(text)) proof = "an address";
  if (proof.empty()) return std::nullopt;
  who.append(", and ").append(proof);
  if (!message.header("X-Failed-Recipients").empty()) return found("X-Failed-Recipients, and " + who);
  if (!title.empty()) return found("subject has " + quoted(title) + ", and " + who);
  for (const auto& attachment : message.attachments)
    if (attachment.content_type == "message/delivery-status")
      return found("a part message/delivery-status, and " + who);
  // An empty From alone is mostly a broken mail; its words are not enough. Nor is a person's reply sent by a
  // postmaster.
  if (null_sender || daemon_envelope || postmaster) {
    if (!message.in_reply_to.empty() && !has_answer_line(text)) return std::nullopt;
    if (const auto phrase = phrase_of_report(text); !phrase.empty())
      return found("text has " + quoted(phrase) + ", and " + who);
  }
  return std::nullopt;
}

}  // namespace orgo
