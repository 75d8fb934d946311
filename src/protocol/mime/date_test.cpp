#include "protocol/mime/date.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace orgo::mime {
namespace {

std::string read(std::string_view value) {
  const auto date = parse_date(value);
  return date ? to_rfc3339(*date) : "none";
}

TEST(Date, FollowsRfc5322) {
  EXPECT_EQ(read("Fri, 21 Nov 1997 09:55:06 -0600"), "1997-11-21T15:55:06Z");
  EXPECT_EQ(read("Tue, 1 Jul 2003 10:52:37 +0200"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("Thu,\r\n   13\r\n  Feb\r\n    1969\r\n  23:32\r\n  -0330 (Newfoundland Time)"),
            "1969-02-14T03:02:00Z");
  EXPECT_EQ(read("21 Nov 97 09:55:06 GMT"), "1997-11-21T09:55:06Z");
  EXPECT_EQ(read("Fri, 21 Nov 1997 09(comment):   55  :  06 -0600").substr(0, 10), "1997-11-21")
      << "white space in the time";
  EXPECT_EQ(read("Fri, 21 Nov 103 09:55:06 EST"), "2003-11-21T14:55:06Z") << "three-digit years count from 1900";
  EXPECT_EQ(read("29 Feb 2024 23:59:60 +0000"), "2024-02-29T23:59:59Z") << "a leap second";
  EXPECT_EQ(read("1 Jan 2020 00:00:00 ZZZZ"), "2020-01-01T00:00:00Z");
}

TEST(Date, ReadsWhatMailersWriteInstead) {
  EXPECT_EQ(read("Tue Jul  1 10:52:37 2003"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tue Jul  1 10:52:37 CEST 2003"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("2003-07-01T10:52:37Z"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("2003-07-01T10:52:37.250+02:00"), "2003-07-01T08:52:37.250Z");
  EXPECT_EQ(read("2003-07-01 10:52:37"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tuesday, 1-Jul-03 10:52:37 GMT"), "2003-07-01T10:52:37Z");
  EXPECT_EQ(read("Tue, 01 Jul 2003 10.52.37 +0200"), "2003-07-01T08:52:37Z");
  EXPECT_EQ(read("7/1/2003 10:52:37 PM"), "2003-07-01T22:52:37Z");
  EXPECT_EQ(read("1.7.2003 10:52"), "2003-07-01T10:52:00Z");
  EXPECT_EQ(read("July 1, 2003 10:52 GMT+0200"), "2003-07-01T08:52:00Z");
  EXPECT_EQ(read("1 Jul 2003 12:05 am"), "2003-07-01T00:05:00Z");
  EXPECT_EQ(read("1 Jul 2003"), "2003-07-01T00:00:00Z");
}

TEST(Date, KnowsTheMonthsOfOtherLanguages) {
  const std::vector<std::vector<const char*>> months{
      {"Jänner", "janv.", "ene", "gen", "ian", "Oca", "sty", "tammikuuta", "ledna", "янв", "січня", "Ιαν"},
      {"févr.", "fev", "lut", "února", "helmikuuta", "Şub", "фев", "лютого", "Φεβ", "febbraio", "febrero", "veljače"},
      {"März", "Mrz", "mrt", "maart", "mars", "marzo", "márc", "března", "maaliskuuta", "мар", "берез", "Μαρ"},
      {"avr.", "abr", "ápr", "kwi", "huhtikuuta", "dubna", "Nis", "апр", "квіт", "Απρ", "aprile", "travnja"},
      {"Mai", "mei", "maj", "máj", "mag", "toukokuuta", "května", "мая", "трав", "Μαΐ", "mayo", "maio"},
      {"juin", "giu", "iun", "cze", "kesäkuuta", "června", "Haz", "июн", "черв", "Ιουν", "jún", "junio"},
      {"juil.", "lug", "iul", "lip", "heinäkuuta", "července", "Tem", "июл", "липня", "Ιουλ", "júl", "julio"},
      {"août", "ago", "sie", "elokuuta", "srpna", "Ağu", "авг", "серп", "Αυγ", "aout", "augustus", "agosto"},
      {"set", "szept", "wrz", "syyskuuta", "září", "Eyl", "сен", "верес", "Σεπ", "sept.", "septiembre", "rujna"},
      {"Okt", "ott", "out", "paź", "lokakuuta", "října", "Eki", "окт", "жовт", "Οκτ", "octobre", "outubro"},
      {"noi", "lis", "marraskuuta", "listopadu", "Kas", "ноя", "листоп", "Νοε", "novembre", "noviembre", "nov.",
       "studenoga"},
      {"Dez", "déc.", "dic", "des", "gru", "joulukuuta", "prosince", "Ara", "дек", "груд", "Δεκ", "dicembre"}};
  for (std::size_t month = 0; month < months.size(); ++month)
    for (const char* name : months[month]) {
      char expected[40];
      std::snprintf(expected, sizeof expected, "2026-%02zu-16T07:12:41Z", month + 1);
      EXPECT_EQ(read("16 " + std::string(name) + " 2026 08:12:41 +0100"), expected) << name;
    }
  EXPECT_EQ(read("mar., 16 nov. 2026 08:12:41 +0100"), "2026-11-16T07:12:41Z") << "Tuesday in French";
  EXPECT_EQ(read("Lun, 16 Nov 2026 08:12:41 +0100"), "2026-11-16T07:12:41Z");
  EXPECT_EQ(read("2026年11月16日 08:12:41 +0900"), "2026-11-15T23:12:41Z");
  EXPECT_EQ(read("16 de noviembre de 2026 08:12:41 +0100"), "2026-11-16T07:12:41Z");
}

TEST(Date, MonthsAndHoursInOtherScripts) {
  for (const char* value : {"星期五, 13 十一月 2026 15:05:07 +0100", "Fri, 13 十一月 2026 15:05:07 +0100",
                            "13 نوفمبر 2026 15:05:07 +0100",         "13 בנובמבר 2026 15:05:07 +0100",
                            "13 נובמבר 2026 15:05:07 +0100",         "13 พฤศจิกายน 2026 15:05:07 +0100",
                            "13 नवंबर 2026 15:05:07 +0100",           "13 tháng 11 2026 15:05:07 +0100",
                            "13 lapkričio 2026 15:05:07 +0100",      "13. nóvember 2026 15:05:07 +0100",
                            "13 ноември 2026 15:05:07 +0100",        "13 новембар 2026 15:05:07 +0100",
                            "2026年11月13日 15:05:07 +0100",         "Fri, 13 Nov 2026 15h05:07 +0100",
                            "Fri, 13 Nov 2026 15h05m07 +0100",       "Fri, 13 Nov 2026 15H05m07s +0100",
                            "13 novembre 2026 15h05h07 +0100",       "13 novembre 2026 à 15 h 05 min 07 +0100",
                            "2026年11月13日 15時05分07秒 +0100",     "2026年11月13日 15时05分07秒 +0100",
                            "2026년 11월 13일 15시 5분 7초 +0100",   "2026年11月13日 下午 3:05:07 +0100"})
    EXPECT_EQ(read(value), "2026-11-13T14:05:07Z") << value;
  EXPECT_EQ(read("13. November 2026 15 Uhr 05 +0100"), "2026-11-13T14:05:00Z");
  EXPECT_EQ(read("13 novembre 2026 15h05 +0100"), "2026-11-13T14:05:00Z");
  const std::vector<const char*> chinese = {"一月", "二月", "三月", "四月", "五月",   "六月",
                                            "七月", "八月", "九月", "十月", "十一月", "十二月"};
  for (std::size_t month = 0; month < chinese.size(); ++month) {
    char expected[40];
    std::snprintf(expected, sizeof expected, "2026-%02zu-16T08:12:41Z", month + 1);
    EXPECT_EQ(read("16 " + std::string(chinese[month]) + " 2026 08:12:41 +0000"), expected);
  }
}

TEST(Date, OddFormsOfRealMailers) {
  EXPECT_EQ(read("Sat, Apr 09 2005 06:39:52 -0700"), "2005-04-09T13:39:52Z");
  EXPECT_EQ(read("Wed,17 Jul 2002 15:41:00 +0800"), "2002-07-17T07:41:00Z");
  EXPECT_EQ(read("Tue, 19 Aug 2003 12:47:46 --0400"), "2003-08-19T16:47:46Z");
  EXPECT_EQ(read("Fri, 5 Sep 2003 13:2:1 -0800"), "2003-09-05T21:02:01Z");
  EXPECT_EQ(read("12 May 23 00:00:05 -0800"), "2023-05-12T08:00:05Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 8:12:41 AM +0100"), "2026-11-16T07:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 08.12.41 +0100"), "2026-11-16T07:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 24:00:00 +0000"), "2026-11-17T00:00:00Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 08:12:41 =?utf-8?Q?+0100?="), "2026-11-16T07:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 08:12:41 Pacific Standard Time"), "2026-11-16T16:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 08:12:41 Eastern Daylight Time"), "2026-11-16T12:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 2026 08:12:41 UTC+2"), "2026-11-16T06:12:41Z");
  EXPECT_EQ(read("Mon, 16 Nov 26 08:12:41 BRT"), "2026-11-16T11:12:41Z");
  EXPECT_EQ(read("Thu, 1 Oct 2015 14:40:57 +0200 (Mitteleurop\xE4ische Sommerzeit)"), "2015-10-01T12:40:57Z");
}

TEST(Date, OneInstantInManyForms) {
  for (const auto* value :
       {"20261116T071241Z", "20261116T081241+0100", "20261116 08:12:41 +0100", "Mon, 16th November 2026 08:12:41 +0100",
        "November 16th, 2026 08:12:41 +0100", "Mon, 16 Nov 2026 08:12:41 0100",
        "Mon, 16 Nov 2026 08:12:41 Europe/Berlin", "2026-11-16 02:12:41 America/New_York",
        "Mon, 16 Nov 2026 04:12:41 America/Argentina/Buenos_Aires", "1794813161", " 1794813161 "})
    EXPECT_EQ(read(value), "2026-11-16T07:12:41Z") << value;
  EXPECT_EQ(read("Mon, 16 Nov 2026 08:12:41 Mars/Olympus"), "2026-11-16T08:12:41Z") << "an unknown zone is UTC";
  EXPECT_EQ(read("Wed, 15 Jul 2026 09:12:41 Europe/Berlin"), "2026-07-15T07:12:41Z") << "in summer";
  EXPECT_EQ(read("9999999999"), "none");
  EXPECT_EQ(read("0000000000"), "1970-01-01T00:00:00Z");
}

TEST(Date, TheTwelveHoursOfEachHalfOfADay) {
  for (int hour = 0; hour < 24; ++hour)
    for (const auto* form : {"7/1/2003 %d:05:37 %s", "Tue, 1 Jul 2003 %d:05:37 %s", "1 Jul 2003 %d:05:37%s +0000"}) {
      char text[60], expected[40];
      std::snprintf(text, sizeof text, form, hour % 12 == 0 ? 12 : hour % 12, hour < 12 ? "AM" : "pm");
      std::snprintf(expected, sizeof expected, "2003-07-01T%02d:05:37Z", hour);
      EXPECT_EQ(read(text), expected) << text;
    }
  EXPECT_EQ(read("7/1/2003 22:52:37 PM"), "2003-07-01T22:52:37Z") << "said twice";
}

TEST(Date, OffsetsOnBothSidesOfGreenwich) {
  for (const int minutes : {-720, -570, -210, -90, -30, -15, 0, 15, 30, 345, 390, 525, 845}) {
    const char sign = minutes < 0 ? '-' : '+';
    const int size = minutes < 0 ? -minutes : minutes;
    const auto utc = 12 * 60 - minutes;  // of noon there
    for (const auto* form : {"Tue, 01 Jul 2003 12:00:00 %c%02d%02d", "July 1, 2003 12:00:00 %c%02d%02d",
                             "2003-07-01T12:00:00%c%02d:%02d", "1 Jul 2003 12:00 GMT%c%02d%02d"}) {
      char text[60], expected[40];
      std::snprintf(text, sizeof text, form, sign, size / 60, size % 60);
      std::snprintf(expected, sizeof expected, "2003-0%sT%02d:%02d:00Z",
                    utc < 0       ? "6-30"
                    : utc >= 1440 ? "7-02"
                                  : "7-01",
                    (utc + 1440) / 60 % 24, (utc + 1440) % 60);
      EXPECT_EQ(read(text), expected) << text;
    }
  }
}

TEST(Date, RefusesWhatIsNone) {
  EXPECT_EQ(read(""), "none");
  EXPECT_EQ(read("yesterday"), "none");
  EXPECT_EQ(read("13 zzz 2021 09:55:06 +0200"), "none");
  EXPECT_EQ(read("Tue, 7 Bog 2026 19:14:51 +0000"), "none");
  EXPECT_EQ(read("31 Feb 2021 09:55:06 +0200"), "none");
  EXPECT_EQ(read("1 Jul 2003 25:00:00"), "none");
  EXPECT_EQ(read("99999999999999999999 Jul 2003"), "none");
}

TEST(ParseDate, ZonesInOtherWords) {
  const auto at = [](const std::string& text) { return parse_date(text); };
  const auto seven = at("Mon, 16 Nov 2026 07:12:41 +0000");
  ASSERT_TRUE(seven);
  for (const char* zone :
       {"(CET)", "+0100", "+0100 (CET)", "MET", "W. Europe Standard Time", "(W. Europe Standard Time)",
        "Romance Standard Time", "Central European Standard Time", "CET"})
    EXPECT_EQ(at("Mon, 16 Nov 2026 08:12:41 " + std::string(zone)), seven) << zone;
  for (const char* zone : {"MET DST", "+0200", "W. Europe Daylight Time", "(CEST)", "CET DST"})
    EXPECT_EQ(at("Thu, 16 Jul 2026 09:12:41 " + std::string(zone)), at("Thu, 16 Jul 2026 07:12:41 +0000")) << zone;
  for (const char* minus : {"-", "\u2212", "\u2013", "\u2011"})
    EXPECT_EQ(at("Mon, 16 Nov 2026 02:12:41 " + std::string(minus) + "0500"), seven) << minus;
  EXPECT_EQ(at("Mon, 16 Nov 2026 08:12:41 +0100 (PST)"), seven) << "the number is the zone";
}

}  // namespace
}  // namespace orgo::mime
