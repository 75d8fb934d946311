#include "core/mail/read/original_date.h"

#include <gtest/gtest.h>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};
constexpr TimePoint kFallback = kNow - std::chrono::hours(5);

TEST(OriginalDate, IsTheDateOfTheMail) {
  Message message;
  message.date = kNow - std::chrono::hours(24 * 4000);
  EXPECT_EQ(original_date(message, kFallback, kNow), *message.date);
}

TEST(OriginalDate, ADateThatCannotBeIsNotTaken) {
  Message message;
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = kNow + Millis{1};
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = TimePoint{Millis{315'532'799'999}};
  EXPECT_EQ(original_date(message, kFallback, kNow), kFallback);
  message.date = TimePoint{Millis{315'532'800'000}};
  EXPECT_EQ(original_date(message, kFallback, kNow), *message.date);
  EXPECT_EQ(original_date(Message{}, kNow + std::chrono::hours(1), kNow), kNow);
}

TEST(OriginalDate, AskTheServersWhenTheSenderDidNotSay) {
  Message message;
  message.make_mail().headers = {{"Received", "from a by b; garbage"},
                                 {"received", "from a by b with ESMTP; Tue, 12 Jan 2016 10:00:00 +0100"},
                                 {"Received", "from x by a; Tue, 12 Jan 2016 09:00:00 +0100"}};
  EXPECT_EQ(to_rfc3339(original_date(message, kFallback, kNow)), "2016-01-12T09:00:00Z");
}

/// "2016-01-12T09:00:00Z received: there is none".
std::string said(const Message& message, const Envelope& envelope) {
  const auto date = date_of(message, envelope);
  return to_rfc3339(date.at) + " " + std::string(to_string(date.source)) + (date.doubt.empty() ? "" : ": ") +
         date.doubt;
}

TEST(DateOf, SaysFromWhereItIsKnownAndWhyTheDateIsNotBelieved) {
  Envelope envelope{.tenant = kTenant, .received_at = *parse_rfc3339("2026-11-16T08:00:00Z")};
  Message message;
  auto& headers = message.make_mail().headers;
  EXPECT_EQ(said(message, envelope), "2026-11-16T08:00:00Z arrival: there is none");
  message.date = *parse_rfc3339("2026-11-16T07:59:30Z");
  EXPECT_EQ(said(message, envelope), "2026-11-16T07:59:30Z date_field");
  message.date = *parse_rfc3339("2099-01-01T00:00:00Z");
  EXPECT_EQ(said(message, envelope), "2026-11-16T08:00:00Z arrival: 2099-01-01T00:00:00Z is later than the mail came");
  headers = {{"Received", "from a by b; Mon, 16 Nov 2026 08:59:00 +0100"}};
  EXPECT_EQ(said(message, envelope), "2026-11-16T07:59:00Z received: 2099-01-01T00:00:00Z is later than the mail came");
  message.date = *parse_rfc3339("1970-01-01T00:00:00Z");
  EXPECT_EQ(said(message, envelope),
            "2026-11-16T07:59:00Z received: 1970-01-01T00:00:00Z is before there was such mail");
  message.date.reset();
  headers.push_back({"DATE", " yesterday, about noon"});
  EXPECT_EQ(said(message, envelope), "2026-11-16T07:59:00Z received: 'yesterday, about noon' is no date");
}

TEST(DateOf, TellsByWhatArchiveModeDatedIt) {
  const auto filed = *parse_rfc3339("2016-01-12T10:00:00Z");
  Message message;
  for (const auto& [channel, source] : {std::pair(Channel::import_, DateSource::filed),
                                        {Channel::imap, DateSource::filed},
                                        {Channel::http, DateSource::given}}) {
    Envelope envelope{.tenant = kTenant, .channel = channel, .received_at = kNow, .archived = Archived{filed}};
    const auto date = date_of(message, envelope);
    EXPECT_EQ(date.at, filed);
    EXPECT_EQ(date.source, source) << to_string(channel);
    EXPECT_EQ(date.doubt, "there is none");
    envelope.archived->at = kNow;
    EXPECT_EQ(date_of(message, envelope).source, DateSource::arrival);
    message.date = filed;
    EXPECT_EQ(date_of(message, {.tenant = kTenant, .received_at = kNow, .archived = Archived{filed}}).source,
              DateSource::date_field);
    message.date.reset();
  }
}

}  // namespace
}  // namespace orgo
