#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/planted.h"
#include "core/calendar/calendar.h"

/// Open time is counted along the stretches in which the zone's offset stays the same: within one, wall time and time
/// run alike, so that hours of the wall clock are lengths. Whole weeks without special days are taken at once.
namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr Millis kHorizon = days{50 * 366};
constexpr Millis kForever = Millis::max();

struct Counted {
  Millis open{};   ///< open time up to `at`
  TimePoint at{};  ///< where counting ended
  bool reached = false;
};

/// Counts open time in [from, until), until `target` is reached.
Counted count(const Calendar& calendar, TimePoint from, TimePoint until, Millis target) {
  Counted counted{Millis{0}, from, target <= Millis{0}};
  if (counted.reached) return counted;
  for (auto t = from; t < until;) {
    auto stretch = calendar.zone().stretch_at(t);
    const auto end = std::min(until, stretch.end);
    if (ORGO_PLANT(change_of_the_clocks_unseen)) stretch.offset = calendar.zone().stretch_at(from).offset;
    auto local = LocalTime{(t + stretch.offset).time_since_epoch()};
    const auto local_end = LocalTime{(end + stretch.offset).time_since_epoch()};
    while (local < local_end) {
      const auto day = floor<days>(local);
      if (local == LocalTime{day} && calendar.week_total() > Millis{0}) {
        auto weeks = (local_end - local) / Millis{days{7}};
        if (const auto special = calendar.next_special(day))
          weeks = std::min<std::int64_t>(weeks, (*special - day).count() / 7);
        if (target != kForever) weeks = std::min(weeks, (target - counted.open - Millis{1}) / calendar.week_total());
        if (weeks > 0) {
          counted.open += calendar.week_total() * weeks;
          local += days{7 * weeks};
          continue;
        }
      } else if (calendar.week_total() == Millis{0}) {
        // Nothing is open before the next special day.
        const auto special = calendar.next_special(day);
        if (!special) break;
        if (*special > day) {
          local = LocalTime{*special};
          continue;
        }
      }
      for (const auto& hours : calendar.hours_of(day)) {
        const auto begin = std::max(local, LocalTime{day} + hours.from),
                   close = std::min(local_end, LocalTime{day} + hours.to);
        if (begin >= close) continue;
        if (target != kForever && close - begin >= target - counted.open) {
          const auto at = begin + (target - counted.open);
          return {target, TimePoint{at.time_since_epoch()} - stretch.offset, true};
        }
        counted.open += close - begin;
      }
      local = LocalTime{day + days{1}};
    }
    t = end;
  }
  counted.at = until;
  return counted;
}

/// The open stretches within [from, to), in order, those that touch made one.
std::vector<Span> open_spans(const Calendar& calendar, TimePoint from, TimePoint to) {
  std::vector<Span> spans;
  for (auto t = from; t < to;) {
    const auto stretch = calendar.zone().stretch_at(t);
    const auto end = std::min(to, stretch.end);
    const auto local = LocalTime{(t + stretch.offset).time_since_epoch()};
    const auto local_end = LocalTime{(end + stretch.offset).time_since_epoch()};
    for (auto day = floor<days>(local); LocalTime{day} < local_end; day += days{1})
      for (const auto& hours : calendar.hours_of(day)) {
        const auto begin = std::max(local, LocalTime{day} + hours.from),
                   close = std::min(local_end, LocalTime{day} + hours.to);
        if (begin >= close) continue;
        const Span span{TimePoint{begin.time_since_epoch()} - stretch.offset,
                        TimePoint{close.time_since_epoch()} - stretch.offset};
        if (!spans.empty() && spans.back().to == span.from) spans.back().to = span.to;
        else spans.push_back(span);
      }
    t = end;
  }
  return spans;
}

/// The parts of [from, to) that are not paused.
std::vector<Span> running(TimePoint from, TimePoint to, std::span<const Span> pauses) {
  std::vector<Span> sorted(pauses.begin(), pauses.end()), out;
  std::sort(sorted.begin(), sorted.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  for (const auto& pause : sorted) {
    if (pause.to <= from || pause.to <= pause.from) continue;
    if (pause.from >= to) break;
    if (pause.from > from) out.push_back({from, pause.from});
    from = pause.to;
    if (from >= to) return out;
  }
  if (from < to) out.push_back({from, to});
  return out;
}

TimePoint horizon_from(TimePoint t) {
  return t > TimePoint::max() - kHorizon ? TimePoint::max() : t + kHorizon;
}

}  // namespace

bool open_at(const Calendar& calendar, TimePoint t) {
  const auto local = calendar.zone().to_local(t);
  const auto day = floor<days>(local);
  const auto time = local - LocalTime{day};
  const auto hours = calendar.hours_of(day);
  return std::any_of(hours.begin(), hours.end(), [&](const auto& h) {
    return h.from <= time && (time < h.to || (ORGO_PLANT(open_at_its_end) && time == h.to));
  });
}

std::optional<TimePoint> next_open(const Calendar& calendar, TimePoint t) {
  const auto found = count(calendar, t, horizon_from(t), Millis{1});
  if (!found.reached) return std::nullopt;
  return found.at - Millis{1};
}

std::optional<TimePoint> next_close(const Calendar& calendar, TimePoint t) {
  // From opening to closing at most some weeks at a time: who is open for longer closes at a special day only.
  auto open = next_open(calendar, t);
  if (!open) return std::nullopt;
  const auto last = horizon_from(t);
  for (auto from = *open; from < last;) {
    const auto to = std::min(last, from + days{28});
    const auto spans = open_spans(calendar, from, to);
    if (spans.empty() || spans.front().from != from) return from;
    if (spans.front().to < to) return spans.front().to;
    from = to;
  }
  return std::nullopt;
}

std::optional<TimePoint> previous_close(const Calendar& calendar, TimePoint t) {
  const auto first = t - kHorizon;
  for (auto to = t; to > first;) {
    const auto from = std::max(first, to - days{28});
    const auto spans = open_spans(calendar, from, to);
    // What is open until `to` closes there only if it isn't open from there on.
    for (auto span = spans.rbegin(); span != spans.rend(); ++span)
      if (span->to < to || !open_at(calendar, to)) return span->to;
    to = from;
  }
  return std::nullopt;
}

Millis business_time_between(const Calendar& calendar, TimePoint from, TimePoint to, std::span<const Span> pauses) {
  Millis total{0};
  for (const auto& span : running(from, to, pauses)) total += count(calendar, span.from, span.to, kForever).open;
  return total;
}

std::optional<TimePoint> add_exact_business_time(const Calendar& calendar, TimePoint from, Millis counted,
                                                 std::span<const Span> pauses) {
  if (counted <= Millis{0}) return from;
  auto left = counted;
  for (const auto& span : running(from, horizon_from(from), pauses)) {
    const auto part = count(calendar, span.from, span.to, left);
    if (part.reached) return part.at;
    left -= part.open;
  }
  return std::nullopt;
}

std::optional<TimePoint> add_business_time(const Calendar& calendar, TimePoint from, Millis counted,
                                           std::span<const Span> pauses) {
  auto at = add_exact_business_time(calendar, from, counted, pauses);
  if (!at) return at;
  const auto& conventions = calendar.plan().conventions;
  if (conventions.end_of_slot == CalendarConventions::EndOfSlot::next_open && counted > Millis{0}) {
    // Closed from here on, by the calendar or by a pause: the next moment that counts.
    const auto next = add_exact_business_time(calendar, *at, Millis{1}, pauses);
    if (next) at = *next - Millis{1};
  }
  if (conventions.round == CalendarConventions::Round::minute) at = floor<std::chrono::minutes>(*at);
  if (conventions.round == CalendarConventions::Round::next_minute) at = std::chrono::ceil<std::chrono::minutes>(*at);
  return at;
}

}  // namespace orgo
