#include "core/processing/asked_facts.h"

#include <chrono>

#include "core/calendar/calendar.h"
#include "core/workplace/workplace.h"

namespace orgo {

rules::Facts facts_of(const AskedFacts& asked, const Message& message, const Envelope& envelope,
                      std::span<const Finding> findings, std::string_view raw) {
  const auto local = asked.at + asked.offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  rules::Facts facts{message,
                     envelope,
                     findings,
                     {},
                     static_cast<int>(std::chrono::floor<std::chrono::hours>(local - day).count()),
                     static_cast<int>(std::chrono::weekday(day).iso_encoding())};
  facts.day = static_cast<int>(static_cast<unsigned>(date.day()));
  facts.month = static_cast<int>(static_cast<unsigned>(date.month()));
  facts.local_minutes = std::chrono::floor<std::chrono::minutes>(local.time_since_epoch()).count();
  facts.from_staff = asked.from_staff;
  facts.find_keywords = true;
  if (asked.thread) facts.thread = &*asked.thread;
  if (asked.sender) facts.sender = &*asked.sender;
  facts.raw = raw;
  return facts;
}

bool business_time(const rules::RuleSet& rules, const AskedFacts& asked, std::string_view calendar) {
  const auto& calendars = rules.workplace().calendars;
  const auto* found = calendars.find(calendar.empty() ? calendars.default_name() : std::string(calendar));
  if (found != nullptr) return open_at(*found, asked.at);
  if (!calendar.empty()) return false;
  const auto local = asked.at + asked.offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return rules::usual_business_hours(static_cast<int>(std::chrono::floor<std::chrono::hours>(local - day).count()),
                                     static_cast<int>(std::chrono::weekday(day).iso_encoding()));
}

}  // namespace orgo
