#include "core/mail/show/invite.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/recurrence.h"
#include "base/text.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

constexpr std::size_t kCalendarsMax = 10;
constexpr std::size_t kInvitesMax = 50;
constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::string_view kMonths[] = {"",     "January", "February",  "March",   "April",    "May",     "June",
                                        "July", "August",  "September", "October", "November", "December"};

bool is_calendar(const Attachment& attachment) {
  if (attachment.content_type == "text/calendar" || attachment.content_type == "application/ics") return true;
  return ascii_lower(attachment.filename).ends_with(".ics");
}

/// "Monday, 2 March 2026"
std::string day_in_words(LocalTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::weekday weekday{day};
  return std::string(kDays[weekday.c_encoding()]) + ", " + std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(kMonths[static_cast<unsigned>(date.month())]) + " " +
         std::to_string(static_cast<int>(date.year()));
}
std::string clock_in_words(LocalTime time) {
  return to_string(time).substr(11, 5);
}

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}
std::string ordinal(int n) {
  if (n == -1) return "last";
  if (n < 0) return ordinal(-n) + " last";
  const auto* const ending = n % 100 >= 11 && n % 100 <= 13 ? "th"
                             : n % 10 == 1                  ? "st"
                             : n % 10 == 2                  ? "nd"
                             : n % 10 == 3                  ? "rd"
                                                            : "th";
  return std::to_string(n) + ending;
}

std::string name_of(const IcalPerson& person) {
  return person.name.empty() ? person.address : person.name;
}

void write_person(JsonWriter& out, const IcalPerson& person) {
  out.begin_object().field("name", person.name).field("address", person.address);
  if (!person.role.empty()) out.field("role", ascii_lower(person.role));
  if (!person.participation.empty()) out.field("participation", ascii_lower(person.participation));
  out.end_object();
}
void write_time(JsonWriter& out, std::string_view name, const IcalTime& time) {
  out.key(name);
  if (time.instant) {
    out.string(to_rfc3339(*time.instant));
  } else {
    out.string(time.all_day ? to_string(time.local).substr(0, 10) : to_string(time.local));
  }
}

}  // namespace

std::string recurrence_in_words(std::string_view rrule) {
  const auto rule = parse_recurrence(rrule);
  if (!rule) return std::string(rrule);
  using Every = Recurrence::Every;
  if (rule->month_days_from_end.any() || rule->year_days.any() || rule->year_days_from_end.any() || rule->weeks.any() ||
      rule->weeks_from_end.any() || rule->hours.any() || rule->minutes.any() || rule->seconds.any())
    return std::string(rrule);
  constexpr std::string_view kUnits[] = {"day", "week", "month", "year"};
  const std::string unit(kUnits[static_cast<int>(rule->every)]);
  std::string out = rule->interval == 1   ? "every " + unit
                    : rule->interval == 2 ? "every second " + unit
                                          : "every " + std::to_string(rule->interval) + " " + unit + "s";
  std::vector<std::string> days;
  const bool one_position = rule->positions.size() == 1;
  if (!rule->positions.empty() && !one_position) return std::string(rrule);
  for (const auto& day : rule->weekdays) {
    std::string text;
    if (day.ordinal != 0) text = "the " + ordinal(day.ordinal) + " ";
    days.push_back(text + std::string(kDays[day.day % 7]));
  }
  if (days.size() == 5 && rule->every == Every::week && !one_position &&
      std::none_of(rule->weekdays.begin(), rule->weekdays.end(),
                   [](const auto& d) { return d.day == 0 || d.day == 6; })) {
    out += " from Monday to Friday";
  } else if (!days.empty()) {
    out += one_position ? " on the " + ordinal(rule->positions.front()) + " of " + listed(days) : " on " + listed(days);
  }
  if (rule->month_days.any()) {
    std::vector<std::string> numbers;
    for (int d = 1; d < 32; ++d)
      if (rule->month_days[static_cast<std::size_t>(d)]) numbers.push_back(ordinal(d));
    out += " on the " + listed(numbers);
  }
  if (rule->months.any()) {
    std::vector<std::string> months;
    for (std::size_t m = 1; m < 13; ++m)
      if (rule->months[m]) months.emplace_back(kMonths[m]);
    out += " in " + listed(months);
  }
  if (rule->count) out += *rule->count == 1 ? ", once" : ", " + std::to_string(*rule->count) + " times";
  if (rule->until) out += ", until " + day_in_words(*rule->until);
  return out;
}

std::string Invite::what() const {
  if (method == "CANCEL" || event.status == "CANCELLED") return "Cancelled";
  if (method == "REPLY") {
    if (event.attendees.empty()) return "Answer";
    const auto& person = event.attendees.front();
    const auto who = " by " + name_of(person);
    if (person.participation == "ACCEPTED") return "Accepted" + who;
    if (person.participation == "DECLINED") return "Declined" + who;
    if (person.participation == "TENTATIVE") return "Accepted for now" + who;
    return "Answer" + who;
  }
  if (method == "COUNTER") return "Another time proposed";
  if (method == "REQUEST") return event.sequence > 0 ? "Invitation (changed)" : "Invitation";
  return "Calendar entry";
}

std::string Invite::when() const {
  const auto& start = event.start;
  std::string out = day_in_words(start.local);
  if (start.all_day) {
    if (event.end && event.end->local - start.local > std::chrono::hours(24))
      out += " to " + day_in_words(event.end->local - std::chrono::hours(24));
    return out + " (all day)";
  }
  out += ", " + clock_in_words(start.local);
  if (event.end && event.end->local > start.local) {
    // The end may be written in another zone; shown in that of the start.
    auto end = event.end->local;
    if (event.end->instant && start.instant) end = start.local + (*event.end->instant - *start.instant);
    const bool same_day =
        std::chrono::floor<std::chrono::days>(end) == std::chrono::floor<std::chrono::days>(start.local);
    out += " to " + (same_day ? std::string() : day_in_words(end) + ", ") + clock_in_words(end);
  }
  return out + " (" + (start.zone.empty() ? std::string("local time") : start.zone) + ")";
}

std::string Invite::recurrence() const {
  return event.rrule.empty() ? std::string() : recurrence_in_words(event.rrule);
}

bool has_calendar(const Message& message) {
  return std::any_of(message.attachments.begin(), message.attachments.end(), is_calendar);
}

std::vector<Invite> find_invites(std::string_view raw, const Message& message) {
  std::vector<Invite> out;
  std::size_t calendars = 0;
  std::vector<std::string> seen;  // the same file often comes twice: as a part and as an attachment
  for (std::size_t i = 0; i < message.attachments.size() && calendars < kCalendarsMax; ++i) {
    const auto& attachment = message.attachments[i];
    if (!is_calendar(attachment) || attachment.size > IcalLimits{}.bytes_max) continue;
    if (std::find(seen.begin(), seen.end(), attachment.sha256) != seen.end()) continue;
    seen.push_back(attachment.sha256);
    ++calendars;
    const auto bytes = attachment_bytes(raw, i);
    if (!bytes) continue;
    IcalLimits limits;
    limits.events_max = 1'000;
    auto calendar = read_icalendar(*bytes, limits);
    if (!calendar) continue;
    for (auto& event : calendar->events) {
      if (out.size() >= kInvitesMax) return out;
      const bool known = std::any_of(out.begin(), out.end(), [&](const Invite& other) {
        return !event.uid.empty() && other.method == calendar->method && other.event.uid == event.uid &&
               other.event.start == event.start && other.event.recurrence_id == event.recurrence_id;
      });
      if (known) continue;
      auto& invite = out.emplace_back();
      invite.method = calendar->method;
      invite.event = std::move(event);
      invite.attachment = i;
    }
  }
  return out;
}

void write_invite(JsonWriter& out, const Invite& invite) {
  const auto& event = invite.event;
  out.begin_object();
  out.field("method", ascii_lower(invite.method));
  out.field("what", invite.what()).field("summary", event.summary).field("when", invite.when());
  write_time(out, "start", event.start);
  if (event.end) {
    write_time(out, "end", *event.end);
  } else {
    out.key("end").null();
  }
  out.field("all_day", event.start.all_day).field("time_zone", event.start.zone);
  out.field("recurrence", invite.recurrence()).field("location", event.location);
  out.field("description", event.description).field("status", ascii_lower(event.status)).field("uid", event.uid);
  out.key("organizer");
  if (event.organizer) {
    write_person(out, *event.organizer);
  } else {
    out.null();
  }
  out.key("attendees").begin_array();
  for (const auto& person : event.attendees) write_person(out, person);
  out.end_array();
  out.field("attachment", invite.attachment);
  out.end_object();
}

}  // namespace orgo
