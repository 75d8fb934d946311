#include "protocol/smtp/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "protocol/smtp/conversation.h"
#include "protocol/smtp/data_writer.h"

namespace orgo::smtp {
namespace {

using testing::HasSubstr;
using Want = ClientSession::Want;
using Kind = MailOutcome::Kind;

constexpr std::string_view kAll =
    "250-mx\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n";
const ClientMail kMail{"a@b", "c@d", "Subject: x\n\n.hidden\r\nend"};
constexpr std::string_view kWire = "Subject: x\r\n\r\n..hidden\r\nend\r\n.\r\n";

/// A session and the server's side of the talk, which the test plays.
struct Talk {
  explicit Talk(ClientOptions client_options = {}) : options(std::move(client_options)), session(options) {}
  /// The server says `text`; returns what the client wants next. What it wrote is in `said`.
  Want hear(std::string_view text) {
    said.clear();
    return session.consume(text, said);
  }
  Want greet(std::string_view hello = kAll) {
    hear("220 mx ESMTP\r\n");
    return hear(hello);
  }
  Want send(const ClientMail& mail) {
    said.clear();
    return session.send(mail, said);
  }
  ClientOptions options;
  ClientSession session;
  std::string said;
};

ClientOptions with_tls(TlsPolicy policy) {
  ClientOptions options;
  options.tls = policy;
  return options;
}

TEST(SmtpClient, SendsInOneGoWhereTheServerPipelines) {
  Talk talk;
  EXPECT_EQ(talk.hear("220 mx ESMTP\r\n"), Want::read);
  EXPECT_EQ(talk.said, "EHLO localhost\r\n");
  ASSERT_EQ(talk.hear(kAll), Want::idle);
  EXPECT_EQ(talk.send(kMail), Want::read);
  EXPECT_EQ(talk.said, "MAIL FROM:<a@b> SIZE=28\r\nRCPT TO:<c@d>\r\nDATA\r\n");
  EXPECT_EQ(talk.hear("250 ok\r\n250 ok\r\n354 go\r\n"), Want::read);
  EXPECT_EQ(talk.said, kWire);
  EXPECT_TRUE(talk.session.awaits_acceptance());
  EXPECT_EQ(talk.hear("250 2.0.0 queued as 4711\r\n"), Want::mail_done);
  const auto outcome = talk.session.take_outcome();
  EXPECT_EQ(outcome.kind, Kind::delivered);
  EXPECT_EQ(outcome.detail, "250 2.0.0 queued as 4711");
  EXPECT_TRUE(talk.session.usable());
  EXPECT_EQ(talk.send(kMail), Want::read);
  EXPECT_THAT(talk.said, testing::StartsWith("MAIL FROM")) << "no RSET is needed after success";
}

TEST(SmtpClient, SendsStepByStepWhereItDoesNot) {
  Talk talk;
  ASSERT_EQ(talk.greet("250 mx\r\n"), Want::idle);
  talk.send(kMail);
  EXPECT_EQ(talk.said, "MAIL FROM:<a@b>\r\n");
  talk.hear("250 ok\r\n");
  EXPECT_EQ(talk.said, "RCPT TO:<c@d>\r\n");
  EXPECT_EQ(talk.hear("550 5.1.1 no such user\r\n"), Want::mail_done);
  const auto outcome = talk.session.take_outcome();
  EXPECT_EQ(outcome.kind, Kind::permanent);
  EXPECT_EQ(outcome.detail, "550 5.1.1 no such user");
  talk.send(kMail);
  EXPECT_EQ(talk.said, "RSET\r\n") << "the refused message is still open there";
  talk.hear("250 ok\r\n");
  EXPECT_EQ(talk.said, "MAIL FROM:<a@b>\r\n");
}

TEST(SmtpClient, SaysHeloToOldServers) {
  Talk talk;
  talk.hear("220 mx\r\n");
  EXPECT_EQ(talk.hear("502 what\r\n"), Want::read);
  EXPECT_EQ(talk.said, "HELO localhost\r\n");
  EXPECT_EQ(talk.hear("250 hi\r\n"), Want::idle);
}

TEST(SmtpClient, TheFirstRefusalDecidesAndAnUnwantedTextIsEmpty) {
  Talk talk;
  talk.greet();
  talk.send(kMail);
  EXPECT_EQ(talk.hear("250 ok\r\n451 4.2.0 mailbox busy\r\n354 go\r\n"), Want::read);
  EXPECT_EQ(talk.said, ".\r\n") << "nobody gets the text";
  EXPECT_EQ(talk.hear("554 no recipients\r\n"), Want::mail_done);
  const auto outcome = talk.session.take_outcome();
  EXPECT_EQ(outcome.kind, Kind::temporary);
  EXPECT_EQ(outcome.detail, "451 4.2.0 mailbox busy");
}

TEST(SmtpClient, OutcomesByReply) {
  const auto outcome = [](std::string_view replies) {
    Talk talk;
    talk.greet();
    talk.send(kMail);
    EXPECT_EQ(talk.hear(replies), Want::mail_done) << replies;
    return talk.session.take_outcome();
  };
  EXPECT_EQ(outcome("452 full\r\n503 x\r\n503 x\r\n").kind, Kind::temporary);
  EXPECT_EQ(outcome("550 5.7.1 go away\r\n503 x\r\n503 x\r\n").detail, "550 5.7.1 go away");
  EXPECT_EQ(outcome("250 x\r\n250 x\r\n354 x\r\n452 4.3.1 full\r\n").kind, Kind::temporary);
  EXPECT_EQ(outcome("250 x\r\n250 x\r\n354 x\r\n554 5.6.0 spam\r\n").kind, Kind::permanent);
  EXPECT_EQ(outcome("421 4.3.2 bye\r\n").kind, Kind::temporary);
  EXPECT_TRUE(outcome("421 4.3.2 bye\r\n").connection_fault);
  EXPECT_EQ(outcome("250 x\r\n250 x\r\n354 x\r\nwhat?\r\n").kind, Kind::unknown) << "it may have taken it";
  EXPECT_EQ(outcome("250 x\r\n250 x\r\n354 x\r\n421 bye\r\n").kind, Kind::temporary);
  EXPECT_EQ(outcome("<html>\r\n").kind, Kind::temporary);
  EXPECT_EQ(outcome("354 x\r\n354 x\r\n503 x\r\n").kind, Kind::temporary) << "no 2xx, no promise, no bounce";
}

TEST(SmtpClient, LostConnectionsAreUnknownOnlyBehindTheDot) {
  Talk talk;
  talk.greet();
  talk.send(kMail);
  EXPECT_EQ(talk.session.on_lost("reset", true).kind, Kind::temporary);

  Talk behind;
  behind.greet();
  behind.send(kMail);
  behind.hear("250 x\r\n250 x\r\n354 x\r\n");
  auto behind_unsent = behind.session;
  const auto unknown = behind.session.on_lost("reset by peer", true);
  EXPECT_EQ(unknown.kind, Kind::unknown);
  EXPECT_EQ(unknown.detail, "reset by peer");
  EXPECT_EQ(behind_unsent.on_lost("reset by peer", false).kind, Kind::temporary) << "the dot never left";

  Talk refused;
  refused.greet();
  refused.send(kMail);
  refused.hear("550 no\r\n");
  EXPECT_EQ(refused.session.on_lost("reset", true).kind, Kind::permanent) << "the answer was there";
}

TEST(SmtpClient, WhatCantBeSaidIsNotSent) {
  Talk talk;
  talk.greet();
  const auto refusal = [&](const ClientMail& mail) {
    EXPECT_EQ(talk.send(mail), Want::mail_done);
    EXPECT_EQ(talk.said, "");
    EXPECT_TRUE(talk.session.usable());
    const auto outcome = talk.session.take_outcome();
    EXPECT_EQ(outcome.kind, Kind::permanent);
    return outcome.detail;
  };
  EXPECT_EQ(refusal({"a@b>\r\nRCPT TO:<x@y", "c@d", "x"}), "the sender's address can't be written in SMTP");
  EXPECT_EQ(refusal({"", "c@d\r\nDATA", "x"}), "the recipient's address can't be written in SMTP");
  EXPECT_EQ(refusal({"", "", "x"}), "the recipient's address can't be written in SMTP");
  EXPECT_EQ(refusal({"", "c@d", std::string(999, 'x')}), "the message has 1001 octets, the server takes at most 1000");
  EXPECT_EQ(talk.send({"", "ü@d", std::string(998, 'x')}), Want::read);
  EXPECT_THAT(talk.said, HasSubstr("MAIL FROM:<> SIZE=1000 SMTPUTF8\r\n"));

  Talk plain;
  plain.greet("250 mx\r\n");
  EXPECT_EQ(plain.send({"", "ü@d", "x"}), Want::mail_done);
  EXPECT_THAT(plain.session.take_outcome().detail, HasSubstr("SMTPUTF8"));
  EXPECT_EQ(plain.send({"", "u@d", "ü"}), Want::read);
  Talk eight;
  eight.greet();
  eight.send({"", "u@d", "ü"});
  EXPECT_THAT(eight.said, HasSubstr(" BODY=8BITMIME\r\n"));
}

TEST(SmtpClient, TlsPolicies) {
  constexpr std::string_view kOffer = "250-mx\r\n250 STARTTLS\r\n";
  Talk none(with_tls(TlsPolicy::none));
  EXPECT_EQ(none.greet(kOffer), Want::idle);

  Talk required(with_tls(TlsPolicy::required));
  EXPECT_EQ(required.greet("250 mx\r\n"), Want::failed);
  EXPECT_EQ(required.session.failure(), "the server does not offer STARTTLS, and TLS is required");

  Talk refused(with_tls(TlsPolicy::required));
  refused.greet(kOffer);
  EXPECT_EQ(refused.hear("454 4.7.0 not now\r\n"), Want::failed);

  Talk content(with_tls(TlsPolicy::opportunistic));
  content.greet(kOffer);
  EXPECT_EQ(content.said, "STARTTLS\r\n");
  EXPECT_EQ(content.hear("454 4.7.0 not now\r\n"), Want::idle);

  Talk tls(with_tls(TlsPolicy::required));
  tls.greet(kOffer);
  EXPECT_EQ(tls.hear("220 go\r\n"), Want::start_tls);
  tls.said.clear();
  EXPECT_EQ(tls.session.on_tls_started(tls.said), Want::read);
  EXPECT_EQ(tls.said, "EHLO localhost\r\n");
  EXPECT_EQ(tls.hear("250 mx\r\n"), Want::idle);

  Talk injected(with_tls(TlsPolicy::required));
  injected.greet(kOffer);
  EXPECT_EQ(injected.hear("220 go\r\n250-mx\r\n"), Want::failed) << "CVE-2011-0411, the other way round";
}

TEST(SmtpClient, LogsInUnderTlsOnly) {
  ClientOptions options = with_tls(TlsPolicy::none);
  options.username = "user";
  options.password = "secret";
  Talk clear(options);
  EXPECT_EQ(clear.greet("250-mx\r\n250 AUTH PLAIN\r\n"), Want::failed);
  EXPECT_EQ(clear.session.failure(), "the password is not sent without TLS");

  options.login_in_the_clear = true;
  Talk plain(options);
  plain.greet("250-mx\r\n250 AUTH LOGIN PLAIN\r\n");
  EXPECT_EQ(plain.said, "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n");
  EXPECT_EQ(plain.hear("235 2.7.0 welcome\r\n"), Want::idle);

  Talk login(options);
  login.greet("250-mx\r\n250 AUTH LOGIN\r\n");
  EXPECT_EQ(login.said, "AUTH LOGIN\r\n");
  login.hear("334 VXNlcm5hbWU6\r\n");
  EXPECT_EQ(login.said, "dXNlcg==\r\n");
  login.hear("334 UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(login.said, "c2VjcmV0\r\n");
  EXPECT_EQ(login.hear("535 5.7.8 wrong\r\n"), Want::failed);
  EXPECT_EQ(login.session.failure(), "the login of user was answered with 535 5.7.8 wrong");

  Talk nothing(options);
  EXPECT_EQ(nothing.greet("250-mx\r\n250 AUTH GSSAPI\r\n"), Want::failed);
}

TEST(SmtpClient, GreetingsThatAreNone) {
  for (const std::string_view greeting : {"554 5.7.1 go away\r\n", "421 busy\r\n", "250 what\r\n",
                                          "HTTP/1.1 400 Bad Request\r\n", "220-a\r\n250 b\r\n", "\r\n"}) {
    Talk talk;
    EXPECT_EQ(talk.hear(greeting), Want::failed) << greeting;
    EXPECT_FALSE(talk.session.failure().empty());
  }
  Talk endless;
  EXPECT_EQ(endless.hear(std::string(5000, '2')), Want::failed);
  Talk lines;
  std::string many;
  for (int i = 0; i < 200; ++i) many += "220-x\r\n";
  EXPECT_EQ(lines.hear(many), Want::failed);
}

TEST(SmtpClient, AGoodbyeBehindTheAnswerKeepsTheAnswer) {
  Talk talk;
  talk.greet();
  talk.send(kMail);
  talk.hear("250 x\r\n250 x\r\n354 x\r\n");
  EXPECT_EQ(talk.hear("250 taken\r\n421 closing\r\n"), Want::mail_done);
  EXPECT_EQ(talk.session.take_outcome().kind, Kind::delivered);
  EXPECT_FALSE(talk.session.usable());
}

TEST(DataWriter, WritesEveryLineEndAsCrlfAndDoublesDots) {
  const auto wire = [](std::string_view message) {
    std::string out;
    append_data(message, out);
    return out;
  };
  EXPECT_EQ(wire(""), ".\r\n");
  EXPECT_EQ(wire("a"), "a\r\n.\r\n");
  EXPECT_EQ(wire(".\n..\r\n\n"), "..\r\n...\r\n\r\n.\r\n");
  EXPECT_EQ(wire("Subject: x\rBcc: y\r\n\ra\r\r\n"), "Subject: x Bcc: y\r\n a \r\n.\r\n")
      << "a stray CR is no line end";
}

TEST(DataWriter, WhatItWritesOurReaderReadsAsOneMessageAndNothingElse) {  // R30
  constexpr std::string_view kAlphabet = "\r\n.aX: ";
  for (unsigned seed = 1; seed <= 10'000; ++seed) {
    std::mt19937 random(seed);
    std::string message;
    const std::size_t size = random() % 60;
    while (message.size() < size) message += random() % 4 == 0 ? '\n' : kAlphabet[random() % kAlphabet.size()];
    SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(seed));
    Conversation server{ServerOptions{}};
    server.say("LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
    std::string wire;
    append_data(message, wire);
    ASSERT_EQ(server.say(wire), "250 2.6.0 Message stored\r\n");
    ASSERT_EQ(server.deliveries.size(), 1U);
    ASSERT_EQ(server.deliveries[0].data.size(), wire_size(message));
  }
}

TEST(SmtpClient, TalksWithOurServerInAnyPieces) {
  for (const std::size_t piece : {0U, 1U, 7U}) {
    ServerOptions server_options;
    server_options.protocol = Protocol::smtp;
    Conversation server(server_options, piece);
    Talk talk;
    std::string to_server;
    std::string to_client = server.say("");
    if (to_client.empty()) to_client = "220 mx\r\n";
    int sent = 0;
    std::string out;
    Want want = Want::read;
    for (int step = 0; step < 100 && sent < 4; ++step) {
      for (std::size_t i = 0; i < to_client.size(); i += piece == 0 ? to_client.size() : piece) {
        want = talk.session.consume(std::string_view(to_client).substr(i, piece == 0 ? std::string::npos : piece), out);
      }
      if (want == Want::mail_done) {
        ASSERT_EQ(talk.session.take_outcome().kind, Kind::delivered);
        ++sent;
      }
      if (want == Want::idle || want == Want::mail_done) talk.session.send(kMail, out);
      to_client = server.say(out);
      out.clear();
    }
    ASSERT_GE(server.deliveries.size(), 4U);
    EXPECT_EQ(server.deliveries[0].data, "Subject: x\r\n\r\n.hidden\r\nend\r\n");
  }
}

}  // namespace
}  // namespace orgo::smtp
