#include "core/rules/value_parts.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "base/text.h"
#include "core/contact/mail_address.h"
#include "protocol/mime/address.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

struct Date {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string zone = "+0000";
};

std::optional<int> number(std::string_view text, std::size_t least, std::size_t most) {
  if (text.size() < least || text.size() > most) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// "Mon, 20 Jul 2009 21:44:43 +0300", the day of the week and the seconds may be missing, comments are left out.
std::optional<Date> parse_date(std::string_view value) {
  if (const auto semicolon = value.rfind(';'); semicolon != std::string_view::npos) value.remove_prefix(semicolon + 1);
  value = value.substr(0, 200);
  std::vector<std::string_view> words;
  for (const auto piece : split(value.substr(0, value.find('(')), ' '))
    if (const auto word = trim(piece); !word.empty()) words.push_back(word);
  if (!words.empty() && words[0].ends_with(',')) words.erase(words.begin());
  if (words.size() < 4) return std::nullopt;
  Date date;
  const auto day = number(words[0], 1, 2);
  const auto year = number(words[2], 4, 4);
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (ascii_iequals(words[1].substr(0, 3), kMonths.at(i))) date.month = static_cast<int>(i) + 1;
  const auto clock = split(words[3], ':');
  if (!day || !year || date.month == 0 || clock.size() < 2 || clock.size() > 3) return std::nullopt;
  const auto hour = number(clock[0], 1, 2);
  const auto minute = number(clock[1], 2, 2);
  const auto second = clock.size() == 3 ? number(clock[2], 2, 2) : std::optional(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  date.year = *year;
  date.day = *day;
  date.hour = *hour;
  date.minute = *minute;
  date.second = *second;
  const std::chrono::year_month_day known{std::chrono::year(date.year),
                                          std::chrono::month(static_cast<unsigned>(date.month)),
                                          std::chrono::day(static_cast<unsigned>(date.day))};
  if (!known.ok()) return std::nullopt;
  if (words.size() > 4) {
    const auto zone = words[4];
    if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-') && number(zone.substr(1), 4, 4)) date.zone = zone;
  }
  return date;
}

std::string padded(int value, int digits) {
  std::array<char, 16> out{};
  const int length = std::snprintf(out.data(), out.size(), "%0*d", digits, value);
  return {out.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::vector<std::string> addresses_of(std::string_view value) {
  std::vector<std::string> out;
  for (auto& mailbox : mime::parse_addresses(value).mailboxes)
    if (!mailbox.address.empty()) out.push_back(address_for_people(std::move(mailbox.address)));
  return out;
}

std::optional<std::string> address_part(std::string_view address, Part part) {
  const auto local = local_part(address);
  const auto plus = local.find('+');
  switch (part) {
    case Part::local_part:
      return std::string(local);
    case Part::domain:
      if (address.rfind('@') == std::string_view::npos) return std::nullopt;
      return std::string(domain_part(address));
    case Part::user:
      return std::string(local.substr(0, plus));
    case Part::detail:
      if (plus == std::string_view::npos) return std::nullopt;
      return std::string(local.substr(plus + 1));
    default:
      return std::string(address);
  }
}

std::optional<std::string> date_part(std::string_view value, Part part) {
  const auto date = parse_date(value);
  if (!date) return std::nullopt;
  switch (part) {
    case Part::year:
      return padded(date->year, 4);
    case Part::month:
      return padded(date->month, 2);
    case Part::day:
      return padded(date->day, 2);
    case Part::date:
      return padded(date->year, 4) + "-" + padded(date->month, 2) + "-" + padded(date->day, 2);
    case Part::hour:
      return padded(date->hour, 2);
    case Part::minute:
      return padded(date->minute, 2);
    case Part::second:
      return padded(date->second, 2);
    case Part::time:
      return padded(date->hour, 2) + ":" + padded(date->minute, 2) + ":" + padded(date->second, 2);
    case Part::weekday: {
      const std::chrono::sys_days day = std::chrono::year_month_day{
          std::chrono::year(date->year), std::chrono::month(static_cast<unsigned>(date->month)),
          std::chrono::day(static_cast<unsigned>(date->day))};
      return std::string(kWeekdayNames[std::chrono::weekday(day).iso_encoding() - 1].substr(0, 3));
    }
    default:
      return date->zone;
  }
}

}  // namespace orgo::rules
