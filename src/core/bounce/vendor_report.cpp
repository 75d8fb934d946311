#include "core/bounce/vendor_report.h"

#include "base/json.h"
#include "base/text.h"

namespace orgo {
namespace {

const json::object* object_in(const json::object& from, std::string_view key) {
  const auto* const value = from.if_contains(key);
  return value != nullptr ? value->if_object() : nullptr;
}
std::string text_in(const json::object& from, std::string_view key) {
  const auto* const value = from.if_contains(key);
  const auto* const text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

void read_mail(const json::object& mail, VendorReport& report) {
  const auto* const fields = mail.if_contains("headers");
  if (const auto* const list = fields != nullptr ? fields->if_array() : nullptr)
    for (const auto& item : *list) {
      const auto* const field = item.if_object();
      if (field == nullptr) continue;
      const auto name = text_in(*field, "name");
      if (ascii_iequals(name, "Message-ID")) {
        auto id = text_in(*field, "value");
        const auto open = id.find('<'), close = id.find('>');
        if (open != std::string::npos && close != std::string::npos && close > open)
          id = id.substr(open + 1, close - open - 1);
        report.message_id = std::move(id);
      }
    }
  if (report.message_id.empty()) report.message_id = text_in(mail, "messageId");
  if (const auto* const common = object_in(mail, "commonHeaders")) report.subject = text_in(*common, "subject");
}

bool read_notification(const json::object& root, std::size_t recipients_max, VendorReport& report) {
  auto type = text_in(root, "notificationType");
  if (type.empty()) type = text_in(root, "eventType");
  const auto* const mail = object_in(root, "mail");
  if (type.empty() || mail == nullptr) return false;
  read_mail(*mail, report);
  auto& recipients = report.status.recipients;
  const auto add = [&](std::string address) -> RecipientStatus* {
    if (address.empty() || recipients.size() >= recipients_max) return nullptr;
    auto& recipient = recipients.emplace_back();
    recipient.final_recipient = std::move(address);
    return &recipient;
  };
  if (type == "Bounce") {
    const auto* const bounce = object_in(root, "bounce");
    if (bounce == nullptr) return false;
    report.status.reporting_mta = text_in(*bounce, "reportingMTA");
    const auto* const list = bounce->if_contains("bouncedRecipients");
    if (list == nullptr || !list->is_array()) return false;
    for (const auto& item : list->as_array()) {
      const auto* const one = item.if_object();
      if (one == nullptr) continue;
      auto* const recipient = add(text_in(*one, "emailAddress"));
      if (recipient == nullptr) continue;
      recipient->action = ascii_lower(text_in(*one, "action"));
      if (recipient->action.empty()) recipient->action = "failed";
      recipient->status = text_in(*one, "status");
      recipient->diagnostic = text_in(*one, "diagnosticCode");
      if (const auto semicolon = recipient->diagnostic.find(';'); semicolon < 20)
        recipient->diagnostic = trim(std::string_view(recipient->diagnostic).substr(semicolon + 1));
    }
    return true;
  }
  if (type == "Complaint") {
    const auto* const complaint = object_in(root, "complaint");
    if (complaint == nullptr) return false;
    report.complaint = true;
    report.feedback_type = text_in(*complaint, "complaintFeedbackType");
    const auto* const list = complaint->if_contains("complainedRecipients");
    if (list != nullptr && list->is_array())
      for (const auto& item : list->as_array())
        if (const auto* const one = item.if_object()) add(text_in(*one, "emailAddress"));
    return true;
  }
  if (type == "Delivery") {
    const auto* const delivery = object_in(root, "delivery");
    if (delivery == nullptr) return false;
    const auto answer = text_in(*delivery, "smtpResponse");
    const auto* const list = delivery->if_contains("recipients");
    if (list != nullptr && list->is_array())
      for (const auto& item : list->as_array()) {
        const auto* const address = item.if_string();
        if (address == nullptr) continue;
        if (auto* const recipient = add(std::string(*address))) {
          recipient->action = "delivered";
          recipient->diagnostic = answer;
        }
      }
    return true;
  }
  return false;
}

/// The first JSON object in a text: up to its closing brace.
std::string_view object_text(std::string_view text) {
  const auto begin = text.find('{');
  if (begin == std::string_view::npos) return {};
  int depth = 0;
  bool quoted = false;
  for (auto at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return text.substr(begin, at - begin + 1);
    }
  }
  return {};
}

}  // namespace

bool read_amazon_notification(std::string_view text, std::size_t recipients_max, VendorReport& report) {
  if (text.find("notificationType") == std::string_view::npos && text.find("eventType") == std::string_view::npos)
    return false;
  auto object = std::string(object_text(text));
  if (object.empty()) return false;
  auto root = parse_json(object);
  if (!root) {
    // A mailer folded the long line: "!", line end, space. Line ends inside of a string are no JSON.
    std::string unfolded;
    for (std::size_t i = 0; i < object.size(); ++i) {
      if (object[i] == '!' && i + 2 < object.size() && object[i + 1] == '\n' && object[i + 2] == ' ') {
        i += 2;
      } else if (object[i] != '\n') {
        unfolded += object[i];
      }
    }
    root = parse_json(unfolded);
    if (!root) return false;
  }
  const auto* const outer = root->if_object();
  if (outer == nullptr) return false;
  if (const auto message = text_in(*outer, "Message"); !message.empty()) {
    const auto inner = parse_json(message);
    if (!inner) return false;
    const auto* const notification = inner->if_object();
    return notification != nullptr && read_notification(*notification, recipients_max, report);
  }
  return read_notification(*outer, recipients_max, report);
}

}  // namespace orgo
