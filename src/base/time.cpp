#include "base/time.h"

#include <array>
#include <cctype>
#include <optional>

namespace orgo {
namespace {

using std::chrono::days;
constexpr std::int64_t kTenYearsMs = 10LL * 366 * 86'400'000;

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 19> kUnits{{{"ms", 1},
                                       {"s", 1'000},
                                       {"sec", 1'000},
                                       {"second", 1'000},
                                       {"seconds", 1'000},
                                       {"m", 60'000},
                                       {"min", 60'000},
                                       {"minute", 60'000},
                                       {"minutes", 60'000},
                                       {"h", 3'600'000},
                                       {"hour", 3'600'000},
                                       {"hours", 3'600'000},
                                       {"d", 86'400'000},
                                       {"day", 86'400'000},
                                       {"days", 86'400'000},
                                       {"w", 604'800'000},
                                       {"week", 604'800'000},
                                       {"weeks", 604'800'000},
                                       {"milliseconds", 1}}};

/// With zeros before it.
void append_digits(std::string& text, unsigned value, int count) {
  const auto begin = text.size();
  text.append(static_cast<std::size_t>(count), '0');
  for (auto at = text.size(); at > begin; value /= 10) text[--at] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_rfc3339(TimePoint t) {
  const auto day = std::chrono::floor<days>(t);
  const std::chrono::year_month_day date{day};
  const auto ms = static_cast<unsigned>((t - day).count());
  const int year = static_cast<int>(date.year());
  std::string text;
  text.reserve(24);
  // Of years beyond these there is no such text; what there is stays readable.
  if (year >= 0 && year <= 9999) append_digits(text, static_cast<unsigned>(year), 4);
  else text += std::to_string(year);
  const auto part = [&](char before, unsigned value, int count) {
    text += before;
    append_digits(text, value, count);
  };
  part('-', static_cast<unsigned>(date.month()), 2);
  part('-', static_cast<unsigned>(date.day()), 2);
  part('T', ms / 3'600'000, 2);
  part(':', ms / 60'000 % 60, 2);
  part(':', ms / 1'000 % 60, 2);
  if (ms % 1'000 != 0) part('.', ms % 1'000, 3);
  text += 'Z';
  return text;
}

Result<TimePoint> parse_rfc3339(std::string_view text) {
  const auto bad = [&] {
    return failure(Errc::invalid_input,
                   "'" + std::string(text.substr(0, 64)) + "' is not a time; write it as in 2026-03-14T09:26:53Z");
  };
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return bad();
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return bad();
  if (text[13] != ':' || text[16] != ':' || *hour > 23 || *minute > 59 || *second > 60) return bad();
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return bad();
  std::size_t at = 19;
  std::int64_t ms = ((*hour * 60LL + *minute) * 60 + *second) * 1'000;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = 100;
    const auto first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) ms += (text[at] - '0') * scale;
    if (at == first) return bad();
  }
  if (at >= text.size()) return bad();
  if (text[at] == 'Z' || text[at] == 'z') {
    if (at + 1 != text.size()) return bad();
  } else {
    const auto zone_hour = digits(text, at + 1, 2), zone_minute = digits(text, at + 4, 2);
    if ((text[at] != '+' && text[at] != '-') || !zone_hour || !zone_minute || text[at + 3] != ':' ||
        at + 6 != text.size() || *zone_hour > 23 || *zone_minute > 59)
      return bad();
    const auto offset = (*zone_hour * 60LL + *zone_minute) * 60'000;
    ms += text[at] == '+' ? -offset : offset;
  }
  return TimePoint{std::chrono::sys_days{date}} + Millis{ms};
}

Result<Millis> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return failure(Errc::invalid_input, "'" + std::string(text.substr(0, 64)) +
                                            "' is not a duration; write a number and a unit, as in \"2 hours\"");
  };
  std::int64_t total = 0;
  std::size_t at = 0;
  bool any = false;
  const auto skip = [&] {
    while (at < text.size() && (text[at] == ' ' || text[at] == ',')) ++at;
  };
  for (skip(); at < text.size(); skip()) {
    std::int64_t number = 0;
    const auto start = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0 && number < kTenYearsMs)
      number = number * 10 + (text[at++] - '0');
    if (at == start) return bad();
    while (at < text.size() && text[at] == ' ') ++at;
    const auto unit_start = at;
    while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0) ++at;
    const auto name = text.substr(unit_start, at - unit_start);
    const Unit* unit = nullptr;
    for (const auto& candidate : kUnits)
      if (candidate.name == name) unit = &candidate;
    if (unit == nullptr || number > kTenYearsMs / unit->ms) return bad();
    total += number * unit->ms;
    if (total > kTenYearsMs) return bad();
    any = true;
  }
  if (!any) return bad();
  return Millis{total};
}

std::string format_duration(Millis duration) {
  auto ms = duration.count();
  if (ms == 0) return "0 seconds";
  std::string text;
  if (ms < 0) {
    text = "-";
    ms = -ms;
  }
  const auto put = [&](std::int64_t count, std::string_view one) {
    if (count == 0) return;
    if (!text.empty() && text != "-") text += ' ';
    text += std::to_string(count) + ' ' + std::string(one) + (count == 1 || one == "ms" ? "" : "s");
  };
  put(ms / 86'400'000, "day");
  put(ms / 3'600'000 % 24, "hour");
  put(ms / 60'000 % 60, "minute");
  put(ms / 1'000 % 60, "second");
  put(ms % 1'000, "ms");
  return text;
}

}  // namespace orgo
