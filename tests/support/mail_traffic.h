#pragma once
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "base/time.h"
#include "core/silence/rhythm.h"

namespace orgo::silence {

/// A source of mail as an organization has it: so many mails on a day, by office hours or round the clock, with
/// holidays that nobody announces. For tests and bench/silence_bench.
struct Traffic {
  double per_day = 20;       ///< on an ordinary working day
  bool office_hours = true;  ///< most of it 8 to 18 h, Monday to Friday; else the same at all hours
  int holidays_a_year = 11;  ///< days with a tenth of the mail
  double burst = 0.02;       ///< share of mails that draw three to thirty answers within the hour
};

class MailTraffic {
 public:
  MailTraffic(Traffic traffic, std::uint64_t seed, TimePoint start) : traffic_(traffic), random_(seed), now_(start) {}

  /// Moves on by a minute and gives how many mails came in it.
  int next_minute(TimePoint now) {
    now_ = now;
    const auto day = std::chrono::floor<std::chrono::days>(now);
    if (day != day_) {
      day_ = day;
      holiday_ = std::uniform_real_distribution<double>(0, 1)(random_) < traffic_.holidays_a_year / 365.0;
    }
    double rate = rate_now() / 60;
    if (holiday_) rate /= 10;
    rate += answers_;
    answers_ *= 1 - 1.0 / 20;  // an average of twenty minutes
    const int mails = std::poisson_distribution<int>(rate)(random_);
    for (int i = 0; i < mails; ++i)
      if (std::uniform_real_distribution<double>(0, 1)(random_) < traffic_.burst && answers_ < 1)
        answers_ += std::uniform_real_distribution<double>(3, 30)(random_) / 20;
    return mails;
  }

 private:
  [[nodiscard]] double rate_now() const {
    if (!traffic_.office_hours) return traffic_.per_day / 24;
    const std::chrono::weekday weekday(std::chrono::floor<std::chrono::days>(now_));
    const double hour =
        std::chrono::duration<double, std::ratio<3600>>(now_ - std::chrono::floor<std::chrono::days>(now_)).count();
    const bool weekend = weekday.iso_encoding() > 5;
    if (weekend) return traffic_.per_day * 0.05 / 24;
    if (hour >= 8 && hour < 18) return traffic_.per_day * 0.9 / 10 * (hour >= 12 && hour < 13 ? 0.5 : 1.05);
    return traffic_.per_day * 0.1 / 14;
  }

  Traffic traffic_;
  std::mt19937_64 random_;
  TimePoint now_;
  std::chrono::sys_days day_{};
  bool holiday_ = false;
  double answers_ = 0;
};

/// A year under watch: how often there was an alarm though nothing had stopped.
inline int false_alarms(Traffic traffic, std::uint64_t seed, const Settings& settings, int days = 365) {
  const TimePoint start{Millis{1'767'225'600'000}};  // 2026-01-01
  MailTraffic mails(traffic, seed, start);
  Rhythm rhythm;
  int alarms = 0;
  bool open = false;
  for (int minute = 0; minute < days * 1440; ++minute) {
    const auto now = start + std::chrono::minutes(minute);
    watch(rhythm, now, settings, !open);
    const int came = mails.next_minute(now);
    for (int i = 0; i < came; ++i) hear(rhythm, now, settings);
    if (came > 0) open = false;
    if (!open && minute % 10 == 0 && judge(rhythm, settings).alarm) {
      open = true;
      ++alarms;
    }
  }
  return alarms;
}

/// After `days` of learning the source stops for good: hours until the alarm, `most` when there was none.
inline double hours_to_alarm(Traffic traffic, std::uint64_t seed, const Settings& settings, int days,
                             double most = 24 * 30) {
  const TimePoint start{Millis{1'767'225'600'000}};
  MailTraffic mails(traffic, seed, start);
  Rhythm rhythm;
  const int stop = days * 1440 + static_cast<int>(seed * 7919 % (7 * 1440));  // at any hour of the week
  for (int minute = 0; minute < stop + static_cast<int>(most * 60); ++minute) {
    const auto now = start + std::chrono::minutes(minute);
    watch(rhythm, now, settings);
    const int came = mails.next_minute(now);
    if (minute < stop)
      for (int i = 0; i < came; ++i) hear(rhythm, now, settings);
    else if (minute % 5 == 0 && judge(rhythm, settings).alarm) return (minute - stop) / 60.0;
  }
  return most;
}

}  // namespace orgo::silence
