#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/time_zone.h"

namespace orgo::silence {

/// What decides when silence is an alarm (I8). The defaults are what bench/silence_bench measures.
struct Settings {
  TimeZone zone;                        ///< hours and days are those of the organization
  std::vector<LocalDay> holidays;       ///< in order; on them silence means nothing and nothing is learned
  double false_alarms_per_year = 0.25;  ///< of one source that does as it always did
  double hours_least = 300;             ///< watched before the first alarm: 12 1/2 days and nights
  double mails_least = 50;              ///< seen before the first alarm
  double mails_per_day_least = 1;       ///< below, a source is too quiet to say anything of
};

/// The rhythm of one source of mail, learned from when its mails came: how many in each hour of the week, older weeks
/// counting less (half after eight weeks). Pure values; to_text() and parse_rhythm() keep them.
///
/// How a silence is judged: mails come as a Poisson process whose rate is that of the hour of the week, on a normal
/// day, or a tenth of it on a holiday that nobody told us of (3 in 100 days, and one such day is followed by another
/// every second time; 1 in 10,000 at any mail). `normal` and `holiday` are the probabilities that nothing came since
/// the last mail and that it is now such a day. When their sum falls below what a year of gaps may bring by chance
/// (false_alarms_per_year / mails per year), the silence is one that the learned rhythm does not explain.
///
/// Real mail comes in bursts and has leaner hours than an average says. So the gaps themselves are learned, too: if
/// mail were Poisson, one mail should have come on average beyond the second in gaps in which two should have; the more
/// it is in truth, the less an expected mail weighs. Time during which nobody watched counts neither as silence nor as
/// an hour.
struct Rhythm {
  static constexpr int kHours = 168;
  std::array<double, kHours> mails{};    ///< in the hours of the week, from Monday 00:00
  std::array<double, kHours> watched{};  ///< hours of each that were watched
  TimePoint watched_to{};                ///< {}: never yet
  TimePoint last_mail{};
  std::int64_t hour = 0;  ///< hour since 1970, local, that is under way
  double in_hour = 0;     ///< mails that count in it so far
  double normal = 1;
  double holiday = 0;
  double expected = 0;   ///< mails that should have come since the last one
  double long_gaps = 0;  ///< gaps between mails in which two and more should have come, older ones counting less
  double beyond = 0;     ///< sum of what was beyond the two
};

/// Time has passed up to `now`, without mail. More than ten minutes at once: nobody watched in between. `learning` is
/// false while an alarm is open: an outage is no rhythm.
void watch(Rhythm& rhythm, TimePoint now, const Settings& settings, bool learning = true);
/// Time has passed up to `now` in which nobody watched, however short: no mail could come. It is neither silence nor
/// anything to learn from.
void pass_over(Rhythm& rhythm, TimePoint now, const Settings& settings, bool learning = true);
/// A mail came. What comes in bursts beyond all measure counts in part only.
void hear(Rhythm& rhythm, TimePoint at, const Settings& settings);

struct Verdict {
  bool known = false;  ///< enough was seen to judge
  bool alarm = false;
  double probability = 1;  ///< of such a silence, as things are
  double bound = 0;        ///< below it is an alarm
  double expected = 0;     ///< mails that should have come
  double per_day = 0;      ///< mails on an average day
};
Verdict judge(const Rhythm& rhythm, const Settings& settings);

/// One line, about 2 KB.
std::string to_text(const Rhythm& rhythm);
/// invalid_input: not what to_text() writes.
Result<Rhythm> parse_rhythm(std::string_view text);

}  // namespace orgo::silence
