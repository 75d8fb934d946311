#include <gtest/gtest.h>

#include <string>

#include "base/work.h"
#include "core/bounce/bounce.h"
#include "core/bounce/delivery_status.h"
#include "core/bounce/reason_patterns.h"
#include "core/bounce/smtp_answer.h"
#include "core/bounce/status_reason.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

BounceReport read(const std::string& raw) {
  return read_bounce(raw, read_message(raw));
}

std::string report(const std::string& status, const std::string& words = "Sorry.") {
  return "From: MAILER-DAEMON@relay.example\r\nTo: desk@orgo.example\r\nSubject: Undelivered Mail Returned to "
         "Sender\r\n"
         "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n" +
         words + "\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" + status +
         "\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <orgo-s5-t7-00000000@orgo.example>\r\n"
         "Subject: Re: =?utf-8?q?Heizung?=\r\nTo: anna@example.org\r\n\r\nHello\r\n--b--\r\n";
}

TEST(ReadBounce, TakesADeliveryStatusApart) {
  const auto got = read(
      report("Reporting-MTA: dns; relay.example\r\nArrival-Date: Sun, 22 Nov 2026 01:22:35 +0000\r\n\r\n"
             "Final-Recipient: rfc822; anna@mx.example.org\r\nOriginal-Recipient: rfc822;anna@example.org\r\nAction: "
             "failed\r\n"
             "Status: 5.1.1\r\nRemote-MTA: dns; mx.example.org\r\n"
             "Diagnostic-Code: smtp; 550 5.1.1 <anna@mx.example.org>:\r\n  Recipient address rejected: User unknown\r\n"
             "Last-Attempt-Date: Sun, 22 Nov 2026 01:22:40 +0000\r\n\r\n"
             "Final-Recipient: rfc822; bert@example.org\r\nAction: delayed\r\nStatus: 4.4.1\r\n"));
  ASSERT_EQ(got.recipients.size(), 2U);
  const auto& anna = got.recipients[0];
  EXPECT_EQ(anna.address, "anna@example.org");
  EXPECT_EQ(anna.final_address, "anna@mx.example.org");
  EXPECT_EQ(anna.action, DeliveryAction::failed);
  EXPECT_EQ(anna.permanence, Permanence::hard);
  EXPECT_EQ(anna.reason, BounceReason::userunknown);
  EXPECT_EQ(anna.status, "5.1.1");
  EXPECT_EQ(anna.reply_code, 550);
  EXPECT_EQ(anna.remote_mta, "mx.example.org");
  EXPECT_EQ(anna.diagnostic, "550 5.1.1 <anna@mx.example.org>: Recipient address rejected: User unknown");
  EXPECT_EQ(got.recipients[1].address, "bert@example.org");
  EXPECT_EQ(got.recipients[1].action, DeliveryAction::delayed);
  EXPECT_EQ(got.recipients[1].permanence, Permanence::soft);
  EXPECT_EQ(got.recipients[1].reason, BounceReason::expired);
  EXPECT_EQ(got.original_message_id, "orgo-s5-t7-00000000@orgo.example");
  EXPECT_EQ(got.original_subject, "Re: Heizung");
  EXPECT_EQ(got.reporting_mta, "relay.example");
  ASSERT_TRUE(got.arrived && got.attempted);
  EXPECT_EQ(to_rfc3339(*got.arrived), "2026-11-22T01:22:35Z");
  EXPECT_EQ(to_rfc3339(*got.attempted), "2026-11-22T01:22:40Z");
}

TEST(ReadBounce, ASuccessIsNoFailure) {
  const auto got = read(report(
      "Reporting-MTA: dns; r\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n"));
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].action, DeliveryAction::delivered);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::none);
  EXPECT_EQ(got.recipients[0].reason, BounceReason::delivered);
}

TEST(ReadBounce, ADeadAddressThatIsOnlyDelayedIsNotDeadYet) {
  const auto got =
      read(report("Final-Recipient: rfc822; a@b.example\r\nAction: delayed\r\nStatus: 4.1.1\r\nDiagnostic-Code: smtp; "
                  "450 4.1.1 User unknown\r\n"));
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].reason, BounceReason::userunknown);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::soft);
}

TEST(ReadBounce, ReadsTheWordsOfExim) {
  const auto got = read(
      "From: Mail Delivery System <Mailer-Daemon@mx.example>\nTo: desk@orgo.example\nX-Failed-Recipients: "
      "anna@example.org\n"
      "Subject: Mail delivery failed: returning message to sender\n\n"
      "This message was created automatically by mail delivery software.\n\n"
      "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
      "The "
      "following address(es) failed:\n\n"
      "  anna@example.org\n    SMTP error from remote mail server after RCPT TO:<anna@example.org>:\n"
      "    host mx.example.org [192.0.2.1]: 552 5.2.2 Mailbox full\n"
      "  bert@example.org\n    Unrouteable address\n\n"
      "------ This is a copy of the message, including all the headers. ------\n\n"
      "Return-path: <desk@orgo.example>\nReceived: from a by b; Sun, 22 Nov 2026 01:22:35 +0000\n"
      "Message-ID: <one@orgo.example>\nTo: anna@example.org\n\nHello\n");
  ASSERT_EQ(got.recipients.size(), 2U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
  EXPECT_EQ(got.recipients[0].reason, BounceReason::mailboxfull);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::soft);
  EXPECT_EQ(got.recipients[0].reply_code, 552);
  EXPECT_EQ(got.recipients[1].address, "bert@example.org");
  EXPECT_EQ(got.recipients[1].reason, BounceReason::hostunknown);
  EXPECT_EQ(got.original_message_id, "one@orgo.example");
}

TEST(ReadBounce, AWarningIsNoFailure) {
  const auto got = read(
      "From: Mailer-Daemon@mx.example\nTo: desk@orgo.example\nSubject: Warning: message 1AB delayed 24 hours\n\n"
      "A message that you sent has not yet been delivered to one or more of its recipients.\n\n  anna@example.org\n"
      "    host mx.example.org: 450 4.1.1 User unknown\n\nNo action is required on your part. Delivery attempts will "
      "continue.\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].action, DeliveryAction::delayed);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::soft);
}

TEST(ReadBounce, ReadsTheWordsOfQmail) {
  const auto got = read(
      "From: MAILER-DAEMON@mx.example\nTo: desk@orgo.example\nSubject: failure notice\n\n"
      "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the "
      "following "
      "addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<anna@example.org>:\n"
      "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.1.\n\n"
      "--- Below this line is a copy of the message.\n\nReturn-Path: <desk@orgo.example>\nReceived: (qmail 1 invoked "
      "by uid 2)\n"
      "Message-ID: <two@orgo.example>\n\nHello\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
  EXPECT_EQ(got.recipients[0].reason, BounceReason::userunknown);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::hard);
  EXPECT_EQ(got.original_message_id, "two@orgo.example");
}

TEST(ReadBounce, TheSenderOfTheMailIsNoRecipient) {
  const auto got = read(
      "From: postmaster@mx.example\nTo: desk@orgo.example\nSubject: Undeliverable Mail\n\n"
      "Your message from desk@orgo.example\n\nUnknown user: anna@example.org\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
}

TEST(ReadBounce, AForwardFailedForWhomWeWroteTo) {
  const auto got = read(
      "From: Mailer-Daemon@mx.example\nTo: desk@orgo.example\nSubject: Mail delivery failed\n\nThe following address "
      "failed:\n\n"
      "  anna@far.example\n    (generated from anna@example.org)\n    mailbox is full\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
  EXPECT_EQ(got.recipients[0].final_address, "anna@far.example");
}

TEST(ReadBounce, FindsTheOriginalWhereGatewaysPutIt) {
  const auto id = [](const std::string& rest) {
    return read("From: MAILER-DAEMON@mx.example\nTo: desk@orgo.example\nSubject: failed\n" + rest).original_message_id;
  };
  // Without spaces behind the colons; as the header of a part; in a text file; with broken folds; only referred to.
  EXPECT_EQ(id("\n<a@b.example> no such user\n\nReceived:from x by y\nMessage-ID:<1@orgo.example>\nDate:today\n\nhi\n"),
            "1@orgo.example");
  EXPECT_EQ(id("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n<a@b.example>: no\n--b\nReceived: x\nMessage-ID: "
               "<2@orgo.example>\n\nhi\n--b--\n"),
            "2@orgo.example");
  EXPECT_EQ(id("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n<a@b.example>: no\n--b\nContent-Disposition: "
               "attachment; filename=h.txt\n\n"
               "Received: from x\nSubject: s\nMessage-ID: <3@orgo.example>\n--b--\n"),
            "3@orgo.example");
  EXPECT_EQ(
      id("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n<a@b.example>: no\n--b\nContent-Type: message/rfc822\n\n"
         "Received: from x\nby y with z\nMessage-ID: <4@orgo.example>\n\nhi\n--b--\n"),
      "4@orgo.example");
  EXPECT_EQ(id("In-Reply-To: <5@orgo.example>\n\n<a@b.example>: no\n"), "5@orgo.example");
}

TEST(ReadBounce, AComplaintSaysNothingAboutTheAddress) {
  const auto got = read(
      "From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nA "
      "complaint.\n"
      "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: "
      "anna@example.org\n"
      "Arrival-Date: Sun, 22 Nov 2026 01:22:35 +0000\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: "
      "<x@orgo.example>\n\nHi\n--b--\n");
  EXPECT_EQ(got.feedback_type, "abuse");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
  EXPECT_EQ(got.recipients[0].reason, BounceReason::feedback);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::none);
  EXPECT_EQ(got.original_message_id, "x@orgo.example");
}

TEST(ReadBounce, ReadsAmazonsJson) {
  const auto got = read(
      "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n"
      R"({"Type":"Notification","Message":"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":)"
      R"(\"a@b.example\",\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]},)"
      R"(\"mail\":{\"messageId\":\"m1\",\"headers\":[{\"name\":\"Message-ID\",\"value\":\"<three@orgo.example>\"}]}}"})"
      "\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "a@b.example");
  EXPECT_EQ(got.recipients[0].permanence, Permanence::hard);
  EXPECT_EQ(got.original_message_id, "three@orgo.example");
}

TEST(ReadBounce, AnAbsenceNoticeIsAVacation) {
  const auto got = read(
      "From: anna@example.org\nTo: desk@orgo.example\nAuto-Submitted: auto-replied\nIn-Reply-To: <s@orgo.example>\n"
      "Subject: Out of office\n\nBack on Monday.\n");
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_EQ(got.recipients[0].address, "anna@example.org");
  EXPECT_EQ(got.recipients[0].reason, BounceReason::vacation);
  EXPECT_EQ(got.recipients[0].permanence, Permanence::none);
  EXPECT_EQ(got.original_message_id, "s@orgo.example");
}

TEST(ReadBounce, RecipientsAreBounded) {
  std::string at_limit = "Reporting-MTA: dns; r\r\n\r\n";
  for (std::size_t i = 0; i < kBounceRecipientsMax; ++i)
    at_limit +=
        "Final-Recipient: rfc822; a" + std::to_string(i) + "@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n";
  EXPECT_EQ(read(report(at_limit)).recipients.size(), kBounceRecipientsMax);
  EXPECT_EQ(read(report(at_limit + "Final-Recipient: rfc822; z@b.example\r\nAction: failed\r\n")).recipients.size(),
            kBounceRecipientsMax);
  std::string words = "The following addresses failed:\n\n";
  for (std::size_t i = 0; i < 3 * kBounceRecipientsMax; ++i)
    words += "<a" + std::to_string(i) + "@b.example>: User unknown\n";
  EXPECT_EQ(read("From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n" + words).recipients.size(),
            kBounceRecipientsMax);
}

TEST(ReadBounce, AVagueStatusGivesWayToThatOfTheAnswer) {
  struct {
    const char *status, *answer, *told;
  } const cases[] = {{"5.0.0", "550 5.1.1 no", "5.1.1"}, {"4.0.0", "452 4.2.2 full", "4.2.2"},
                     {"", "550 5.1.1 no", "5.1.1"},      {"5.7.1", "550 5.1.1 no", "5.7.1"},
                     {"5.0.0", "550 no", "5.0.0"},       {"5.1.1", "550 5.0.0 no", "5.1.1"}};
  for (const auto& one : cases) {
    const auto line = *one.status == '\0' ? std::string() : std::string("Status: ") + one.status + "\r\n";
    const auto got = read(report("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n" + line +
                                 "Diagnostic-Code: smtp; " + one.answer + "\r\n"));
    ASSERT_EQ(got.recipients.size(), 1U);
    EXPECT_EQ(got.recipients[0].status, one.told) << one.status << " / " << one.answer;
  }
}

TEST(ReadBounce, EachRecipientKeepsItsOwnFieldsHoweverTheGroupsAreCut) {
  const std::string failed = "Action: failed\r\nStatus: 5.1.1\r\n", delayed = "Action: delayed\r\nStatus: 4.4.1\r\n";
  for (const std::string gap : {"\r\n", "", "\r\n\r\n", " \r\n"})
    for (const std::string field : {"Final-Recipient", "Original-Recipient"}) {
      const auto group = [&](const std::string& who, const std::string& rest) {
        return field + ": rfc822; " + who + "@b.example\r\n" + rest;
      };
      const auto got = read(report(group("one", failed) + gap + group("two", delayed) + gap + group("three", failed)));
      ASSERT_EQ(got.recipients.size(), 3U) << field << " '" << gap << "'";
      EXPECT_EQ(got.recipients[0].address, "one@b.example");
      EXPECT_EQ(got.recipients[0].action, DeliveryAction::failed);
      EXPECT_EQ(got.recipients[0].status, "5.1.1");
      EXPECT_EQ(got.recipients[1].address, "two@b.example");
      EXPECT_EQ(got.recipients[1].action, DeliveryAction::delayed);
      EXPECT_EQ(got.recipients[1].status, "4.4.1");
      EXPECT_EQ(got.recipients[2].address, "three@b.example");
      EXPECT_EQ(got.recipients[2].action, DeliveryAction::failed);
    }
}

TEST(ReadBounce, DiagnosticsAreOneBoundedLineOfUtf8) {
  const auto got =
      read(report("Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nDiagnostic-Code: smtp; 550 \x01\xFF " +
                  std::string(5'000, 'x') + "\r\n"));
  ASSERT_EQ(got.recipients.size(), 1U);
  EXPECT_LE(got.recipients[0].diagnostic.size(), kDiagnosticMax);
  EXPECT_EQ(got.recipients[0].diagnostic.find('\x01'), std::string::npos);
}

TEST(SmtpAnswer, FindsCodesAndNothingElse) {
  const auto is = [](std::string_view text, int reply, std::string_view status) {
    const auto got = find_smtp_answer(text);
    EXPECT_EQ(got.reply_code, reply) << text;
    EXPECT_EQ(got.status, status) << text;
  };
  is("550 5.1.1 <a@b>... User unknown", 550, "5.1.1");
  is("550-5.7.26 Unauthenticated", 550, "5.7.26");
  is("host mx[192.0.2.250] said: 450 later", 450, "");
  is("no luck (#5.4.4)", 0, "5.4.4");
  is("ERROR_CODE :550, ERROR_CODE :5.1.1 <a@b>", 550, "5.1.1");
  is("250 OK, then 554 no", 554, "");
  is("10.5.1.1 and 5.1.1.2 and a550@b.example and 2550 bytes and 11:22:450", 0, "");
  is("", 0, "");
}

TEST(BounceReason, WordsSayMoreThanVagueCodes) {
  const auto reason = [](std::string_view words, std::string_view status = {},
                         SmtpCommand command = SmtpCommand::rcpt) {
    return to_string(reason_of(words, status, 550, command));
  };
  EXPECT_EQ(reason("550 No such user here"), "userunknown");
  EXPECT_EQ(reason("550 No such user here", "", SmtpCommand::data), "filtered");
  EXPECT_EQ(reason("550 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org", "5.7.1"), "blocked");
  EXPECT_EQ(reason("452 4.2.2 The email account that you tried to reach is over quota"), "mailboxfull");
  EXPECT_EQ(reason("554 5.7.1 <a@b>: Relay access denied"), "norelaying");
  EXPECT_EQ(reason("Host or domain name not found. Name service error for name=nowhere.example"), "hostunknown");
  EXPECT_EQ(reason("connect to mx[192.0.2.1]:25: Connection timed out"), "expired");
  EXPECT_EQ(reason("message size 31457280 exceeds size limit 10240000 of server: message too large"), "mesgtoobig");
  EXPECT_EQ(reason("550 5.7.26 This mail has been blocked because the sender is unauthenticated.", "5.7.26"),
            "authfailure");
  EXPECT_EQ(reason("no words that anybody knows"), "undefined");
  EXPECT_EQ(reason("delivery temporarily suspended: host mx[192.0.2.1] refused to talk to me: 421 no"), "blocked");
  // A mailbox may be called anything.
  EXPECT_EQ(reason("550 <spam-policy@example.org>: no such user"), "userunknown");
}

TEST(BounceReason, NamesAndCodesAreStable) {
  for (int i = 0; i <= static_cast<int>(BounceReason::delivered); ++i)
    EXPECT_EQ(bounce_reason(to_string(static_cast<BounceReason>(i))), static_cast<BounceReason>(i));
  EXPECT_FALSE(bounce_reason("nonsense"));
  EXPECT_EQ(to_string(reason_of_status("5.2.2")), "mailboxfull");
  EXPECT_EQ(to_string(reason_of_status("4.4.4")), "networkerror");
  EXPECT_EQ(to_string(reason_of_status("5.0.0")), "undefined");
  EXPECT_TRUE(is_status_code("5.1.10"));
  for (const std::string_view bad : {"", "5.1", "5.1.1.1", "3.1.1", "5..1", "5.1.1234", "5.1.x"})
    EXPECT_FALSE(is_status_code(bad)) << bad;
}

TEST(DeliveryStatus, ForgivesMissingAndDoubledEmptyLines) {
  const auto got = read_delivery_status(
      "Reporting-MTA: dns; r\n\n\nFinal-Recipient: <a@b.example>\n\nAction: failed\nStatus: 5.1.1 (no such)\n"
      "Final-Recipient: rfc822; c@d.example\nStatus: 4.2.2\n",
      10);
  ASSERT_EQ(got.recipients.size(), 2U);
  EXPECT_EQ(got.recipients[0].final_recipient, "a@b.example");
  EXPECT_EQ(got.recipients[0].status, "5.1.1");
  EXPECT_EQ(got.recipients[1].final_recipient, "c@d.example");
  EXPECT_EQ(got.recipients[1].status, "4.2.2");
}

}  // namespace
}  // namespace orgo
