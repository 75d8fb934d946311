#include "base/icalendar.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace orgo {
namespace {

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}

std::string file(std::string_view inside) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + std::string(inside) + "END:VCALENDAR\r\n";
}
std::string event(std::string_view inside) {
  return file("BEGIN:VEVENT\r\n" + std::string(inside) + "END:VEVENT\r\n");
}

std::vector<std::string> starts(const std::string& text, std::string_view from = "2020-01-01T00:00:00Z",
                                std::string_view to = "2030-01-01T00:00:00Z") {
  const auto calendar = read_icalendar(text);
  EXPECT_TRUE(calendar);
  const auto all = occurrences(*calendar, {at(from), at(to)}, TimeZone());
  EXPECT_TRUE(all);
  std::vector<std::string> out;
  for (const auto& o : *all)
    out.push_back(o.event->start.all_day ? to_string(o.start).substr(0, 10) : to_rfc3339(o.begins));
  return out;
}
using Texts = std::vector<std::string>;

TEST(Icalendar, ReadsAnInviteAsOutlookWritesIt) {
  const auto calendar = read_icalendar(file(
      "METHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nEND:VTIMEZONE\r\n"
      "BEGIN:VEVENT\r\nORGANIZER;CN=\"Frank; Sample\":MAILTO:f@example.com\r\n"
      "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Rose Mary\r\n :mailto:rose@example.com\r\n"
      "SUMMARY;LANGUAGE=en:Parents' even\r\n ing\\, room 12\r\nDESCRIPTION:one\\ntwo\\\\\r\n"
      "DTSTART;TZID=W. Europe Standard Time:20210727T103000\r\nDTEND;TZID=W. Europe Standard Time:20210727T120000\r\n"
      "UID:1\r\nSTATUS:confirmed\r\nSEQUENCE:3\r\nLOCATION:Hall\r\nBEGIN:VALARM\r\nDESCRIPTION:REMINDER\r\nEND:"
      "VALARM\r\nEND:VEVENT\r\n"));
  ASSERT_TRUE(calendar);
  EXPECT_EQ(calendar->method, "REQUEST");
  ASSERT_EQ(calendar->events.size(), 1U);
  const auto& e = calendar->events[0];
  EXPECT_EQ(e.summary, "Parents' evening, room 12");
  EXPECT_EQ(e.description, "one\ntwo\\");
  EXPECT_EQ(e.organizer->address, "f@example.com");
  EXPECT_EQ(e.organizer->name, "Frank; Sample");
  ASSERT_EQ(e.attendees.size(), 1U);
  EXPECT_EQ(e.attendees[0].address, "rose@example.com");
  EXPECT_TRUE(e.attendees[0].reply_wanted);
  EXPECT_EQ(e.start.zone, "Europe/Berlin");
  EXPECT_EQ(to_rfc3339(*e.start.instant), "2021-07-27T08:30:00Z");
  EXPECT_EQ(to_rfc3339(*e.end->instant), "2021-07-27T10:00:00Z");
  EXPECT_EQ(e.status, "CONFIRMED");
  EXPECT_EQ(e.sequence, 3);
}

TEST(Icalendar, ZonesOfTheFileItself) {
  const auto text = file(
      "BEGIN:VTIMEZONE\nTZID:Our zone\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+"
      "0100\n"
      "TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
      "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Our "
      "zone:20260115T090000\nRRULE:FREQ=MONTHLY;INTERVAL=6;COUNT=2\nEND:VEVENT\n");
  EXPECT_EQ(starts(text), (Texts{"2026-01-15T08:00:00Z", "2026-07-15T07:00:00Z"}));
}

TEST(Icalendar, RulesExceptionsAndMovedOnes) {
  EXPECT_EQ(starts(event("UID:1\nDTSTART;VALUE=DATE:20121224\nRRULE:FREQ=YEARLY;COUNT=10\n")),
            (Texts{"2020-12-24", "2021-12-24"}));
  EXPECT_EQ(starts(event("UID:1\nDTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\n")),
            (Texts{"2024-02-29", "2028-02-29"}));
  EXPECT_EQ(starts(event("UID:1\nDTSTART;TZID=Europe/Berlin:20260327T090000\nRRULE:FREQ=DAILY;UNTIL=20260330T070000Z\n"
                         "EXDATE;TZID=Europe/Berlin:20260328T090000\nRDATE;TZID=Europe/Berlin:20260501T100000\n")),
            (Texts{"2026-03-27T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z", "2026-05-01T08:00:00Z"}));
  EXPECT_EQ(starts(file("BEGIN:VEVENT\nUID:1\nDTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\n"
                        "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260112T090000Z\nDTSTART:20260113T150000Z\nEND:VEVENT\n"
                        "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260119T090000Z\nDTSTART:20260119T090000Z\nSTATUS:"
                        "CANCELLED\nEND:VEVENT\n")),
            (Texts{"2026-01-05T09:00:00Z", "2026-01-13T15:00:00Z"}));
  EXPECT_EQ(starts(event("UID:1\nDTSTART:20260105T090000Z\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\n")),
            (Texts{"2026-01-05T09:00:00Z"}));
}

TEST(Icalendar, ThisAndFutureMovesAllLaterOnes) {
  const auto series = [](std::string_view others, std::string_view start = ";VALUE=DATE:20261207") {
    return file("BEGIN:VEVENT\nUID:1\nDTSTART" + std::string(start) + "\nRRULE:FREQ=WEEKLY;COUNT=4\nEND:VEVENT\n" +
                std::string(others));
  };
  const std::string later = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE";
  EXPECT_EQ(starts(series(later + ";VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261215\nEND:VEVENT\n")),
            (Texts{"2026-12-07", "2026-12-15", "2026-12-22", "2026-12-29"}));
  EXPECT_EQ(starts(series(later + ";VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261212\nEND:VEVENT\n")),
            (Texts{"2026-12-07", "2026-12-12", "2026-12-19", "2026-12-26"}))
      << "to the front";
  EXPECT_EQ(starts(series(later + ";VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261214\nSTATUS:CANCELLED\nEND:VEVENT\n")),
            (Texts{"2026-12-07"}));
  EXPECT_EQ(starts(series(later + ";VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261215\nEND:VEVENT\n" +
                          "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20261221\nDTSTART;VALUE=DATE:20261224\n"
                          "END:VEVENT\n")),
            (Texts{"2026-12-07", "2026-12-15", "2026-12-24", "2026-12-29"}))
      << "one of the later ones goes its own way";
  EXPECT_EQ(starts(series(later + ";VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261215\nEND:VEVENT\n" + later +
                          ";VALUE=DATE:20261228\nDTSTART;VALUE=DATE:20261230\nEND:VEVENT\n")),
            (Texts{"2026-12-07", "2026-12-15", "2026-12-22", "2026-12-30"}))
      << "the newest counts";
  EXPECT_EQ(starts(series(later + ";TZID=Europe/Berlin:20261214T090000\nDTSTART;TZID=Europe/Berlin:20261214T100000\n"
                                  "END:VEVENT\n",
                          ";TZID=Europe/Berlin:20261207T090000")),
            (Texts{"2026-12-07T08:00:00Z", "2026-12-14T09:00:00Z", "2026-12-21T09:00:00Z", "2026-12-28T09:00:00Z"}));
  EXPECT_EQ(starts(series("BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;VALUE=DATE:20261214\nDTSTART;VALUE=DATE:20261215\n"
                          "END:VEVENT\n")),
            (Texts{"2026-12-07", "2026-12-15", "2026-12-21", "2026-12-28"}))
      << "without RANGE it is the one";
}

TEST(Icalendar, PeriodsHaveALengthOfTheirOwn) {
  const auto ends = [](const std::string& rdate) {
    const auto calendar = read_icalendar(event("UID:1\nDTSTART:20261221T090000Z\nDURATION:PT1H\n" + rdate + "\n"));
    const auto all = occurrences(*calendar, {at("2026-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")}, TimeZone());
    EXPECT_EQ(all->size(), 2U) << rdate;
    return to_rfc3339(all->back().finishes);
  };
  EXPECT_EQ(ends("RDATE:20261223T090000Z"), "2026-12-23T10:00:00Z");
  EXPECT_EQ(ends("RDATE;VALUE=PERIOD:20261223T090000Z/20261223T120000Z"), "2026-12-23T12:00:00Z");
  EXPECT_EQ(ends("RDATE;VALUE=PERIOD:20261223T090000Z/PT2H30M"), "2026-12-23T11:30:00Z");
  EXPECT_EQ(ends("RDATE;VALUE=PERIOD;TZID=Europe/Berlin:20261223T090000/20261225T090000"), "2026-12-25T08:00:00Z");
  for (const char* none : {"/20261222T090000Z", "/", "/later", "/PT0S"})
    EXPECT_EQ(ends("RDATE;VALUE=PERIOD:20261223T090000Z" + std::string(none)), "2026-12-23T10:00:00Z") << none;
}

TEST(Icalendar, FilesInUtf16) {
  const auto text = event("UID:1\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Caf\xC3\xA9\n");
  for (const bool big : {false, true})
    for (const bool mark : {false, true}) {
      std::string wide;
      const auto put = [&](char high, char low) { wide.append({big ? high : low, big ? low : high}); };
      if (mark) put('\xFE', '\xFF');
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\xC3') put('\0', '\xE9');
        else if (text[i] != '\xA9') put('\0', text[i]);
      }
      const auto calendar = read_icalendar(wide);
      ASSERT_TRUE(calendar) << big << mark;
      ASSERT_EQ(calendar->events.size(), 1U);
      EXPECT_EQ(calendar->events[0].summary, "Caf\xC3\xA9");
      EXPECT_EQ(starts(wide), Texts{"2026-12-25"});
    }
  EXPECT_FALSE(read_icalendar("\xFF\xFE"));
  EXPECT_FALSE(
      read_icalendar("\xFF\xFE"
                     "B"));
}

TEST(Icalendar, LengthsAndEndsThatMakeNoSense) {
  auto calendar = read_icalendar(event("DTSTART;VALUE=DATE:20161226\nDTEND;VALUE=DATE:20121227\n"));
  ASSERT_TRUE(calendar);
  EXPECT_FALSE(calendar->events[0].end);
  EXPECT_EQ(calendar->notes.size(), 1U);
  auto all = occurrences(*calendar, {at("2016-01-01T00:00:00Z"), at("2017-01-01T00:00:00Z")}, TimeZone());
  EXPECT_EQ(to_string((*all)[0].end), "2016-12-27T00:00:00");
  calendar = read_icalendar(event("DTSTART:20260105T090000Z\nDURATION:P1DT2H\n"));
  EXPECT_EQ(to_rfc3339(*calendar->events[0].end->instant), "2026-01-06T11:00:00Z");
  EXPECT_TRUE(read_icalendar(event("SUMMARY:no start\n"))->events.empty());
}

TEST(Icalendar, LimitsAreErrors) {
  EXPECT_EQ(read_icalendar("hello").error().code, Errc::invalid_input);
  EXPECT_EQ(read_icalendar("").error().code, Errc::invalid_input);
  IcalLimits limits;
  limits.events_max = 2;
  const std::string one = "BEGIN:VEVENT\nDTSTART:20260105T090000Z\nEND:VEVENT\n";
  EXPECT_TRUE(read_icalendar(file(one + one), limits));
  EXPECT_EQ(read_icalendar(file(one + one + one), limits).error().code, Errc::resource_exhausted);
  limits.bytes_max = file(one).size();
  EXPECT_TRUE(read_icalendar(file(one), limits));
  EXPECT_EQ(read_icalendar(file(one) + "\n", limits).error().code, Errc::resource_exhausted);
  std::string deep;
  for (int i = 0; i < 7; ++i) deep += "BEGIN:X\n";
  EXPECT_TRUE(read_icalendar("BEGIN:VCALENDAR\n" + deep));
  EXPECT_EQ(read_icalendar("BEGIN:VCALENDAR\nBEGIN:X\n" + deep).error().code, Errc::resource_exhausted);
  const auto daily = read_icalendar(event("UID:1\nDTSTART:20260101T090000Z\nRRULE:FREQ=DAILY\n"));
  EXPECT_TRUE(occurrences(*daily, {at("2026-01-01T00:00:00Z"), at("2026-01-11T00:00:00Z"), 10}, TimeZone()));
  EXPECT_EQ(occurrences(*daily, {at("2026-01-01T00:00:00Z"), at("2026-01-12T00:00:00Z"), 10}, TimeZone()).error().code,
            Errc::resource_exhausted);
}

TEST(Icalendar, RulesThatNeverMatchCostABudgetAndNoMore) {
  std::string many;
  for (int i = 0; i < 2'000; ++i)
    many += "BEGIN:VEVENT\nUID:" + std::to_string(i) +
            "\nDTSTART:16000101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\nEND:VEVENT\n";
  const auto calendar = read_icalendar(file(many));
  ASSERT_TRUE(calendar);
  const auto all = occurrences(*calendar, {at("2026-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z")}, TimeZone());
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, Errc::resource_exhausted);
}

TEST(Icalendar, NeverCrashesOnBrokenFiles) {
  const auto good = file(
      "METHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+"
      "0200\r\n"
      "TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
      "DTSTART;TZID=\"Z\":20210727T103000\r\nRRULE:FREQ=MONTHLY;BYDAY=2MO,-1FR;BYSETPOS=1\r\nEXDATE:20210827T103000Z,"
      "20210828\r\n"
      "DURATION:PT1H\r\nSUMMARY:\xC3\xA4\\n\r\nATTENDEE;CN=\"a:b\":mailto:x@y\r\nEND:VEVENT\r\n");
  std::mt19937 random(4711);
  for (int i = 0; i < 3'000; ++i) {
    auto text = good;
    for (int n = 0; n < 4; ++n) {
      const auto place = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[place] = static_cast<char>(random());
          break;
        case 1:
          text.erase(place, random() % 20);
          break;
        case 2:
          text.insert(place, text.substr(random() % text.size(), random() % 40));
          break;
        default:
          text[place] = ";:,=\"\\\r\n-9PTZ "[random() % 15];
          break;
      }
    }
    const auto calendar = read_icalendar(text);
    if (calendar)
      (void)occurrences(*calendar, {at("2020-01-01T00:00:00Z"), at("2023-01-01T00:00:00Z"), 1'000}, TimeZone());
  }
}

TEST(Recurrence, RefusesWhatMakesNoSense) {
  for (const auto* text :
       {"", "FREQ=HOURLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0", "COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=YEARLY;BYDAY=0MO", "FREQ=YEARLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1", "FREQ=YEARLY;BYSETPOS=0", "FREQ=YEARLY;RSCALE=HEBREW",
        "FREQ=YEARLY;BYYEARDAY=367", "FREQ=DAILY;UNTIL=20260230", "FREQ=DAILY;UNTIL=2026", "FREQ=YEARLY;BYHOUR=24"})
    EXPECT_FALSE(parse_recurrence(text)) << text;
  EXPECT_TRUE(parse_recurrence("freq=yearly;byday=4th;bymonth=11;"));
}

}  // namespace
}  // namespace orgo
