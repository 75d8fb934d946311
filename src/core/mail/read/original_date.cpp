#include "core/mail/read/original_date.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/unicode.h"
#include "protocol/mime/date.h"

namespace orgo {
namespace {

constexpr TimePoint kFirst{Millis{315'532'800'000}};  // 1980: mail that says it is older has a broken clock
constexpr int kReceivedMost = 50;
constexpr std::size_t kShown = 60;  ///< bytes of a Date that is none

bool can_be(TimePoint at, TimePoint now) {
  return at >= kFirst && at <= now;
}

std::string doubt_of(const Message& message, TimePoint now) {
  if (message.date) {
    if (can_be(*message.date, now)) return {};
    return to_rfc3339(*message.date) +
           (*message.date < kFirst ? " is before there was such mail" : " is later than the mail came");
  }
  for (const auto& [name, value] : message.as_mail().headers)
    if (ascii_iequals(name, "Date")) return "'" + std::string(cut_utf8(trim(value), kShown)) + "' is no date";
  return "there is none";
}

/// What the mail itself says; nullopt: nothing that can be.
std::optional<MailDate> own_date(const Message& message, TimePoint now) {
  if (message.date && can_be(*message.date, now)) return MailDate{*message.date, DateSource::date_field, {}};
  int seen = 0;
  for (const auto& [name, value] : message.as_mail().headers) {
    if (!ascii_iequals(name, "Received") || ++seen > kReceivedMost) continue;
    const auto semicolon = value.rfind(';');
    if (semicolon == std::string::npos) continue;
    if (const auto at = mime::parse_date(std::string_view(value).substr(semicolon + 1)); at && can_be(*at, now))
      return MailDate{*at, DateSource::received, {}};
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(DateSource source) {
  switch (source) {
    case DateSource::date_field:
      return "date_field";
    case DateSource::received:
      return "received";
    case DateSource::filed:
      return "filed";
    case DateSource::given:
      return "given";
    case DateSource::arrival:
      return "arrival";
  }
  return "unknown";
}

std::string_view in_words(DateSource source) {
  switch (source) {
    case DateSource::date_field:
      return "the Date field";
    case DateSource::received:
      return "the newest Received field";
    case DateSource::filed:
      return "the record of its mailbox or mbox file";
    case DateSource::given:
      return "whoever handed it over";
    case DateSource::arrival:
      return "its arrival here";
  }
  return "unknown";
}

TimePoint original_date(const Message& message, TimePoint fallback, TimePoint now) {
  const auto own = own_date(message, now);
  return own ? own->at : std::min(fallback, now);
}

MailDate date_of(const Message& message, const Envelope& envelope) {
  const auto came = envelope.received_at;
  auto date = own_date(message, came).value_or(MailDate{came, DateSource::arrival, {}});
  if (envelope.archived && envelope.archived->at != date.at) {
    const bool by_api =
        envelope.channel != Channel::import_ && envelope.channel != Channel::imap && envelope.channel != Channel::pop3;
    date = {envelope.archived->at, by_api ? DateSource::given : DateSource::filed, {}};
  }
  date.doubt = doubt_of(message, came);
  return date;
}

}  // namespace orgo
