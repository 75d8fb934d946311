#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/recurrence.h"
#include "base/result.h"
#include "base/time.h"
#include "base/time_zone.h"

namespace orgo {

/// A date or a time as an event names it.
struct IcalTime {
  LocalTime local;        ///< what the clock shows; midnight when all_day
  bool all_day = false;   ///< a date without a time
  bool floating = false;  ///< of no zone: the same wall time wherever one is
  std::string zone;       ///< "Europe/Berlin", "UTC", or the file's own name for a zone of its own; empty: floating
  std::optional<TimePoint> instant;  ///< nullopt when all_day or floating: it depends on who asks
  friend bool operator==(const IcalTime&, const IcalTime&) = default;
};

/// A PERIOD: a time and how long it is.
struct IcalPeriod {
  IcalTime start;
  Millis length{};
  friend bool operator==(const IcalPeriod&, const IcalPeriod&) = default;
};

struct IcalPerson {
  std::string address;        ///< without "mailto:"
  std::string name;           ///< CN; may be empty
  std::string role;           ///< "REQ-PARTICIPANT", ...; may be empty
  std::string participation;  ///< PARTSTAT: "NEEDS-ACTION", "ACCEPTED", ...; may be empty
  bool reply_wanted = false;  ///< RSVP=TRUE
  friend bool operator==(const IcalPerson&, const IcalPerson&) = default;
};

/// A VEVENT. All text is UTF-8, unescaped, without control characters other than line ends and tabs.
struct IcalEvent {
  std::string uid, summary, description, location, url;
  std::string status;  ///< "CONFIRMED", "TENTATIVE", "CANCELLED"; in capitals; may be empty
  std::int64_t sequence = 0;
  std::optional<IcalPerson> organizer;
  std::vector<IcalPerson> attendees;
  IcalTime start;
  std::optional<IcalTime> end;  ///< exclusive; of DTEND or DURATION. nullopt: a day when start is one, else a moment
  std::string rrule;  ///< the rule's text as written; empty: it happens once. The first one, if there are several
  std::vector<std::string> exrules;  ///< rules whose times are left out (EXRULE of RFC 2445); at most 20
  std::vector<IcalTime> rdates, exdates;
  std::vector<IcalPeriod> rperiods;       ///< RDATEs that have a length of their own
  bool marked_all_day = false;            ///< X-MICROSOFT-CDO-ALLDAYEVENT: a day, whatever its times are
  std::optional<IcalTime> recurrence_id;  ///< it stands for this one of a series
  bool and_future = false;                ///< RANGE=THISANDFUTURE: for all later ones, too, moved by as much
  TimeZone zone;                          ///< of `start`, also for the rule; UTC when floating or all_day
};

struct Icalendar {
  std::string method;   ///< "REQUEST", "REPLY", "CANCEL", "PUBLISH", ...; in capitals; empty when the file has none
  std::string name;     ///< X-WR-CALNAME
  std::string product;  ///< PRODID
  std::vector<IcalEvent> events;   ///< those that can be read, in the order of the file
  std::vector<std::string> notes;  ///< what could not be read, and why, with the line; at most 20
};

struct IcalLimits {
  std::size_t bytes_max = 10U << 20U;
  std::size_t lines_max = 500'000;  ///< after unfolding
  std::size_t events_max = 20'000;
  std::size_t people_max = 1'000;     ///< attendees of one event
  std::size_t dates_max = 2'000;      ///< RDATE and EXDATE of one event
  std::size_t text_max = 64U << 10U;  ///< of one text; what is longer is cut
  int depth_max = 8;                  ///< components in each other
};

/// Reads an iCalendar file (RFC 5545) as people's programs write it: bare line ends, lines that are not folded, names
/// of zones by Outlook, zones of its own (VTIMEZONE), UTF-16. An event that makes no sense is left out with a note.
/// Never throws, in linear time; bytes that are no UTF-8 become U+FFFD. invalid_input: no VCALENDAR in it;
/// resource_exhausted: past a limit. (Of VTIMEZONE: the offsets from 1970 to 2100.)
Result<Icalendar> read_icalendar(std::string_view text, const IcalLimits& limits = {});

/// One time at which an event takes place.
struct IcalOccurrence {
  const IcalEvent* event;
  LocalTime start, end;        ///< in the zone of the event; end >= start. All-day: midnights, end exclusive
  TimePoint begins, finishes;  ///< the same as instants; for all-day and floating ones in the zone that was asked for
};

/// What to expand, and at what cost at most.
struct IcalHorizon {
  TimePoint from, to;              ///< occurrences that touch [from, to)
  std::size_t count_max = 10'000;  ///< then resource_exhausted
  RecurrenceBudget budget = {};
};

/// All occurrences of all events within the horizon, in order of time, with RRULE, RDATE, EXDATE and EXRULE, and with
/// single ones that were moved (RECURRENCE-ID, with all later ones by RANGE=THISANDFUTURE) where they moved to.
/// CANCELLED events are left out. A rule that can't be followed makes the event happen once, with a note if `notes` is
/// given. `zone` is that of all-day and floating times.
Result<std::vector<IcalOccurrence>> occurrences(const Icalendar& calendar, IcalHorizon horizon, const TimeZone& zone,
                                                std::vector<std::string>* notes = nullptr);

}  // namespace orgo
