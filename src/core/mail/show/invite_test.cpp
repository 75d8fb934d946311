#include "core/mail/show/invite.h"
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

std::string mail_with(std::string_view calendar) {
  return "From: anna@example.org\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nPlease come.\n"
         "--b\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n" +
         std::string(calendar) + "\n--b--\n";
}
constexpr std::string_view kRequest =
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nVERSION:2.0\nBEGIN:VEVENT\nUID:1@x\nSUMMARY:Roof\\, again\n"
    "DTSTART;TZID=Europe/Berlin:20260302T103000\nDTEND;TZID=Europe/Berlin:20260302T110000\n"
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10\nLOCATION:Room 12\nORGANIZER;CN=Anna:mailto:anna@example.org\n"
    "ATTENDEE;CN=Peter;PARTSTAT=NEEDS-ACTION:mailto:peter@example.org\nEND:VEVENT\nEND:VCALENDAR\n";

std::vector<Invite> invites_of(const std::string& raw) {
  return find_invites(raw, read_message(raw));
}

TEST(Invite, ShowsWhatPeopleNeed) {
  const auto invites = invites_of(mail_with(kRequest));
  ASSERT_EQ(invites.size(), 1U);
  const auto& invite = invites.front();
  EXPECT_EQ(invite.what(), "Invitation");
  EXPECT_EQ(invite.event.summary, "Roof, again");
  EXPECT_EQ(invite.when(), "Monday, 2 March 2026, 10:30 to 11:00 (Europe/Berlin)");
  EXPECT_EQ(invite.recurrence(), "every week on Monday and Wednesday, 10 times");
  EXPECT_EQ(invite.event.location, "Room 12");
  EXPECT_EQ(invite.event.organizer->name, "Anna");
  EXPECT_EQ(invite.event.attendees.front().address, "peter@example.org");
  std::string text;
  JsonWriter json(text);
  write_invite(json, invite);
  EXPECT_NE(text.find("\"start\":\"2026-03-02T09:30:00Z\""), std::string::npos) << text;
}

TEST(Invite, CancelAndReply) {
  std::string calendar(kRequest);
  calendar.replace(calendar.find("METHOD:REQUEST"), 14, "METHOD:CANCEL");
  EXPECT_EQ(invites_of(mail_with(calendar)).front().what(), "Cancelled");
  calendar.replace(calendar.find("METHOD:CANCEL"), 13, "METHOD:REPLY");
  calendar.replace(calendar.find("NEEDS-ACTION"), 12, "DECLINED");
  EXPECT_EQ(invites_of(mail_with(calendar)).front().what(), "Declined by Peter");
}

TEST(Invite, WholeDays) {
  const auto invites =
      invites_of(mail_with("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260304\nEND:"
                           "VEVENT\nEND:VCALENDAR\n"));
  ASSERT_EQ(invites.size(), 1U);
  EXPECT_EQ(invites.front().when(), "Monday, 2 March 2026 to Tuesday, 3 March 2026 (all day)");
  EXPECT_EQ(invites.front().what(), "Calendar entry");
}

TEST(Invite, NoneInAMailWithout) {
  const std::string raw = "From: a@example.org\n\ntext\n";
  EXPECT_FALSE(has_calendar(read_message(raw)));
  EXPECT_TRUE(invites_of(raw).empty());
  EXPECT_TRUE(invites_of(mail_with("no calendar")).empty());
}

TEST(Invite, ManyAreBounded) {
  std::string calendar = "BEGIN:VCALENDAR\n";
  for (int i = 0; i < 51; ++i)
    calendar += "BEGIN:VEVENT\nUID:" + std::to_string(i) + "\nDTSTART:20260302T103000Z\nEND:VEVENT\n";
  EXPECT_EQ(invites_of(mail_with(calendar + "END:VCALENDAR\n")).size(), 50U);
}

TEST(Invite, RecurrenceInWords) {
  EXPECT_EQ(recurrence_in_words("FREQ=DAILY"), "every day");
  EXPECT_EQ(recurrence_in_words("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), "every second week on Tuesday");
  EXPECT_EQ(recurrence_in_words("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), "every week from Monday to Friday");
  EXPECT_EQ(recurrence_in_words("FREQ=MONTHLY;BYDAY=2TU"), "every month on the 2nd Tuesday");
  EXPECT_EQ(recurrence_in_words("FREQ=MONTHLY;BYDAY=-1FR"), "every month on the last Friday");
  EXPECT_EQ(recurrence_in_words("FREQ=MONTHLY;BYMONTHDAY=1,15"), "every month on the 1st and 15th");
  EXPECT_EQ(recurrence_in_words("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2;UNTIL=20300302T000000Z"),
            "every year on the 2nd in March, until Saturday, 2 March 2030");
  EXPECT_EQ(recurrence_in_words("FREQ=YEARLY;BYWEEKNO=20"), "FREQ=YEARLY;BYWEEKNO=20");
  EXPECT_EQ(recurrence_in_words("nonsense"), "nonsense");
}

}  // namespace
}  // namespace orgo
