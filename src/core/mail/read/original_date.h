#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/intake/raw_message.h"
#include "core/message/message.h"

namespace orgo {

/// From where it is known when a mail was new, the best first.
enum class DateSource : std::uint8_t {
  date_field,  ///< what its sender says
  received,    ///< the newest Received field that says a time that can be (RFC 5322, section 3.6.7)
  filed,       ///< where it was kept: the "From " line of its mbox, the INTERNALDATE of its mailbox
  given,       ///< whoever handed it over by the API said so
  arrival,     ///< nothing else is known: when it came here
};
/// As the API writes them: "date_field", "received", ...
std::string_view to_string(DateSource source);
/// For people: "the Date field", "the newest Received field", ...
std::string_view in_words(DateSource source);

/// When a mail was new.
struct MailDate {
  TimePoint at{};
  DateSource source = DateSource::arrival;
  std::string doubt;  ///< why its Date field is not believed: "there is none", "'...' is no date"; empty: it is
};

/// When a mail was new, for archive mode: its Date; where that is missing or can't be (before 1980, or past `now`), the
/// time of its newest Received field; else `fallback`. Never past `now`.
TimePoint original_date(const Message& message, TimePoint fallback, TimePoint now);

/// The same of a message that is stored, with the source: that by which archive mode dated it, else what is best known.
/// Computed from what is kept, so it is the same a year later.
MailDate date_of(const Message& message, const Envelope& envelope);

}  // namespace orgo
