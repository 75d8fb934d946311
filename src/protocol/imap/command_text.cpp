#include "protocol/imap/command_text.h"

#include <array>

#include "base/text.h"

namespace orgo::imap {
namespace {

constexpr std::size_t kQuotedMost = 1000;

/// `count` digits at `at`; -1 otherwise.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

bool is_quotable(std::string_view text) {
  if (text.size() > kQuotedMost) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) return false;
  }
  return true;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string uid_set(std::span<const std::uint32_t> uids) {
  auto sets = uid_sets(uids, SIZE_MAX);
  return sets.empty() ? std::string() : std::move(sets.front());
}

std::vector<std::string> uid_sets(std::span<const std::uint32_t> uids, std::size_t octets) {
  std::vector<std::string> sets;
  for (std::size_t i = 0; i < uids.size();) {
    std::size_t last = i;
    while (last + 1 < uids.size() && uids[last + 1] == uids[last] + 1) ++last;
    std::string run = std::to_string(uids[i]);
    if (last > i) run += ":" + std::to_string(uids[last]);
    if (sets.empty() || sets.back().size() + 1 + run.size() > octets) sets.push_back(std::move(run));
    else sets.back().append(",").append(run);
    i = last + 1;
  }
  return sets;
}

TimePoint parse_internal_date(std::string_view text) {
  text = trim(text);
  const std::size_t dash = text.find('-');
  if (dash == 0 || dash > 2) return {};
  const int day = digits(text, 0, dash);
  static constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                               "jul", "aug", "sep", "oct", "nov", "dec"};
  text.remove_prefix(dash + 1);
  unsigned month = 0;
  while (month < 12 && !ascii_istarts_with(text, kMonths[month])) ++month;
  // "Nov-2026 08:15:02 +0100"
  if (month == 12 || text.size() < 23 || text[3] != '-' || text[8] != ' ' || text[11] != ':' || text[14] != ':' ||
      text[17] != ' ')
    return {};
  const int year = digits(text, 4, 4);
  const int hour = digits(text, 9, 2);
  const int minute = digits(text, 12, 2);
  const int second = digits(text, 15, 2);
  const int zone_hours = digits(text, 19, 2);
  const int zone_minutes = digits(text, 21, 2);
  const bool west = text[18] == '-';
  if ((!west && text[18] != '+') || year < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60 || zone_hours < 0 || zone_minutes < 0 || zone_minutes > 59) {
    return {};
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month + 1),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (day < 1 || !date.ok()) return {};
  const auto zone = std::chrono::hours(zone_hours) + std::chrono::minutes(zone_minutes);
  const auto local = std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                     std::chrono::seconds(second);
  return TimePoint(west ? local + zone : local - zone);
}

bool is_flag(std::string_view text) {
  if (text.starts_with('\\')) {
    for (const char* known : {"\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Draft"}) {
      if (ascii_iequals(text, known)) return true;
    }
    return false;
  }
  if (text.empty() || text.size() > 100) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f ||
        std::string_view("(){%*\"\\]").find(c) != std::string_view::npos)
      return false;
  }
  return true;
}

}  // namespace orgo::imap
