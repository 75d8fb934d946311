#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/icalendar.h"
#include "base/json_writer.h"
#include "core/message/message.h"

namespace orgo {

/// A calendar entry that came with a mail (RFC 5546), as people need to see it.
struct Invite {
  std::string method;  ///< "REQUEST", "CANCEL", "REPLY", "PUBLISH", ...; empty: the file did not say
  IcalEvent event;
  std::size_t attachment = 0;  ///< index in Message::attachments

  [[nodiscard]] std::string what() const;        ///< "Invitation", "Cancelled", "Accepted by Anna", ...
  [[nodiscard]] std::string when() const;        ///< "Monday, 2 March 2026, 10:30 to 11:00 (Europe/Berlin)"
  [[nodiscard]] std::string recurrence() const;  ///< "every week on Monday and Wednesday, 10 times"; empty: once
};

/// The entries of all calendars in a mail: text/calendar parts, .ics files, and meetings in winmail.dat. At most the
/// first 10 calendars and 50 entries. Reads the mail again, so it is for those who show it, not for every mail. Pure.
std::vector<Invite> find_invites(std::string_view raw, const Message& message);

/// Is there anything that find_invites() would look at? Costs nothing.
bool has_calendar(const Message& message);

/// A recurrence rule in words; the rule itself when it is too special for words.
std::string recurrence_in_words(std::string_view rrule);

/// {"method", "what", "summary", "when", "start", "end", "all_day", "time_zone", "recurrence", "location", "organizer",
///  "attendees", ...}
void write_invite(JsonWriter& out, const Invite& invite);

}  // namespace orgo
