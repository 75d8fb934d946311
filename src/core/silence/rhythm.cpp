#include "core/silence/rhythm.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace orgo::silence {
namespace {

constexpr double kKeep = 0.917;       // of a week's weight a week later: half after eight weeks
constexpr double kHolidayRate = 0.1;  // of the normal rate
constexpr double kHolidayBegins = 0.03;
constexpr double kHolidayGoesOn = 0.5;
constexpr double kHolidayDoubt = 1e-4;  // a quiet time may begin within a day, too
constexpr double kCaution = 1.0;        // standard errors by which a rate is taken lower than it was seen
constexpr double kLongGap = 2;          // expected mails, from which on a gap is a long one
constexpr double kBeyondMost = 15;      // what one gap says at most
constexpr double kGapsKept = 2'000;     // so many of the last long gaps count
constexpr double kGapsGuessed = 30;     // before any was seen: so many,
constexpr double kBeyondGuessed = 1.5;  // with so much beyond
constexpr double kBurst = 5;            // times what was expected of an hour, and
constexpr double kBurstLeast = 20;      // so many mails always count
constexpr Millis kWatchedAtOnce{600'000};
constexpr std::string_view kVersion = "rhythm1";
constexpr Millis kHour{3'600'000};

std::int64_t local_hour(TimePoint at, const Settings& settings) {
  return std::chrono::floor<std::chrono::hours>(at + settings.zone.offset_at(at)).time_since_epoch().count();
}

/// 1970 began on a Thursday.
std::size_t cell_of(std::int64_t hour) {
  return static_cast<std::size_t>(((hour + 72) % Rhythm::kHours + Rhythm::kHours) % Rhythm::kHours);
}

bool is_holiday(std::int64_t hour, const Settings& settings) {
  const LocalDay day{std::chrono::days((hour >= 0 ? hour : hour - 23) / 24)};
  return std::binary_search(settings.holidays.begin(), settings.holidays.end(), day);
}

/// Mails an hour, rather too low than too high: of the hour itself and half of its neighbours, which also softens the
/// hour by which clocks are moved in spring and autumn.
double rate_of(const Rhythm& rhythm, std::size_t cell) {
  constexpr std::size_t all = Rhythm::kHours;
  const auto before = (cell + all - 1) % all;
  const auto after = (cell + 1) % all;
  const double mails = rhythm.mails[cell] + (rhythm.mails[before] + rhythm.mails[after]) / 2;
  const double watched = rhythm.watched[cell] + (rhythm.watched[before] + rhythm.watched[after]) / 2;
  if (watched < 1) return 0;
  const double average = std::max(0.0, mails - kCaution * std::sqrt(mails)) / watched;
  // Where a busy hour meets a quiet one, the quiet one is believed.
  double least = average;
  for (const auto each : {before, cell, after})
    if (rhythm.watched[each] > 0) least = std::min(least, (rhythm.mails[each] + 1) / rhythm.watched[each]);
  return std::min(average, least);
}

/// How many expected mails weigh as much as one of a Poisson process.
double stretch_of(const Rhythm& rhythm) {
  return std::max(1.0, (kGapsGuessed * kBeyondGuessed + rhythm.beyond) / (kGapsGuessed + rhythm.long_gaps));
}

void enter_hour(Rhythm& rhythm, std::int64_t hour, bool learning) {
  const auto days = [](std::int64_t h) { return (h >= 0 ? h : h - 23) / 24; };
  if (days(hour) != days(rhythm.hour)) {
    const double normal = rhythm.normal;
    rhythm.normal = normal * (1 - kHolidayBegins) + rhythm.holiday * (1 - kHolidayGoesOn);
    rhythm.holiday = normal * kHolidayBegins + rhythm.holiday * kHolidayGoesOn;
  }
  rhythm.hour = hour;
  rhythm.in_hour = 0;
  if (!learning) return;
  const auto cell = cell_of(hour);
  rhythm.mails[cell] *= kKeep;
  rhythm.watched[cell] *= kKeep;
}

}  // namespace

void watch(Rhythm& rhythm, TimePoint now, const Settings& settings, bool learning) {
  if (rhythm.watched_to == TimePoint{} || now - rhythm.watched_to > kWatchedAtOnce)
    return pass_over(rhythm, now, settings, learning);
  while (rhythm.watched_to < now) {
    const auto hour = local_hour(rhythm.watched_to, settings);
    if (hour != rhythm.hour) enter_hour(rhythm, hour, learning);
    // A stretch ends where clocks are moved, also within an hour.
    const auto stretch = settings.zone.stretch_at(rhythm.watched_to);
    const auto hour_ends = std::min(stretch.end, TimePoint{kHour * (hour + 1) - stretch.offset});
    const auto until = std::min(now, hour_ends);
    const double hours = std::chrono::duration<double, std::ratio<3600>>(until - rhythm.watched_to).count();
    rhythm.watched_to = until;
    if (is_holiday(hour, settings)) continue;
    const auto cell = cell_of(hour);
    const double due = rate_of(rhythm, cell) * hours;
    rhythm.expected += due;
    const double weight = due / stretch_of(rhythm);
    rhythm.normal *= std::exp(-weight);
    rhythm.holiday *= std::exp(-weight * kHolidayRate);
    if (learning) rhythm.watched[cell] += hours;
  }
}

void pass_over(Rhythm& rhythm, TimePoint now, const Settings& settings, bool learning) {
  rhythm.watched_to = now;
  const auto hour = local_hour(now, settings);
  if (hour != rhythm.hour) enter_hour(rhythm, hour, learning);
}

void hear(Rhythm& rhythm, TimePoint at, const Settings& settings) {
  const auto hour = local_hour(at, settings);
  if (!is_holiday(hour, settings)) {
    const auto cell = cell_of(hour);
    const double most = std::max(kBurstLeast, kBurst * rate_of(rhythm, cell));
    if (hour != rhythm.hour || rhythm.in_hour < most) rhythm.mails[cell] += 1;
    if (hour == rhythm.hour) rhythm.in_hour += 1;
  }
  rhythm.last_mail = std::max(rhythm.last_mail, at);
  if (rhythm.expected > kLongGap) {
    rhythm.long_gaps = rhythm.long_gaps * (1 - 1 / kGapsKept) + 1;
    rhythm.beyond = rhythm.beyond * (1 - 1 / kGapsKept) + std::min(rhythm.expected - kLongGap, kBeyondMost);
  }
  rhythm.expected = 0;
  // A mail is ten times as likely on a normal day.
  rhythm.holiday *= kHolidayRate;
  const double sum = rhythm.normal + rhythm.holiday;
  if (sum < 1e-300) {
    rhythm.normal = 1;
    rhythm.holiday = 0;
  } else {
    rhythm.holiday = std::max(rhythm.holiday / sum, kHolidayDoubt);
    rhythm.normal = 1 - rhythm.holiday;
  }
}

Verdict judge(const Rhythm& rhythm, const Settings& settings) {
  double mails = 0;
  double hours = 0;
  for (std::size_t cell = 0; cell < Rhythm::kHours; ++cell) {
    mails += rhythm.mails[cell];
    hours += rhythm.watched[cell];
  }
  Verdict verdict;
  verdict.expected = rhythm.expected;
  verdict.probability = std::min(1.0, rhythm.normal + rhythm.holiday);
  if (hours > 0) verdict.per_day = mails / hours * 24;
  verdict.known =
      hours >= settings.hours_least && mails >= settings.mails_least && verdict.per_day >= settings.mails_per_day_least;
  if (!verdict.known) return verdict;
  verdict.bound = settings.false_alarms_per_year / (verdict.per_day * 365.25);
  verdict.alarm = verdict.probability < verdict.bound;
  return verdict;
}

std::string to_text(const Rhythm& rhythm) {
  std::string text(kVersion);
  const auto whole = [&](std::int64_t number) { text.append(" ").append(std::to_string(number)); };
  const auto real = [&](double number, int digits) {
    std::array<char, 64> buffer{};
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, digits);
    text.append(" ").append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  };
  whole(to_ms(rhythm.watched_to));
  whole(to_ms(rhythm.last_mail));
  whole(rhythm.hour);
  for (const double number :
       {rhythm.in_hour, rhythm.normal, rhythm.holiday, rhythm.expected, rhythm.long_gaps, rhythm.beyond})
    real(number, 17);
  for (std::size_t cell = 0; cell < Rhythm::kHours; ++cell) {
    real(rhythm.mails[cell], 6);
    real(rhythm.watched[cell], 6);
  }
  return text;
}

Result<Rhythm> parse_rhythm(std::string_view text) {
  const auto wrong = [] { return failure(Errc::invalid_input, "this is no rhythm of mail"); };
  if (!text.starts_with(kVersion)) return wrong();
  const char* at = text.data() + kVersion.size();
  const char* const end = text.data() + text.size();
  bool good = true;
  const auto read = [&](auto& number) {
    if (!good || at == end || *at != ' ') {
      good = false;
      return;
    }
    const auto [next, error] = std::from_chars(at + 1, end, number);
    good = error == std::errc{};
    at = next;
  };
  const auto measure = [&](double& number) {  // never negative, never infinite
    read(number);
    good = good && std::isfinite(number) && number >= 0 && number <= 1e12;
  };
  Rhythm rhythm;
  std::int64_t watched_to = 0;
  std::int64_t last_mail = 0;
  read(watched_to);
  read(last_mail);
  read(rhythm.hour);
  rhythm.watched_to = from_ms(watched_to);
  rhythm.last_mail = from_ms(last_mail);
  for (auto* number :
       {&rhythm.in_hour, &rhythm.normal, &rhythm.holiday, &rhythm.expected, &rhythm.long_gaps, &rhythm.beyond})
    measure(*number);
  for (std::size_t cell = 0; cell < Rhythm::kHours; ++cell) {
    measure(rhythm.mails[cell]);
    measure(rhythm.watched[cell]);
  }
  if (!good || at != end) return wrong();
  return rhythm;
}

}  // namespace orgo::silence
