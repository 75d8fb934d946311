#include "core/bounce/delivery_status.h"

#include "base/planted.h"
#include "base/text.h"
#include "base/work.h"
#include "protocol/mime/date.h"

namespace orgo {
namespace {

/// The next line of `text`, which is shortened by it, without its end.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Behind "dns;" or "smtp;", if that stands there.
std::string_view without_type(std::string_view value) {
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos || semicolon > 20) return trim(value);
  return trim(value.substr(semicolon + 1));
}

/// "5.1.1 (bad destination)" -> "5.1.1"
std::string first_word(std::string_view value) {
  value = trim(value);
  return std::string(value.substr(0, value.find_first_of(" \t(;")));
}

class StatusReader {
 public:
  explicit StatusReader(std::size_t recipients_max) : recipients_max_(recipients_max) {}

  void field(std::string_view name, std::string_view value) {
    if (ascii_iequals(name, "Reporting-MTA")) {
      if (status_.reporting_mta.empty()) status_.reporting_mta = without_type(value);
    } else if (ascii_iequals(name, "Arrival-Date")) {
      if (!status_.arrived) status_.arrived = mime::parse_date(value);
    } else if (ascii_iequals(name, "Original-Recipient")) {
      begin(&RecipientStatus::original_recipient).original_recipient = typed_address(value);
    } else if (ascii_iequals(name, "Final-Recipient")) {
      begin(&RecipientStatus::final_recipient).final_recipient = typed_address(value);
    } else if (ascii_iequals(name, "X-Actual-Recipient")) {
      if (current().final_recipient.empty()) current().final_recipient = typed_address(value);
    } else if (ascii_iequals(name, "Action")) {
      current().action = ascii_lower(first_word(value));
    } else if (ascii_iequals(name, "Status")) {
      current().status = first_word(value);
    } else if (ascii_iequals(name, "Diagnostic-Code")) {
      const auto semicolon = value.find(';');
      if (semicolon != std::string_view::npos && semicolon <= 20)
        current().diagnostic_type = ascii_lower(trim(value.substr(0, semicolon)));
      // Some mailers write the field twice, the second time with the answer itself.
      auto& diagnostic = current().diagnostic;
      if (!diagnostic.empty()) diagnostic += ' ';
      diagnostic += without_type(value);
    } else if (ascii_iequals(name, "Remote-MTA")) {
      current().remote_mta = without_type(value);
    } else if (ascii_iequals(name, "Last-Attempt-Date")) {
      current().last_attempt = mime::parse_date(value);
    }
  }
  void end_group() { open_ = false; }

  DeliveryStatus finish() {
    std::erase_if(status_.recipients, [](const RecipientStatus& r) {
      return r.original_recipient.empty() && r.final_recipient.empty() && r.action.empty() && r.status.empty() &&
             r.diagnostic.empty();
    });
    return std::move(status_);
  }

 private:
  RecipientStatus& current() {
    if (!open_) {
      // An empty line within a group: what follows without a recipient belongs to the one before.
      if (!status_.recipients.empty()) return status_.recipients.back();
      open_ = true;
      status_.recipients.emplace_back();
    }
    return status_.recipients.back();
  }
  /// The group that this recipient field belongs to: a new one behind an empty line, or where the field repeats.
  RecipientStatus& begin(std::string RecipientStatus::*field) {
    if (open_ && ((status_.recipients.back().*field).empty() || ORGO_PLANT(second_recipient_replaces_the_first)))
      return status_.recipients.back();
    open_ = true;
    if (status_.recipients.size() < recipients_max_) return status_.recipients.emplace_back();
    beyond_ = {};
    return beyond_;
  }

  DeliveryStatus status_;
  RecipientStatus beyond_;
  std::size_t recipients_max_;
  bool open_ = false;
};

}  // namespace

std::string typed_address(std::string_view value) {
  value = trim(value);
  // "rfc822;a@b", "utf-8; a@b": a type has no @ and no quotes.
  if (const auto semicolon = value.find(';');
      semicolon != std::string_view::npos && semicolon <= 20 &&
      value.substr(0, semicolon).find_first_of("@<\"") == std::string_view::npos)
    value = trim(value.substr(semicolon + 1));
  if (const auto open = value.find('<'); open != std::string_view::npos) {
    const auto close = value.find('>', open);
    value = value.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
  } else if (!value.starts_with('"')) {
    value = value.substr(0, value.find_first_of(" \t("));
  }
  value = trim(value);
  return value.size() > 1'000 ? std::string{} : std::string(value);
}

DeliveryStatus read_delivery_status(std::string_view body, std::size_t recipients_max) {
  count_work(body.size());
  StatusReader reader(recipients_max == 0 ? 1 : recipients_max);
  std::string name, value;
  const auto flush = [&] {
    if (!name.empty()) reader.field(name, value);
    name.clear();
    value.clear();
  };
  while (!body.empty()) {
    const auto line = take_line(body);
    if (trim(line).empty()) {
      flush();
      reader.end_group();
      continue;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (value.size() < 16'384) {
        value += ' ';
        value += trim(line);
      }
      continue;
    }
    flush();
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon > 80) continue;
    name = trim(line.substr(0, colon));
    value = trim(line.substr(colon + 1).substr(0, 16'384));
  }
  flush();
  return reader.finish();
}

}  // namespace orgo
