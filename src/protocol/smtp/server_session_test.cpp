#include "protocol/smtp/server_session.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "protocol/smtp/conversation.h"

namespace orgo::smtp {
namespace {

ServerOptions lmtp() {
  ServerOptions options;
  options.host_name = "mx.school";
  return options;
}
ServerOptions smtp() {
  ServerOptions options = lmtp();
  options.protocol = Protocol::smtp;
  return options;
}
constexpr std::string_view kMail = "Subject: Water leak\r\n\r\nRoom 102\r\n";

/// Greeted, MAIL and RCPTs are given.
std::string opening(Protocol protocol, int recipients = 1) {
  std::string text = protocol == Protocol::lmtp ? "LHLO me\r\n" : "EHLO me\r\n";
  text += "MAIL FROM:<a@b.c>\r\n";
  for (int i = 1; i <= recipients; ++i) text += "RCPT TO:<r" + std::to_string(i) + "@school>\r\n";
  return text;
}

TEST(LmtpSession, GreetsAndNamesItsExtensions) {
  Conversation peer(lmtp());
  EXPECT_EQ(peer.say("LHLO me\r\n"),
            "220 mx.school LMTP Orgo\r\n250-mx.school\r\n250-PIPELINING\r\n250-SIZE 26214400\r\n250-8BITMIME\r\n"
            "250-SMTPUTF8\r\n250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n");
  EXPECT_EQ(peer.say("EHLO me\r\n"), "500 5.5.1 This is LMTP, say LHLO\r\n");
  EXPECT_EQ(peer.say("HELO me\r\n"), "500 5.5.1 This is LMTP, say LHLO\r\n");
  EXPECT_EQ(peer.say("LHLO\r\n"), "501 5.5.4 Your name is missing\r\n");
}

TEST(SmtpSession, GreetsAndHasNoLhlo) {
  Conversation peer(smtp());
  EXPECT_EQ(peer.say("HELO me\r\n"), "220 mx.school ESMTP Orgo\r\n250 mx.school\r\n");
  EXPECT_EQ(peer.say("LHLO me\r\n"), "500 5.5.1 This is SMTP, say EHLO\r\n");
  EXPECT_EQ(peer.say("MAIL FROM:<a@b> SIZE=1\r\n"), "555 5.5.4 Parameter is not supported\r\n");
}

TEST(LmtpSession, Promises250OnlyAfterTheMessageIsDurable) {  // A4
  const ServerOptions options = lmtp();
  ServerSession session(options);
  std::string out;
  const std::string text = opening(Protocol::lmtp) + "DATA\r\n" + std::string(kMail) + ".\r\nNOOP\r\n";
  std::string_view input = text;
  ASSERT_EQ(session.consume(input, out), ServerSession::Action::deliver);
  EXPECT_TRUE(out.ends_with("354 Send the message, end with <CRLF>.<CRLF>\r\n")) << "a reply came too early: " << out;
  EXPECT_EQ(input, "NOOP\r\n");
  EXPECT_EQ(session.take_delivery().data, kMail);
  out.clear();
  const Status full = failure(Errc::unavailable, "disk is gone");
  EXPECT_EQ(session.on_delivered({&full, 1}, out), ServerSession::Action::read);
  EXPECT_EQ(out, "451 4.3.0 Not stored, please try again later\r\n");
  EXPECT_FALSE(session.in_transaction());
}

TEST(LmtpSession, AnswersEachRecipientInTheirOrder) {
  Conversation peer(lmtp());
  peer.outcomes = {Status{},
                   failure(Errc::resource_exhausted, ""),
                   Status{},
                   failure(Errc::invalid_input, ""),
                   failure(Errc::deadline_exceeded, ""),
                   failure(Errc::not_found, ""),
                   failure(Errc::not_permitted, "")};
  peer.say(opening(Protocol::lmtp, 7) + "DATA\r\n");
  EXPECT_EQ(peer.say(std::string(kMail) + ".\r\n"),
            "250 2.6.0 Message stored\r\n452 4.3.1 Not enough room, please try again later\r\n"
            "250 2.6.0 Message stored\r\n554 5.6.0 Message can't be processed\r\n"
            "451 4.3.0 Not stored, please try again later\r\n550 5.1.1 No such recipient\r\n"
            "550 5.7.1 Not accepted for this recipient\r\n");
  ASSERT_EQ(peer.deliveries.size(), 1U);
  EXPECT_EQ(peer.deliveries[0].sender, "a@b.c");
  EXPECT_EQ(peer.deliveries[0].recipients.front(), "r1@school");
}

TEST(SmtpSession, HasOneReplyForAllAndTryAgainWinsOverAll) {
  const auto reply = [](std::vector<Status> outcomes) {
    Conversation peer(smtp());
    peer.outcomes = std::move(outcomes);
    peer.say(opening(Protocol::smtp, 2) + "DATA\r\n");
    return peer.say(std::string(kMail) + ".\r\n").substr(0, 9);
  };
  EXPECT_EQ(reply({Status{}, Status{}}), "250 2.6.0");
  EXPECT_EQ(reply({Status{}, failure(Errc::unavailable, "")}), "451 4.3.0");
  EXPECT_EQ(reply({failure(Errc::invalid_input, ""), failure(Errc::resource_exhausted, "")}), "452 4.3.1");
  EXPECT_EQ(reply({Status{}, failure(Errc::invalid_input, "")}), "554 5.6.0");
}

TEST(LmtpSession, MissingOutcomesAreNoPromise) {
  const ServerOptions options = lmtp();
  ServerSession session(options);
  std::string out;
  const std::string text = opening(Protocol::lmtp, 2) + "DATA\r\nx\r\n.\r\n";
  std::string_view input = text;
  ASSERT_EQ(session.consume(input, out), ServerSession::Action::deliver);
  (void)session.take_delivery();
  out.clear();
  const Status stored;
  session.on_delivered({&stored, 1}, out);
  EXPECT_EQ(out, "250 2.6.0 Message stored\r\n451 4.3.0 Not stored, please try again later\r\n");
}

TEST(LmtpSession, DataWithoutAnAcceptedRecipientIs503) {  // RFC 2033, section 4.2
  ServerOptions options = lmtp();
  options.recipient_policy = [](std::string_view recipient) {
    if (recipient == "r1@school") return RecipientVerdict::unknown;
    if (recipient == "r2@school") return RecipientVerdict::not_ours;
    return recipient == "r3@school" ? RecipientVerdict::try_later : RecipientVerdict::accept;
  };
  Conversation peer(options);
  const std::string said = peer.say(opening(Protocol::lmtp, 3) + "DATA\r\n");
  EXPECT_NE(said.find("550 5.1.1 No such recipient\r\n550 5.7.1 No mail for that domain is taken here\r\n"
                      "451 4.3.0 Can't tell now, please try again later\r\n503 5.5.1 No valid recipient\r\n"),
            std::string::npos)
      << said;
  EXPECT_EQ(peer.say("RCPT TO:<r4@school>\r\nDATA\r\n").substr(0, 13), "250 2.1.5 OK\r");
  EXPECT_EQ(peer.say("x\r\n.\r\n"), "250 2.6.0 Message stored\r\n")
      << "one reply per accepted recipient, none for refused";
}

TEST(LmtpSession, CommandsHaveTheirOrder) {
  Conversation peer(lmtp());
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "220 mx.school LMTP Orgo\r\n503 5.5.1 LHLO first\r\n");
  peer.say("LHLO me\r\n");
  EXPECT_EQ(peer.say("RCPT TO:<a@b>\r\n"), "503 5.5.1 MAIL first\r\n");
  EXPECT_EQ(peer.say("DATA\r\n"), "503 5.5.1 MAIL first\r\n");
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "250 2.1.0 OK\r\n");
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "503 5.5.1 A message is open already, finish it or RSET\r\n");
  EXPECT_EQ(peer.say("RSET\r\nmail from:<a@b>\r\n"), "250 2.0.0 Forgotten\r\n250 2.1.0 OK\r\n");
  EXPECT_EQ(peer.say("NOOP anything\r\nHELP\r\nVRFY a@b\r\nEXPN list\r\n").substr(0, 20), "250 2.0.0 OK\r\n214 2.");
  EXPECT_EQ(peer.say("QUIT\r\n"), "221 2.0.0 Bye\r\n");
  EXPECT_TRUE(peer.closed);
}

TEST(LmtpSession, SenderParameters) {
  const auto reply = [](std::string_view argument) {
    Conversation peer(lmtp());
    peer.say("LHLO me\r\n");
    return peer.say("MAIL FROM:" + std::string(argument) + "\r\n");
  };
  EXPECT_EQ(reply("<> SIZE=26214400 BODY=8BITMIME SMTPUTF8"), "250 2.1.0 OK\r\n");
  EXPECT_EQ(reply("<a@b> BODY=7bit"), "250 2.1.0 OK\r\n");
  EXPECT_EQ(reply("<a@b> SIZE=26214401"), "552 5.3.4 Message is too big\r\n");
  EXPECT_EQ(reply("<a@b> SIZE=99999999999999999999"), "501 5.5.4 SIZE is not a number\r\n");
  EXPECT_EQ(reply("<a@b> SIZE=-1"), "501 5.5.4 SIZE is not a number\r\n");
  EXPECT_EQ(reply("<a@b> BODY=BINARYMIME"), "555 5.5.4 BODY must be 7BIT or 8BITMIME\r\n");
  EXPECT_EQ(reply("<a@b> RET=FULL"), "555 5.5.4 Parameter is not supported\r\n");
  EXPECT_EQ(reply("a@b"), "501 5.1.7 Bad sender address\r\n");
  EXPECT_EQ(reply("<ü@b>"), "550 5.6.7 Address needs SMTPUTF8\r\n");
  EXPECT_EQ(reply("<ü@b> SMTPUTF8"), "250 2.1.0 OK\r\n");
  EXPECT_EQ(reply("<" + std::string(510, 'x') + "@b>"), "250 2.1.0 OK\r\n");
  EXPECT_EQ(reply("<" + std::string(511, 'x') + "@b>"), "501 5.1.7 Bad sender address\r\n");
}

TEST(LmtpSession, RecipientsUpToTheLimit) {
  ServerOptions options = lmtp();
  options.limits.recipients = 2;
  Conversation peer(options);
  peer.say(opening(Protocol::lmtp, 1));
  EXPECT_EQ(peer.say("RCPT TO:<>\r\n"), "501 5.1.3 Bad recipient address\r\n");
  EXPECT_EQ(peer.say("RCPT TO:<a@b> NOTIFY=NEVER\r\n"), "555 5.5.4 Parameter is not supported\r\n");
  EXPECT_EQ(peer.say("RCPT TO:<ü@b>\r\n"), "550 5.6.7 Address needs SMTPUTF8\r\n");
  EXPECT_EQ(peer.say("RCPT TO:<r2@b>\r\n"), "250 2.1.5 OK\r\n");
  EXPECT_EQ(peer.say("RCPT TO:<r3@b>\r\n"), "452 4.5.3 Too many recipients\r\n");
  peer.say("DATA\r\n");
  EXPECT_EQ(peer.say("x\r\n.\r\n"), "250 2.6.0 Message stored\r\n250 2.6.0 Message stored\r\n");
}

TEST(LmtpSession, MessageSizeAtTheLimitAndPastIt) {
  ServerOptions options = lmtp();
  options.limits.message_size = 10;
  Conversation peer(options, 3);
  const std::string start = opening(Protocol::lmtp, 2).substr(9);
  peer.say("LHLO x\r\n" + start + "DATA\r\n");
  EXPECT_EQ(peer.say("12345678\r\n.\r\n"), "250 2.6.0 Message stored\r\n250 2.6.0 Message stored\r\n");
  peer.say(start + "DATA\r\n");
  EXPECT_EQ(peer.say("123456789\r\n.\r\n"), "552 5.3.4 Message is too big\r\n552 5.3.4 Message is too big\r\n");
  EXPECT_EQ(peer.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
  EXPECT_EQ(peer.deliveries.size(), 1U);
}

TEST(LmtpSession, APeerThatNeverStopsIsCutOff) {
  ServerOptions options = lmtp();
  options.limits.message_size = 10;
  options.limits.discarded = 100;
  for (const std::size_t piece : {0U, 7U}) {
    Conversation peer(options, piece);
    peer.say(opening(Protocol::lmtp) + "DATA\r\n");
    EXPECT_EQ(peer.say(std::string(111, 'x') + "\r\n.\r\n"), "552 5.3.4 Message is too big\r\n");
    EXPECT_TRUE(peer.closed);
    Conversation line(options, piece);
    line.say("");
    EXPECT_TRUE(line.say(std::string(3000, 'x')).ends_with("500 5.5.2 Line is too long\r\n"));
    EXPECT_TRUE(line.closed);
  }
}

TEST(LmtpSession, CommandLineAtTheLimitAndPastIt) {
  for (const std::size_t piece : {0U, 1U, 1000U}) {
    Conversation peer(lmtp(), piece);
    peer.say("LHLO me\r\n");
    EXPECT_EQ(peer.say("NOOP " + std::string(2041, 'x') + "\r\n"), "250 2.0.0 OK\r\n");
    EXPECT_EQ(peer.say("NOOP " + std::string(2042, 'x') + "\r\nNOOP\r\n"),
              "500 5.5.2 Line is too long\r\n250 2.0.0 OK\r\n");
  }
}

TEST(LmtpSession, ForgivesSomeBadCommands) {
  Conversation peer(lmtp());
  peer.say("");
  for (int i = 1; i < 20; ++i) peer.say("WHAT\r\n");
  EXPECT_FALSE(peer.closed);
  EXPECT_EQ(peer.say("WHAT\r\n"), "500 5.5.1 Command is not known\r\n421 4.7.0 Too many errors\r\n");
  EXPECT_TRUE(peer.closed);
}

TEST(LmtpSession, RefusedRecipientsAreNoBadCommands) {
  ServerOptions options = lmtp();
  options.recipient_policy = [](std::string_view) { return RecipientVerdict::unknown; };
  Conversation peer(options);
  peer.say(opening(Protocol::lmtp, 50));
  EXPECT_FALSE(peer.closed);
}

TEST(LmtpSession, BrowsersAreSentAway) {
  Conversation peer(lmtp());
  peer.say("");
  EXPECT_TRUE(peer.say("POST / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@b>\r\n").ends_with("that was not mail\r\n"));
  EXPECT_TRUE(peer.closed);
}

TEST(LmtpSession, LoopsEndAfterFiftyHops) {
  std::string header;
  for (int i = 0; i < 50; ++i) header += "Received: from a by b\r\n";
  Conversation peer(lmtp());
  peer.say(opening(Protocol::lmtp) + "DATA\r\n");
  EXPECT_EQ(peer.say(header + "\r\nx\r\n.\r\n"), "250 2.6.0 Message stored\r\n");
  peer.say(opening(Protocol::lmtp) + "DATA\r\n");
  EXPECT_EQ(peer.say("Received: once more\r\n" + header + "\r\nx\r\n.\r\n"),
            "554 5.4.6 Too many hops, this looks like a loop\r\n");
}

TEST(LmtpSession, ChunksMakeOneMessage) {
  for (const std::size_t piece : {0U, 1U, 5U}) {
    Conversation peer(lmtp(), piece);
    peer.say(opening(Protocol::lmtp, 2));
    EXPECT_EQ(peer.say("BDAT 7\r\n.a\r\n.\r\n"), "250 2.0.0 Chunk taken\r\n");
    EXPECT_EQ(peer.say("DATA\r\nRCPT TO:<x@y>\r\n").substr(0, 9), "503 5.5.1");
    EXPECT_EQ(peer.say("BDAT 6 LAST\r\nQUIT\r\n"), "250 2.6.0 Message stored\r\n250 2.6.0 Message stored\r\n");
    ASSERT_EQ(peer.deliveries.size(), 1U);
    EXPECT_EQ(peer.deliveries[0].data, ".a\r\n.\r\nQUIT\r\n");
    EXPECT_FALSE(peer.closed);
    peer.say(opening(Protocol::lmtp));
    EXPECT_EQ(peer.say("BDAT 0 LAST\r\n"), "250 2.6.0 Message stored\r\n");
  }
}

TEST(LmtpSession, RefusedChunksAreReadAndDropped) {
  ServerOptions options = lmtp();
  options.limits.message_size = 10;
  Conversation peer(options, 4);
  peer.say("LHLO me\r\n");
  EXPECT_EQ(peer.say("BDAT 6\r\nQUIT\r\nNOOP\r\n"), "503 5.5.1 MAIL first\r\n250 2.0.0 OK\r\n");
  peer.say(opening(Protocol::lmtp, 2));
  EXPECT_EQ(peer.say("BDAT 8\r\n123456\r\nBDAT 6\r\nQUIT\r\nBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n"),
            "250 2.0.0 Chunk taken\r\n552 5.3.4 Message is too big\r\n"
            "503 5.5.1 This message was refused before, RSET first\r\n"
            "503 5.5.1 This message was refused before, RSET first\r\n"
            "503 5.5.1 This message was refused before, RSET first\r\n");
  EXPECT_FALSE(peer.session().in_transaction());
  EXPECT_TRUE(peer.deliveries.empty());
  peer.say(opening(Protocol::lmtp));
  EXPECT_EQ(peer.say("BDAT 10 LAST\r\n12345678\r\n"), "250 2.6.0 Message stored\r\n");
  EXPECT_EQ(peer.say("BDAT x\r\nQUIT\r\n"), "501 5.5.4 BDAT size [LAST] is expected\r\n");
  EXPECT_TRUE(peer.closed) << "where a chunk of unknown size ends, nobody knows";
}

TEST(SmtpSession, WhatCameInTheClearIsForgottenUnderTls) {  // RFC 3207, section 4.2; CVE-2011-0411
  ServerOptions options = smtp();
  options.offers_starttls = true;
  options.requires_tls = true;
  Conversation peer(options);
  EXPECT_NE(peer.say("EHLO me\r\n").find("250-STARTTLS\r\n"), std::string::npos);
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "530 5.7.0 STARTTLS first\r\n");
  EXPECT_EQ(peer.say("STARTTLS\r\nMAIL FROM:<evil@b>\r\n"), "220 2.0.0 Begin the handshake\r\n");
  ASSERT_TRUE(peer.wants_tls);
  peer.tls_done();
  EXPECT_EQ(peer.say("RCPT TO:<a@b>\r\n"), "503 5.5.1 MAIL first\r\n");
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "503 5.5.1 EHLO first\r\n");
  EXPECT_EQ(peer.say("EHLO me\r\n").find("STARTTLS"), std::string::npos);
  EXPECT_EQ(peer.say("STARTTLS\r\n"), "503 5.5.1 TLS is on already\r\n");
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "250 2.1.0 OK\r\n");
}

TEST(LmtpSession, OverloadIsSaidEarlyAndHeldMemoryGivenUp) {
  Conversation peer(lmtp());
  peer.say("LHLO me\r\n");
  peer.session().set_overloaded(true);
  EXPECT_EQ(peer.say("MAIL FROM:<a@b>\r\n"), "452 4.3.1 Not enough room, please try again later\r\n");
  peer.session().set_overloaded(false);
  peer.say(opening(Protocol::lmtp) + "DATA\r\n" + std::string(100'000, 'x') + "\r\n");
  EXPECT_GE(peer.session().held_bytes(), 100'000U);
  peer.session().shed();
  EXPECT_EQ(peer.session().held_bytes(), 0U);
  EXPECT_EQ(peer.say("more\r\n.\r\n"), "452 4.3.1 Not enough room, please try again later\r\n");
  EXPECT_TRUE(peer.deliveries.empty());
  EXPECT_EQ(peer.say("NOOP\r\n"), "250 2.0.0 OK\r\n");
}

TEST(LmtpSession, ShutdownLetsAnOpenMessageEnd) {
  Conversation idle(lmtp());
  std::string out;
  EXPECT_EQ(idle.session().shut_down(out), ServerSession::Action::close);
  EXPECT_EQ(out, "421 4.3.2 Shutting down, please try again later\r\n");

  Conversation busy(lmtp());
  busy.say(opening(Protocol::lmtp) + "DATA\r\n");
  out.clear();
  EXPECT_EQ(busy.session().shut_down(out), ServerSession::Action::read);
  EXPECT_EQ(out, "");
  EXPECT_EQ(busy.say("x\r\n.\r\nMAIL FROM:<a@b>\r\n"),
            "250 2.6.0 Message stored\r\n421 4.3.2 Shutting down, please try again later\r\n");
  EXPECT_TRUE(busy.closed);
}

TEST(LmtpSession, PipelinedMessagesAreEachTheirOwn) {
  std::string wire = "LHLO me\r\n";
  for (int i = 0; i < 3; ++i) {
    wire += "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nmessage " + std::to_string(i) + "\r\n.\r\n";
  }
  Conversation peer(lmtp());
  peer.say(wire + "QUIT\r\n");
  ASSERT_EQ(peer.deliveries.size(), 3U);
  EXPECT_EQ(peer.deliveries[2].data, "message 2\r\n");
  EXPECT_TRUE(peer.closed);
}

TEST(LmtpSession, AnyCutsMakeTheSameConversation) {
  const std::vector<std::string> words = {"LHLO me\r\n",
                                          "EHLO me\r\n",
                                          "MAIL FROM:<a@b>\r\n",
                                          "MAIL FROM:<a@b> SIZE=9\r\n",
                                          "RCPT TO:<c@d>\r\n",
                                          "DATA\r\n",
                                          "x\r\n.\r\n",
                                          ".",
                                          "\r\n",
                                          "\n",
                                          "\r",
                                          "BDAT 5\r\n",
                                          "BDAT 5 LAST\r\n",
                                          "12345",
                                          "RSET\r\n",
                                          "STARTTLS\r\n",
                                          "QUIT\r\n",
                                          "NOOP\r\n",
                                          std::string(300, 'y'),
                                          std::string("\0", 1),
                                          "..\r\n",
                                          "\r\n.\r\n"};
  for (unsigned seed = 1; seed <= 5'000; ++seed) {
    std::mt19937 random(seed);
    ServerOptions options = random() % 2 == 0 ? lmtp() : smtp();
    options.offers_starttls = true;
    options.limits.message_size = 200;
    options.limits.command_line = 100;
    options.limits.discarded = 500;
    std::string wire = opening(options.protocol);
    const std::size_t count = random() % 20;
    for (std::size_t i = 0; i < count; ++i) wire += words[random() % words.size()];
    SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(seed));
    Conversation whole(options);
    Conversation pieces(options, 1 + random() % 4);
    const std::string expected = whole.say(wire);
    ASSERT_EQ(pieces.say(wire), expected);
    ASSERT_EQ(pieces.closed, whole.closed);
    ASSERT_EQ(pieces.deliveries.size(), whole.deliveries.size());
    for (std::size_t i = 0; i < whole.deliveries.size(); ++i) {
      ASSERT_EQ(pieces.deliveries[i].data, whole.deliveries[i].data);
      ASSERT_EQ(pieces.deliveries[i].recipients, whole.deliveries[i].recipients);
    }
  }
}

}  // namespace
}  // namespace orgo::smtp
