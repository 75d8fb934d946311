#include "core/calendar/calendar_file.h"

#include <gtest/gtest.h>

#include "core/calendar/holidays.h"

namespace orgo {
namespace {

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}

constexpr std::string_view kFeed =
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20101225\nDTEND;VALUE=DATE:20101227\nRRULE:FREQ="
    "YEARLY\nSUMMARY:Christmas\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:2\nDTSTART;VALUE=DATE:20171031\nRRULE:FREQ=YEARLY\nSUMMARY:Reformation Day\nEND:VEVENT\n"
    "BEGIN:VEVENT\nUID:3\nDTSTART:20261120T090000Z\nSUMMARY:Appointment\nEND:VEVENT\nEND:VCALENDAR\n";

struct Read {
  Calendars calendars;
  std::vector<Diagnostic> errors;
};
Read read(std::string text) {
  Read out;
  const std::string feed(kFeed);
  const FindFeed find = [&](const std::string& name) { return name == "/etc/orgo/feed.ics" ? &feed : nullptr; };
  out.calendars = read_calendar_file({"/etc/orgo/rules.yaml", std::move(text)}, find, out.errors);
  return out;
}
std::string error_of(std::string text) {
  const auto result = read(std::move(text));
  return result.errors.empty() ? "none" : std::to_string(result.errors[0].line) + ": " + result.errors[0].message;
}

TEST(CalendarFile, ReadsAllOfIt) {
  const auto result = read(R"(calendars:
  office:
    default: true
    time_zone: Europe/Berlin
    hours: {mon-thu: ["08:00-12:00", "13:00-17:00"], fri: "8-12", sat: closed}
    exceptions: {2026-12-24: "08:00-10:00", 2026-12-31: closed}
    holidays: [2026-11-18, 01-01, {date: 2027-01-06, name: Epiphany}, {file: feed.ics}]
    not_holidays: ["reformation day", 2027-01-06]
    customers: ["@example.com", a@b.org]
    end_of_slot: next_open
    round: minute
  night: {time_zone: UTC, hours: {"fri, sat": "22:00-06:00"}}
  always: {time_zone: UTC, hours: always}
)");
  ASSERT_TRUE(result.errors.empty()) << to_string(result.errors[0], "");
  const auto& office = *result.calendars.find("office");
  EXPECT_EQ(result.calendars.standard().name(), "office");
  EXPECT_TRUE(open_at(office, at("2026-11-19T07:00:00Z")));   // Thursday
  EXPECT_FALSE(open_at(office, at("2026-11-18T07:00:00Z")));  // the holiday of the list
  EXPECT_TRUE(open_at(office, at("2026-11-20T09:00:00Z")));   // appointments are no holidays
  EXPECT_FALSE(open_at(office, at("2026-12-25T09:00:00Z")));
  EXPECT_FALSE(open_at(office, at("2097-12-26T09:00:00Z")));  // Thursday; a feed is never stale
  EXPECT_TRUE(open_at(office, at("2028-10-31T09:00:00Z")));   // Tuesday, switched off by its name
  EXPECT_TRUE(open_at(office, at("2027-01-06T09:00:00Z")));   // switched off by its date
  EXPECT_FALSE(open_at(office, at("2031-01-01T09:00:00Z")));  // each year
  EXPECT_TRUE(open_at(office, at("2026-12-24T08:30:00Z")));
  EXPECT_FALSE(open_at(office, at("2026-12-24T09:30:00Z")));
  EXPECT_EQ(office.plan().conventions.end_of_slot, CalendarConventions::EndOfSlot::next_open);
  EXPECT_EQ(result.calendars.of_customer("x@example.com"), result.calendars.find("office"));
  EXPECT_TRUE(open_at(*result.calendars.find("night"), at("2026-11-22T05:59:00Z")));
  EXPECT_TRUE(open_at(*result.calendars.find("always"), at("2026-11-22T05:59:00Z")));
}

TEST(CalendarFile, JsonWithPairs) {
  const auto result = read(
      R"({"a": {"timezone": "Etc/UTC", "hours": {"sun": [["09:00", "17:00"]]}, "holidays": ["2007-01-14"], "note": "x"}})");
  ASSERT_TRUE(result.errors.empty()) << result.errors[0].message;
  EXPECT_TRUE(open_at(*result.calendars.find("a"), at("2007-01-07T09:00:00Z")));
  EXPECT_FALSE(open_at(*result.calendars.find("a"), at("2007-01-14T09:00:00Z")));
}

TEST(CalendarFile, ErrorsWithTheirPlace) {
  const std::string head = "calendars:\n  a:\n    time_zone: UTC\n";
  EXPECT_EQ(error_of("calendars:\n  a:\n    hours: always\n"), "3: this calendar has no time_zone");
  EXPECT_EQ(error_of("calendars:\n  a: {time_zone: Europe/Berln}\n").substr(0, 30), "2: unknown time zone 'Europe/B");
  EXPECT_EQ(error_of(head + "    hours: {mon: \"8 to 12\"}\n"), "4: '8 to 12' is not an opening time");
  EXPECT_EQ(error_of(head + "    hours: {monday: \"8-12\", mon-fri: \"8-12\"}\n"), "4: mon is here a second time");
  EXPECT_EQ(error_of(head + "    hours: {xyz: \"8-12\"}\n"), "4: 'xyz' is not a day of the week");
  EXPECT_EQ(error_of(head + "    holidays: [2026-02-30]\n"), "4: '2026-02-30' is not a date");
  EXPECT_EQ(error_of(head + "    holidays: [{file: gone.ics}]\n"), "4: the feed '/etc/orgo/gone.ics' can't be read");
  EXPECT_EQ(error_of(head + "    not_holidays: [Easter]\n"), "4: no holiday is called 'Easter'");
  EXPECT_EQ(error_of(head + "    customers: [example]\n"), "4: 'example' is neither an address nor a domain");
  EXPECT_EQ(error_of(head + "    round: up\n"), "4: unknown round 'up'");
  EXPECT_EQ(error_of(head + "    color: red\n").substr(0, 40), "4: unknown key of a calendar 'color'");
  EXPECT_EQ(error_of(head + "    default: yes\n  b: {time_zone: UTC, default: yes}\n"),
            "5: two calendars are the default: 'a' and 'b'");
}

TEST(CalendarFile, Limits) {
  std::string slots, more;
  for (int i = 0; i < 24; ++i) slots += (i > 0 ? ", " : "") + std::string("\"08:00-09:00\"");
  EXPECT_EQ(error_of("a: {time_zone: UTC, hours: {mon: [" + slots + "]}}"), "none");
  EXPECT_EQ(error_of("a: {time_zone: UTC, hours: {mon: [" + slots + ", \"9-10\"]}}"),
            "1: more than 24 opening times of one day");
  std::string feeds;
  for (int i = 0; i < 20; ++i) feeds += "{file: feed.ics}, ";
  EXPECT_EQ(error_of("a: {time_zone: UTC, holidays: [" + feeds + "]}"), "none");
  EXPECT_EQ(error_of("a: {time_zone: UTC, holidays: [" + feeds + "{file: feed.ics}]}"), "1: more than 20 feeds");
}

TEST(CalendarFile, NamesItsFeeds) {
  EXPECT_EQ(
      feeds_named_in({"rules/r.yaml", "calendars: {a: {holidays: [2026-01-01, {file: x.ics}, {file: /a/b.ics}]}}"}),
      (std::vector<std::string>{"rules/x.ics", "/a/b.ics"}));
  EXPECT_TRUE(feeds_named_in({"r.yaml", "rules: []"}).empty());
}

TEST(Holidays, WholeDaysOnlyEachOnce) {
  const auto found = holidays_of(kFeed, *parse_local_day("2026-01-01"), *parse_local_day("2027-01-01"));
  ASSERT_TRUE(found);
  std::string text;
  for (const auto& h : *found) text += to_string(h.day) + " " + h.name + "; ";
  EXPECT_EQ(text, "2026-10-31 Reformation Day; 2026-12-25 Christmas; 2026-12-26 Christmas; ");
  EXPECT_FALSE(holidays_of("no calendar", *parse_local_day("2026-01-01"), *parse_local_day("2027-01-01")));
}

TEST(Holidays, AWholeDayIsOneWhateverItsForm) {
  const auto days = [](const std::string& times, std::vector<std::string>* notes = nullptr) {
    std::string text;
    const auto found = holidays_of(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Christmas\n" + times + "\nEND:VEVENT\nEND:VCALENDAR\n",
        *parse_local_day("2026-01-01"), *parse_local_day("2027-01-01"), notes);
    if (!found) return found.error().message;
    for (const auto& h : *found) text += to_string(h.day).substr(5) + " ";
    return text;
  };
  for (const char* form :
       {"DTSTART;VALUE=DATE:20261225",
        "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226",
        "DTSTART:20261225T000000\nDTEND:20261226T000000",
        "DTSTART;TZID=Europe/Berlin:20261225T000000\nDTEND;TZID=Europe/Berlin:20261226T000000",
        "DTSTART;TZID=W. Europe Standard Time:20261225T000000\nDTEND;TZID=W. Europe Standard Time:20261226T000000",
        "DTSTART:20261225T000000Z\nDTEND:20261226T000000Z",
        "DTSTART:20261224T230000Z\nDTEND:20261225T230000Z",
        "DTSTART:20261225T050000Z\nDTEND:20261226T050000Z",
        "DTSTART:20261225T000000\nDURATION:P1D",
        "DTSTART:20261225T000000\nDURATION:PT24H",
        "DTSTART:20261225T000000\nDTEND:20261226T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "DTSTART:20261225T000000\nDTEND:20261225T235959",
        "DTSTART:20261225T000000\nDTEND:20261225T235900",
        "DTSTART;TZID=Europe/Berlin:20261225T000000\nDTEND;TZID=Europe/Berlin:20261225T235959",
        "DTSTART;TZID=Europe/Berlin:20261225T000000\nDTEND;TZID=Europe/Berlin:20261225T235900",
        "DTSTART:20261224T230000Z\nDTEND:20261225T225900Z",
        "DTSTART:20261224T230000Z\nDTEND:20261225T225959Z",
        "DTSTART:20261225T000000Z\nDTEND:20261225T235900Z",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261225T000000\nDTEND:20261225T235900",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261225T000000",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261225T000000\nDTEND:20261225T000000",
        "X-MICROSOFT-CDO-ALLDAYEVENT:true\nDTSTART;TZID=Europe/Berlin:20261225T000000"})
    EXPECT_EQ(days(form), "12-25 ") << form;
  EXPECT_EQ(days("DTSTART:20260328T230000Z\nDTEND:20260329T220000Z"), "03-29 ") << "a day of 23 hours";
  EXPECT_EQ(days("DTSTART:20261024T220000Z\nDTEND:20261025T230000Z"), "10-25 ") << "a day of 25 hours";
  EXPECT_EQ(days("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20260328T230000Z\nDTEND:20260329T220000Z"), "03-29 ");
  EXPECT_EQ(days("DTSTART;TZID=Europe/Berlin:20260329T000000\nDTEND;TZID=Europe/Berlin:20260330T000000"), "03-29 ");
  EXPECT_EQ(days("DTSTART:20261225T000000\nDTEND:20261226T235900"), "12-25 12-26 ");
  EXPECT_EQ(days("DTSTART:20261224T230000Z\nDTEND:20261226T225900Z"), "12-25 12-26 ");
  EXPECT_EQ(days("DTSTART:20261225T000000\nDTEND:20261227T000000"), "12-25 12-26 ");
  EXPECT_EQ(days("DTSTART:20261224T230000Z\nDTEND:20261226T230000Z"), "12-25 12-26 ");
  for (const char* form :
       {"DTSTART:20261225T100000\nDTEND:20261225T110000", "DTSTART:20261225T000000\nDTEND:20261225T120000",
        "DTSTART:20261225T100000Z\nDTEND:20261225T183000Z", "DTSTART:20261225T000000"}) {
    std::vector<std::string> notes;
    EXPECT_EQ(days(form, &notes), "") << form;
    ASSERT_EQ(notes.size(), 1U) << form;
    EXPECT_EQ(notes[0], "no whole days, left out: 'Christmas'");
  }
}

TEST(Holidays, ARuleOfExceptionsTakesDaysAway) {
  const auto years = [](const std::string& rules, std::vector<std::string>* notes = nullptr) {
    std::string text;
    const auto found = holidays_of("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Fest\nDTSTART;VALUE=DATE:20201223\n" +
                                       rules + "\nEND:VEVENT\nEND:VCALENDAR\n",
                                   *parse_local_day("2020-01-01"), *parse_local_day("2028-01-01"), notes);
    for (const auto& h : *found) text += to_string(h.day).substr(0, 4) + " ";
    return text;
  };
  EXPECT_EQ(years("RRULE:FREQ=YEARLY\nEXRULE:FREQ=YEARLY;INTERVAL=6"), "2021 2022 2023 2024 2025 2027 ");
  EXPECT_EQ(years("RRULE:FREQ=YEARLY\nEXRULE:FREQ=YEARLY;INTERVAL=2\nEXRULE:FREQ=YEARLY;INTERVAL=3"),
            "2021 2025 2027 ");
  std::vector<std::string> notes;
  EXPECT_EQ(years("RRULE:FREQ=YEARLY;INTERVAL=4\nEXRULE:FREQ=NEVER", &notes), "2020 2024 ");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("'Fest'"), std::string::npos);
}

TEST(Holidays, OneOfASeriesThatBecameAnAppointmentIsNone) {
  const auto days = [](const std::string& others, const std::string& more = "RRULE:FREQ=WEEKLY;COUNT=3\n") {
    std::string text;
    std::vector<std::string> notes;
    const auto found = holidays_of("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Fest\nDTSTART;VALUE=DATE:20261207\n" +
                                       more + "END:VEVENT\n" + others + "END:VCALENDAR\n",
                                   *parse_local_day("2026-01-01"), *parse_local_day("2028-01-01"), &notes);
    if (!found) return found.error().message;
    for (const auto& h : *found) text += to_string(h.day).substr(5) + " ";
    return text + (notes.empty() ? "" : "noted");
  };
  const auto other = [](const std::string& inside) {
    return "BEGIN:VEVENT\nUID:1\nSUMMARY:Meeting\n" + inside + "\nEND:VEVENT\n";
  };
  EXPECT_EQ(days(other("RECURRENCE-ID;VALUE=DATE:20261214\nDTSTART;TZID=Europe/Berlin:20261214T080000\n"
                       "DTEND;TZID=Europe/Berlin:20261214T090000")),
            "12-07 12-21 noted");
  EXPECT_EQ(days(other("RECURRENCE-ID:20261214T000000\nDTSTART:20261214T080000\nDURATION:PT1H")), "12-07 12-21 noted");
  EXPECT_EQ(days(other("RECURRENCE-ID;VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261216")), "12-07 12-16 12-21 ");
  EXPECT_EQ(
      days(other("RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261214\nDTSTART:20261214T080000\nDURATION:PT1H")),
      "12-07 noted");
  EXPECT_EQ(days(other("RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261215")),
            "12-07 12-15 12-22 ");
  EXPECT_EQ(days("", "RDATE;VALUE=PERIOD:20261223T000000/20261225T000000\n"), "12-07 12-23 12-24 ");
  EXPECT_EQ(days("", "RDATE;VALUE=PERIOD:20261223T000000/P3D\n"), "12-07 12-23 12-24 12-25 ");
  EXPECT_EQ(days("", "RDATE;VALUE=PERIOD:20261223T090000/PT2H\n"), "12-07 ") << "hours are no holiday";
}

TEST(CalendarFile, FeedsByUrlNeverRefuseIt) {
  const auto with = [](const std::string& holidays, const std::string* feed, const std::string& more = "") {
    Read out;
    const FindFeed find = [&](const std::string& name) { return name == "https://example.org/a.ics" ? feed : nullptr; };
    out.calendars =
        read_calendar_file({"/etc/orgo/rules.yaml",
                            "calendars:\n  office:\n    time_zone: UTC\n    hours: {mon-fri: 8-17}\n    holidays: [" +
                                holidays + "]\n" + more},
                           find, out.errors);
    return out;
  };
  const auto told = [](const Read& read) {
    return read.errors.empty() ? "none"
                               : std::to_string(read.errors[0].line) +
                                     (read.errors[0].is_warning ? " warning: " : " error: ") + read.errors[0].message;
  };
  const std::string good(kFeed), page = "<html>", empty = "BEGIN:VCALENDAR\nEND:VCALENDAR\n";
  for (const auto* name : {"https://example.org/a.ics", "{url: 'https://example.org/a.ics'}",
                           "{file: 'https://example.org/a.ics'}", "webcal://example.org/a.ics"}) {
    const auto result = with(name, &good);
    EXPECT_EQ(told(result), "none") << name;
    EXPECT_FALSE(open_at(*result.calendars.find("office"), at("2026-12-25T09:00:00Z"))) << name;
  }
  const auto missing = with("12-24, https://example.org/a.ics", nullptr);
  EXPECT_EQ(told(missing), "5 warning: this feed was never fetched: nothing of it counts yet");
  EXPECT_FALSE(open_at(*missing.calendars.find("office"), at("2026-12-24T09:00:00Z")));
  EXPECT_TRUE(open_at(*missing.calendars.find("office"), at("2026-12-25T09:00:00Z")));
  EXPECT_EQ(told(with("https://example.org/a.ics", &page)),
            "5 warning: nothing of this feed counts: iCalendar: no BEGIN:VCALENDAR in it");
  // A name that the feed of today does not have is its own affair; a name that a file beside the rules has not is a
  // mistake.
  EXPECT_EQ(told(with("https://example.org/a.ics", &empty, "    not_holidays: [Christmas]\n")),
            "6 warning: no holiday is called 'Christmas'");
  EXPECT_EQ(told(with("12-24", &empty, "    not_holidays: [Christmas]\n")),
            "6 error: no holiday is called 'Christmas'");
  // A URL that can never be asked is a mistake.
  EXPECT_EQ(told(with("'https://'", nullptr)), "5 error: this URL has no host");
  EXPECT_EQ(told(with("'https:///a.ics'", nullptr)), "5 error: this URL has no host");
  EXPECT_EQ(told(with("'https://a b/c'", nullptr)), "5 error: a URL has no spaces");
  EXPECT_EQ(told(with("'https://a/" + std::string(1'989, 'b') + "'", nullptr)),
            "5 warning: this feed was never fetched: nothing of it counts yet");
  EXPECT_EQ(told(with("'https://a/" + std::string(1'991, 'b') + "'", nullptr)),
            "5 error: this URL is longer than 2000 bytes");
  EXPECT_EQ(told(with("gone.ics", nullptr)), "5 error: the feed '/etc/orgo/gone.ics' can't be read");
}

TEST(CalendarFile, NamesFeedsOfAllKinds) {
  const SourceFile file{"/etc/orgo/rules.yaml", R"(
calendars:
  a: {time_zone: UTC, holidays: [12-24, one.ics, {file: two.ics}, {url: "https://x.org/3"}, "webcal://x.org/4.ics", one.ics]}
  b: {time_zone: UTC, holidays: 7}
quiet_hours: {time_zone: UTC, holidays: [five.ics]}
on_call:
  plumbers: {time_zone: UTC, shifts: https://x.org/6}
  others: {time_zone: UTC, shifts: /srv/seven.ics}
)"};
  EXPECT_EQ(feeds_named_in(file), (std::vector<std::string>{"/etc/orgo/one.ics", "/etc/orgo/two.ics", "https://x.org/3",
                                                            "https://x.org/4.ics", "/etc/orgo/five.ics",
                                                            "https://x.org/6", "/srv/seven.ics"}));
  EXPECT_TRUE(feeds_named_in({"a.yaml", "holidays: ["}).empty());
}

}  // namespace
}  // namespace orgo
