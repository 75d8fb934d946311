#include "core/processing/ask_rules.h"

#include <chrono>
#include <cstdint>
#include <functional>

#include "core/calendar/calendar.h"
#include "core/workplace/workplace.h"

namespace orgo {
namespace {

struct Moment {
  int hour;
  int weekday;
  int day;
  int month;
  std::int64_t minutes;  ///< of local time, since 1970
};
Moment local_moment(TimePoint at, const TimeZone& zone) {
  const auto local = at + zone.offset_at(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  return {static_cast<int>(std::chrono::floor<std::chrono::hours>(local - day).count()),
          static_cast<int>(std::chrono::weekday(day).iso_encoding()),
          static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(static_cast<unsigned>(date.month())),
          std::chrono::floor<std::chrono::minutes>(local.time_since_epoch()).count()};
}

}  // namespace

void ask_rules(Draft& draft, const Task* thread) {
  const auto at = draft.envelope.archived ? draft.dated : draft.envelope.received_at;
  const auto moment = local_moment(at, draft.rules.workplace().zone(draft.settings.zone));
  rules::Facts facts{draft.message, draft.envelope, draft.findings, {}, moment.hour, moment.weekday};
  facts.day = moment.day;
  facts.month = moment.month;
  facts.local_minutes = moment.minutes;
  if (draft.rules.needs().staff) facts.from_staff = draft.rules.workplace().is_staff(draft.sender());
  facts.find_keywords = true;
  facts.thread = thread;
  facts.raw = draft.incoming.raw;
  if (draft.context.sender) facts.sender = &*draft.context.sender;
  std::function<bool(std::string_view)> open;
  const auto& calendars = draft.rules.workplace().calendars;
  if (draft.rules.needs().business_hours && !calendars.empty()) {
    open = [&](std::string_view name) {
      const auto* calendar = calendars.find(name.empty() ? calendars.default_name() : std::string(name));
      if (calendar == nullptr && name.empty()) return rules::usual_business_hours(moment.hour, moment.weekday);
      return calendar != nullptr && orgo::open_at(*calendar, at);
    };
    facts.in_business_hours = &open;
  }
  draft.verdict = draft.rules.decide(facts, draft.settings.with_trace);
  if (draft.settings.with_trace && draft.settings.trace_all_rules) draft.verdict.trace = draft.rules.explain(facts);
  if (!draft.verdict.matched.empty()) draft.rule = draft.verdict.matched.front();
}

}  // namespace orgo
