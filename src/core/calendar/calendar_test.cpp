#include "core/calendar/calendar.h"

#include <gtest/gtest.h>

#include "core/calendar/calendar_rows.h"

#include <cstdlib>
#include <random>

namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}
LocalDay day(std::string_view text) {
  return *parse_local_day(text);
}

CalendarPlan office(std::string_view zone = "Europe/Berlin") {
  CalendarPlan plan;
  plan.name = "office";
  plan.zone = *TimeZone::find(zone);
  for (std::size_t d = 1; d <= 5; ++d) plan.week[d] = {{8 * 60, 12 * 60}, {13 * 60, 17 * 60}};
  return plan;
}
std::string due(const Calendar& calendar, std::string_view from, Millis span) {
  const auto found = add_business_time(calendar, at(from), span);
  return found ? to_rfc3339(*found) : "never";
}

TEST(Slot, IsReadAndWritten) {
  EXPECT_EQ(parse_slot("08:00-12:00"), (Slot{480, 720}));
  EXPECT_EQ(parse_slot(" 8 - 12:30 "), (Slot{480, 750}));
  EXPECT_EQ(parse_slot("22:00-06:00"), (Slot{1320, 1800}));
  EXPECT_EQ(parse_slot("00:00-24:00"), (Slot{0, 1440}));
  for (const auto* wrong : {"", "8", "8-", "24:00-01:00", "08:00-08:00", "8:0-9", "25-26", "08:60-09:00", "a-b", "-8-9",
                            "08:00-12:00-13:00"})
    EXPECT_FALSE(parse_slot(wrong)) << wrong;
  EXPECT_EQ(to_string(Slot{1320, 1800}), "22:00-06:00");
  EXPECT_EQ(to_string(Slot{0, 1440}), "00:00-24:00");
}

TEST(Calendar, SeveralSlotsADay) {
  const Calendar calendar(office());
  EXPECT_EQ(due(calendar, "2026-11-20T10:00:00Z", hours{3}), "2026-11-20T14:00:00Z");  // Friday 11:00; an hour's lunch
  EXPECT_EQ(due(calendar, "2026-11-20T15:30:00Z", hours{1}), "2026-11-23T07:30:00Z");  // over the weekend
  EXPECT_EQ(due(calendar, "2026-11-20T10:00:00Z", hours{6}), "2026-11-23T08:00:00Z");
  EXPECT_EQ(business_time_between(calendar, at("2026-11-20T10:00:00Z"), at("2026-11-23T08:00:00Z")), hours{6});
  EXPECT_EQ(business_time_between(calendar, at("2026-11-23T08:00:00Z"), at("2026-11-20T10:00:00Z")), Millis{0});
  EXPECT_FALSE(open_at(calendar, at("2026-11-20T11:30:00Z")));
  EXPECT_TRUE(open_at(calendar, at("2026-11-20T12:00:00Z")));
  EXPECT_FALSE(open_at(calendar, at("2026-11-20T16:00:00Z")));
  EXPECT_EQ(to_rfc3339(*next_open(calendar, at("2026-11-20T16:00:00Z"))), "2026-11-23T07:00:00Z");
  EXPECT_EQ(to_rfc3339(*next_close(calendar, at("2026-11-20T16:00:00Z"))), "2026-11-23T11:00:00Z");
  EXPECT_EQ(to_rfc3339(*previous_close(calendar, at("2026-11-22T16:00:00Z"))), "2026-11-20T16:00:00Z");
  EXPECT_EQ(to_rfc3339(*previous_close(calendar, at("2026-11-20T16:00:00Z"))), "2026-11-20T16:00:00Z");
  EXPECT_EQ(to_rfc3339(*previous_close(calendar, at("2026-11-20T15:59:59Z"))), "2026-11-20T11:00:00Z");
}

TEST(Calendar, HolidaysExceptionsAndNights) {
  auto plan = office();
  plan.week[5] = {{22 * 60, 30 * 60}};  // Friday night
  plan.days[day("2026-11-20")] = {{}, "Day of rest", true};
  plan.days[day("2026-11-22")] = {{{600, 660}}, "open Sunday", false};
  const Calendar calendar(plan);
  EXPECT_FALSE(open_at(calendar, at("2026-11-21T01:00:00Z")));  // the night of the holiday is gone, too
  EXPECT_TRUE(open_at(calendar, at("2026-11-28T01:00:00Z")));
  EXPECT_TRUE(open_at(calendar, at("2026-11-22T09:30:00Z")));
  EXPECT_EQ(due(calendar, "2026-11-20T08:00:00Z", minutes{30}), "2026-11-22T09:30:00Z");
}

TEST(Calendar, ClocksGoForwardAndBack) {
  auto plan = office();
  for (auto& d : plan.week) d = {{0, 24 * 60}};
  plan.week[0] = {{0, 6 * 60}};
  const Calendar calendar(plan);
  const auto sunday_hours = [&](std::string_view from, std::string_view to) {
    return business_time_between(calendar, at(from), at(to));
  };
  EXPECT_EQ(sunday_hours("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"), hours{5});
  EXPECT_EQ(sunday_hours("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"), hours{7});
  EXPECT_TRUE(open_at(calendar, at("2026-10-25T00:30:00Z")));
  EXPECT_TRUE(open_at(calendar, at("2026-10-25T01:30:00Z")));
}

TEST(Calendar, NeverOpenAndAlwaysOpen) {
  CalendarPlan none;
  none.zone = *TimeZone::find("Europe/Berlin");
  EXPECT_EQ(add_business_time(Calendar(none), at("2026-01-01T00:00:00Z"), Millis{1}), std::nullopt);
  EXPECT_EQ(next_open(Calendar(none), at("2026-01-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(previous_close(Calendar(none), at("2026-01-01T00:00:00Z")), std::nullopt);
  none.days[day("2030-02-28")] = {{{600, 660}}, "", false};
  EXPECT_EQ(due(Calendar(none), "2026-01-01T00:00:00Z", minutes{10}), "2030-02-28T09:10:00Z");
  EXPECT_EQ(to_rfc3339(*previous_close(Calendar(none), at("2040-01-01T00:00:00Z"))), "2030-02-28T10:00:00Z");
  const Calendar always;
  EXPECT_EQ(due(always, "2026-01-01T00:00:00.123Z", days{3650}), "2035-12-30T00:00:00.123Z");
  EXPECT_EQ(next_close(always, at("2026-01-01T00:00:00Z")), std::nullopt);
  EXPECT_EQ(previous_close(always, at("2026-01-01T00:00:00Z")), std::nullopt);
}

TEST(Calendar, Conventions) {
  auto plan = office();
  EXPECT_EQ(due(Calendar(plan), "2026-11-20T15:00:10.500Z", minutes{59}), "2026-11-20T15:59:10.500Z");
  EXPECT_EQ(due(Calendar(plan), "2026-11-20T15:00:00Z", hours{1}), "2026-11-20T16:00:00Z");
  plan.conventions = {CalendarConventions::EndOfSlot::next_open, CalendarConventions::Round::minute};
  EXPECT_EQ(due(Calendar(plan), "2026-11-20T15:00:10.500Z", minutes{59}), "2026-11-20T15:59:00Z");
  EXPECT_EQ(due(Calendar(plan), "2026-11-20T15:00:00Z", hours{1}), "2026-11-23T07:00:00Z");
  plan.conventions.round = CalendarConventions::Round::next_minute;
  EXPECT_EQ(due(Calendar(plan), "2026-11-20T14:00:10.500Z", minutes{59}), "2026-11-20T15:00:00Z");
}

TEST(Calendar, YearsCostWeeksAndNotMinutes) {
  auto plan = office("America/New_York");
  for (int year = 2000; year < 2060; ++year)
    plan.days[LocalDay{std::chrono::year{year} / 12 / 25}] = {{}, "Christmas Day", true};
  const Calendar calendar(plan);
  const auto began = std::chrono::steady_clock::now();
  Millis sum{0};
  for (int i = 0; i < 1'000; ++i)
    sum += business_time_between(calendar, at("2020-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z") + minutes{i});
  EXPECT_GT(sum, hours{20'000'000});
  // Some 100 us each without optimization; minute by minute it would be 5 million steps each.
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{20});
}

TEST(Calendars, ByNameCustomerAndDefault) {
  Calendars all;
  EXPECT_TRUE(open_at(all.standard(), at("2026-01-01T00:00:00Z")));
  auto plan = office();
  plan.customers = {"@Example.com", "vip@other.org"};
  all.add(Calendar(plan));
  all.set_default("office");
  EXPECT_EQ(all.of_customer("a@EXAMPLE.com")->name(), "office");
  EXPECT_EQ(all.of_customer("a@mail.example.com")->name(), "office");
  EXPECT_EQ(all.of_customer("VIP@other.org")->name(), "office");
  EXPECT_EQ(all.of_customer("x@other.org"), nullptr);
  EXPECT_EQ(all.of_customer("notexample.com"), nullptr);
  EXPECT_EQ(all.of_customer("a@notexample.com"), nullptr);
  EXPECT_EQ(all.standard().name(), "office");
  EXPECT_EQ(all.find("other"), nullptr);
}

// ---- against a model that asks each minute ----

/// Is it open in this minute? Straight from the words of calendar.h; shares nothing with the arithmetic but the zone.
bool open_in_model(const CalendarPlan& plan, TimePoint t) {
  const auto local = plan.zone.to_local(t);
  const auto today = std::chrono::floor<days>(local);
  const auto minute = std::chrono::duration_cast<minutes>(local - LocalTime{today}).count();
  const auto within = [&](LocalDay d, long m) {
    const auto special = plan.days.find(d);
    const auto& slots =
        special != plan.days.end() ? special->second.slots : plan.week[std::chrono::weekday{d}.c_encoding()];
    for (const auto& slot : slots)
      if (slot.from <= m && m < slot.to) return true;
    return false;
  };
  return within(today, minute) || within(today - days{1}, minute + 24 * 60);
}

std::uint64_t seed() {
  const char* set = std::getenv("ORGO_TEST_SEED");
  const auto chosen = set != nullptr ? std::strtoull(set, nullptr, 10) : std::random_device{}();
  std::printf("ORGO_TEST_SEED=%llu\n", static_cast<unsigned long long>(chosen));
  return chosen;
}

class RandomCalendars {
 public:
  explicit RandomCalendars(std::uint64_t seed) : random(seed) {}

  std::uint64_t below(std::uint64_t n) { return random() % n; }

  Slot slot() {
    const int from = static_cast<int>(below(1440));
    switch (below(6)) {
      case 0:
        return {0, 1440};
      case 1:
        return {from, from + 1440};
      case 2:
        return {from, from + 1};
      case 3:
        return {static_cast<int>(below(24)) * 60, static_cast<int>(24 + below(24)) * 60};
      default:
        return {from, from + 1 + static_cast<int>(below(720))};
    }
  }
  std::vector<Slot> slots() {
    std::vector<Slot> out(below(4));
    for (auto& s : out) s = slot();
    return out;
  }

  CalendarPlan plan(LocalDay about) {
    // Zones with every kind of change: half an hour, across midnight, whole days left out, in Ramadan, at other hours.
    static constexpr std::array<const char*, 18> zones{"Europe/Berlin",     "America/New_York", "Australia/Lord_Howe",
                                                       "Africa/Casablanca", "Asia/Tehran",      "America/Sao_Paulo",
                                                       "Asia/Beirut",       "America/Havana",   "Pacific/Apia",
                                                       "Asia/Kathmandu",    "America/St_Johns", "Antarctica/Troll",
                                                       "Asia/Gaza",         "Europe/London",    "America/Santiago",
                                                       "Pacific/Auckland",  "Asia/Kolkata",     "UTC"};
    CalendarPlan plan;
    plan.zone = *TimeZone::find(zones[below(zones.size())]);
    for (auto& d : plan.week) d = slots();
    for (std::uint64_t i = below(6); i > 0; --i)
      plan.days[about + days{static_cast<int>(below(12)) - 4}] = {slots(), "", below(2) == 0};
    return plan;
  }

  /// Half of them near a change of the clocks.
  TimePoint instant(const TimeZone& zone) {
    auto t = at("2010-01-01T00:00:00Z") + minutes{below(16ULL * 366 * 1440)};
    if (below(2) == 0)
      if (const auto stretch = zone.stretch_at(t); stretch.end != TimePoint::max())
        t = stretch.end - minutes{static_cast<long>(below(4 * 1440)) - 1440};
    return t;
  }

  std::mt19937_64 random;
};

TEST(Calendar, AgreesWithAMinuteByMinuteModel) {
  RandomCalendars make(seed());
  for (int i = 0; i < 100'000; ++i) {
    auto plan = make.plan(LocalDay{});
    const auto from = make.instant(plan.zone);
    // The special days around the instant.
    const auto shift = std::chrono::floor<days>(plan.zone.to_local(from)) - LocalDay{};
    std::map<LocalDay, CalendarPlan::Day> moved;
    for (auto& [d, what] : plan.days) moved[d + shift] = what;
    plan.days = std::move(moved);
    const Calendar calendar(plan);

    const auto length = static_cast<int>(make.below(200) == 0 ? 3 * 1440 + make.below(8 * 1440) : 1 + make.below(300));
    std::vector<Span> pauses;
    for (std::uint64_t p = make.below(3); p > 0; --p) {
      const auto begin = from + minutes{static_cast<long>(make.below(static_cast<std::uint64_t>(length)))};
      pauses.push_back({begin, begin + minutes{make.below(300)}});
    }
    const auto paused = [&](TimePoint t) {
      return std::any_of(pauses.begin(), pauses.end(), [&](const Span& p) { return p.from <= t && t < p.to; });
    };
    const auto wanted = minutes{make.below(static_cast<std::uint64_t>(length)) + 1};
    minutes open{0};
    std::optional<TimePoint> reached, opens, closes;
    bool was_open = open_in_model(plan, from);
    if (was_open) opens = from;
    ASSERT_EQ(open_at(calendar, from), was_open) << i << " " << to_rfc3339(from);
    for (int m = 0; m < length; ++m) {
      const auto t = from + minutes{m};
      const bool is_open = m == 0 ? was_open : open_in_model(plan, t);
      if (is_open && !paused(t)) {
        ++open;
        if (open == wanted) reached = t + minutes{1};
      }
      if (is_open && !opens) opens = t;
      if (!is_open && was_open && opens && !closes) closes = t;
      was_open = is_open;
    }
    const auto to = from + minutes{length};
    const auto where = [&] {
      return std::to_string(i) + " " + plan.zone.name() + " " + to_rfc3339(from) + " +" + std::to_string(length);
    };
    ASSERT_EQ(business_time_between(calendar, from, to, pauses), open) << where();
    const auto due = add_business_time(calendar, from, wanted, pauses);
    if (reached) {
      ASSERT_EQ(due, reached) << where() << " " << wanted.count();
    } else {
      ASSERT_TRUE(!due || *due > to) << where();
    }
    const auto opening = next_open(calendar, from);
    if (opens) {
      ASSERT_EQ(opening, opens) << where();
    } else {
      ASSERT_TRUE(!opening || *opening >= to) << where();
    }
    if (closes) {
      ASSERT_EQ(next_close(calendar, from), closes) << where();
      if (!was_open) {
        const auto back = previous_close(calendar, to);
        ASSERT_TRUE(back && *back >= *closes && !open_at(calendar, *back) && open_at(calendar, *back - minutes{1}))
            << where();
      }
    }
  }
}

TEST(Calendar, LongSpansAddUp) {
  // add and between are each other's inverse over years, through which the model would take too long.
  RandomCalendars make(seed());
  for (int i = 0; i < 2'000; ++i) {
    auto plan = make.plan(*parse_local_day("2020-03-01"));
    const Calendar calendar(plan);
    const auto from = make.instant(plan.zone), middle = from + minutes{make.below(1'000'000)},
               to = middle + minutes{make.below(1'000'000)};
    const auto whole = business_time_between(calendar, from, to);
    ASSERT_EQ(whole, business_time_between(calendar, from, middle) + business_time_between(calendar, middle, to)) << i;
    if (whole == Millis{0}) continue;
    const auto due = add_business_time(calendar, from, whole);
    ASSERT_TRUE(due && *due <= to) << i;
    ASSERT_EQ(business_time_between(calendar, from, *due), whole) << i;
    ASSERT_EQ(business_time_between(calendar, from, *due - Millis{1}), whole - Millis{1}) << i;
  }
}

TEST(CalendarTable, ReadsWhatSpreadsheetsWrite) {
  Calendars calendars;
  CalendarPlan plan;
  plan.name = "office";
  for (auto& day : plan.week) day = {{8 * 60, 17 * 60}};
  calendars.add(Calendar(plan));
  const auto answers = [&](std::string_view csv) {
    const auto table = answer_table(csv, calendars);
    return table ? table->csv : "wrong: " + table.error().message;
  };
  const std::string expected = "op,start,minutes,result\nadd_minutes,2026-11-23T16:30:00Z,60,2026-11-24T08:30:00Z\n";
  EXPECT_EQ(answers("op,start,minutes\nadd_minutes,2026-11-23T16:30:00Z,60\n"), expected);
  EXPECT_EQ(answers("\xEF\xBB\xBFop,start,minutes\r\nadd_minutes,2026-11-23T16:30:00Z,60\r\n"), expected);
  EXPECT_EQ(answers("op,start,minutes\radd_minutes,2026-11-23T16:30:00Z,60"), expected);
  EXPECT_EQ(answers("Op; START ;minutes\nadd_minutes;2026-11-23T16:30:00Z;60\n"),
            "Op; START ;minutes;result\nadd_minutes;2026-11-23T16:30:00Z;60;2026-11-24T08:30:00Z\n");
  EXPECT_EQ(answers("op;start;minutes;pauses\nadd_minutes;2026-11-23T08:00:00Z;60;\"2026-11-23 08:00/2026-11-23 "
                    "08:10;2026-11-23 08:20/2026-11-23 08:30\"\n"),
            "op;start;minutes;pauses;result\nadd_minutes;2026-11-23T08:00:00Z;60;\"2026-11-23 08:00/2026-11-23 "
            "08:10;2026-11-23 08:20/2026-11-23 08:30\";2026-11-23T09:20:00Z\n");
  EXPECT_EQ(answers("op\tstart\nopen\t2026-11-23T16:30:00Z\n"), "op\tstart\tresult\nopen\t2026-11-23T16:30:00Z\tyes\n");
  EXPECT_EQ(answers("\xFF\xFEo"), "wrong: the table is in UTF-16; save it as CSV in UTF-8");
  EXPECT_EQ(answers("op,start\nopen,\"2026\n"), "wrong: a quote that begins in line 2 is never closed");
  EXPECT_EQ(
      answers(""),
      "wrong: the table is empty; its first line names the columns: id,op,calendar,start,minutes,end,pauses,expected");
  EXPECT_EQ(answers("open,2026-11-23T16:30:00Z\n"),
            "wrong: the table has no column 'op'; its first line names the columns: "
            "id,op,calendar,start,minutes,end,pauses,expected");
  const auto error_of = [&](const std::string& head, const std::string& row) {
    const auto text = answers(head + "\n" + row + "\n");
    return text.substr(text.rfind("error: "), text.size());
  };
  EXPECT_EQ(error_of("op,start", "add_minutes,2026-11-23T16:30:00Z"),
            "error: add_minutes needs a number in the column 'minutes'\n");
  EXPECT_EQ(error_of("op,start", "minutes_between,2026-11-23T16:30:00Z"),
            "error: minutes_between needs a time in the column 'end'\n");
  EXPECT_NE(error_of("op,start,calendar", "open,2026-11-23T16:30:00Z,ofice").find("did you mean 'office'?"),
            std::string::npos);
  EXPECT_NE(error_of("op,start", "opne,2026-11-23T16:30:00Z").find("did you mean 'open'?"), std::string::npos);
  EXPECT_EQ(answer_table("op,start,minute\nopen,2026-11-23T16:30:00Z,1\n", calendars)->notes.at(0),
            "the column 'minute' is not looked at; did you mean 'minutes'?");
  EXPECT_TRUE(answer_table("op,start,remark\nopen,2026-11-23T16:30:00Z,1\n", calendars)->notes.empty());
}

}  // namespace
}  // namespace orgo
