#include "protocol/pop3/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::pop3 {
namespace {

using testing::HasSubstr;
using testing::Not;
using Want = ClientSession::Want;
using Fault = ClientSession::Fault;

struct Talk {
  ClientOptions options;
  ClientSession session;
  std::string said;

  explicit Talk(ClientOptions with = usual(), bool tls = true) : options(std::move(with)), session(options, tls) {}
  static ClientOptions usual() {
    ClientOptions options;
    options.username = "office";
    options.secret = "s3cret";
    return options;
  }
  Want hear(std::string_view text) {
    said.clear();
    return session.consume(text, said);
  }
  void log_in() {
    hear("+OK hello\r\n");
    hear("+OK\r\nUIDL\r\nTOP\r\nSASL PLAIN\r\n.\r\n");
    ASSERT_EQ(hear("+OK in\r\n"), Want::done) << session.failure();
  }
};

TEST(Pop3Client, LogsInBySasl) {
  Talk talk;
  EXPECT_EQ(talk.hear("+OK hello\r\n"), Want::read);
  EXPECT_EQ(talk.said, "CAPA\r\n");
  EXPECT_EQ(talk.hear("+OK\r\nSASL LOGIN plain\r\nUIDL\r\n.\r\n"), Want::read);
  EXPECT_EQ(talk.said, "AUTH PLAIN AG9mZmljZQBzM2NyZXQ=\r\n");
  EXPECT_EQ(talk.hear("+OK in\r\n"), Want::done);
  EXPECT_TRUE(talk.session.offers("UIDL"));
}

TEST(Pop3Client, LogsInByUserAndPass) {
  Talk talk;
  talk.hear("+OK hello\r\n");
  EXPECT_EQ(talk.hear("-ERR what is CAPA\r\n"), Want::read);
  EXPECT_EQ(talk.said, "USER office\r\n");
  EXPECT_EQ(talk.hear("+OK\r\n"), Want::read);
  EXPECT_EQ(talk.said, "PASS s3cret\r\n");
  EXPECT_EQ(talk.hear("+OK\r\n"), Want::done);
  auto evil = Talk::usual();
  evil.secret = "x\r\nDELE 1";
  Talk injected(evil);
  injected.hear("+OK hello\r\n");
  EXPECT_EQ(injected.hear("-ERR\r\n"), Want::failed);
  EXPECT_EQ(injected.said, "");
}

TEST(Pop3Client, SendsTokens) {
  auto options = Talk::usual();
  options.secret_is_token = true;
  {
    Talk talk(options);
    talk.hear("+OK\r\n");
    talk.hear("+OK\r\nSASL PLAIN XOAUTH2\r\n.\r\n");
    EXPECT_EQ(talk.said, "AUTH XOAUTH2 " + sasl::base64("user=office\1auth=Bearer s3cret\1\1") + "\r\n");
    talk.hear("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n");
    EXPECT_EQ(talk.said, "\r\n");
    EXPECT_EQ(talk.hear("-ERR [AUTH] s3cret is no good\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), Fault::login);
    EXPECT_EQ(talk.session.failure(), "the token of office was answered with [AUTH] *** is no good (status 401)");
  }
  {
    options.secret = std::string(300, 't');  // too long for the line: RFC 5034, section 4
    Talk talk(options);
    talk.hear("+OK\r\n");
    talk.hear("+OK\r\nSASL OAUTHBEARER\r\n.\r\n");
    EXPECT_EQ(talk.said, "AUTH OAUTHBEARER\r\n");
    talk.hear("+\r\n");
    EXPECT_THAT(talk.said, HasSubstr(sasl::base64("n,a=office,").substr(0, 10)));
    EXPECT_EQ(talk.hear("+OK\r\n"), Want::done);
  }
  Talk none(options);
  none.hear("+OK\r\n");
  EXPECT_EQ(none.hear("+OK\r\nSASL PLAIN\r\n.\r\n"), Want::failed);
  EXPECT_EQ(none.session.fault(), Fault::setup);
}

TEST(Pop3Client, StartsTls) {
  auto options = Talk::usual();
  options.stls = true;
  {
    Talk talk(options, false);
    talk.hear("+OK\r\n");
    talk.hear("+OK\r\nSTLS\r\nSASL EVIL\r\n.\r\n");
    EXPECT_EQ(talk.said, "STLS\r\n");
    EXPECT_EQ(talk.hear("+OK go\r\n"), Want::start_tls);
    talk.said.clear();
    EXPECT_EQ(talk.session.on_tls_started(talk.said), Want::read);
    EXPECT_EQ(talk.said, "CAPA\r\n");
    talk.hear("+OK\r\n.\r\n");
    EXPECT_EQ(talk.said, "USER office\r\n");
  }
  {
    Talk talk(options, false);
    talk.hear("+OK\r\n");
    EXPECT_EQ(talk.hear("+OK\r\nSASL PLAIN\r\n.\r\n"), Want::failed);
    EXPECT_EQ(talk.said, "");
    EXPECT_EQ(talk.session.fault(), Fault::setup);
  }
  {
    Talk talk(options, false);
    talk.hear("+OK\r\n");
    talk.hear("-ERR\r\n");
    EXPECT_EQ(talk.said, "STLS\r\n");
    EXPECT_EQ(talk.hear("-ERR no\r\n"), Want::failed);
    EXPECT_EQ(talk.said, "");
  }
  {
    Talk talk(options, false);
    talk.hear("+OK\r\n");
    talk.hear("+OK\r\nSTLS\r\n.\r\n");
    EXPECT_EQ(talk.hear("+OK go\r\n+OK injected\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), Fault::protocol);
  }
}

TEST(Pop3Client, TellsWhyALoginFailed) {
  for (const auto& [answer, fault] :
       std::vector<std::pair<std::string, Fault>>{{"-ERR no", Fault::login},
                                                  {"-ERR [AUTH] no", Fault::login},
                                                  {"-ERR [IN-USE] busy", Fault::unavailable},
                                                  {"-ERR [sys/temp] later", Fault::unavailable},
                                                  {"-ERR [LOGIN-DELAY] slow", Fault::unavailable}}) {
    Talk talk;
    talk.hear("+OK\r\n");
    talk.hear("-ERR\r\n");
    talk.hear("+OK\r\n");
    EXPECT_EQ(talk.hear(answer + " s3cret\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), fault) << answer;
    EXPECT_THAT(talk.session.failure(), Not(HasSubstr("s3cret")));
  }
}

TEST(Pop3Client, Lists) {
  Talk talk;
  talk.log_in();
  talk.session.list(talk.said = "");
  EXPECT_EQ(talk.said, "LIST\r\n");
  talk.hear("+OK\r\n1 100\r\n2 200 octets\r\n5 7\r\n.\r\n");
  EXPECT_EQ(talk.said, "UIDL\r\n");
  EXPECT_EQ(talk.hear("+OK\r\n1 abc\r\n5 d e\r\n9 zzz\r\n.\r\n"), Want::done);
  ASSERT_EQ(talk.session.listed().size(), 3U);
  EXPECT_EQ(talk.session.listed()[1].size, 200U);
  EXPECT_EQ(talk.session.listed()[0].uidl, "abc");
  EXPECT_EQ(talk.session.listed()[1].uidl, "");
  EXPECT_EQ(talk.session.listed()[2].uidl, "d e");
  EXPECT_TRUE(talk.session.knows_uidl());
  talk.session.list(talk.said = "");
  talk.hear("+OK\r\n1 100\r\n.\r\n");
  EXPECT_EQ(talk.hear("-ERR what\r\n"), Want::done);
  EXPECT_FALSE(talk.session.knows_uidl());
  EXPECT_TRUE(talk.session.ok());
  talk.session.list(talk.said = "");
  EXPECT_EQ(talk.hear("+OK none\r\n.\r\n"), Want::done);
  EXPECT_TRUE(talk.session.listed().empty());
}

TEST(Pop3Client, RetrievesAndTakesTheDotsOff) {
  const std::string wire =
      "+OK 10 octets\r\nSubject: x\r\n\r\n..\r\n...dots\r\n.x\r\n" + std::string(10'000, '.') + "\r\n \r\n.\r\n";
  const std::string mail = "Subject: x\r\n\r\n.\r\n..dots\r\nx\r\n" + std::string(9'999, '.') + "\r\n \r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{5000}, wire.size()}) {
    Talk talk;
    talk.log_in();
    talk.session.retrieve(3, 100'000, talk.said = "");
    EXPECT_EQ(talk.said, "RETR 3\r\n");
    Want want = Want::read;
    for (std::string_view rest = wire; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
      want = talk.hear(rest.substr(0, piece));
    EXPECT_EQ(want, Want::done) << piece << talk.session.failure();
    EXPECT_EQ(talk.session.take_text(), mail) << piece;
    EXPECT_EQ(talk.session.size(), mail.size());
  }
}

TEST(Pop3Client, ReadsPastWhatIsTooLarge) {
  for (const std::size_t size : {100U, 101U}) {
    Talk talk;
    talk.log_in();
    talk.session.retrieve(1, 100, talk.said = "");
    EXPECT_EQ(talk.hear("+OK\r\n" + std::string(size - 2, 'x') + "\r\n.\r\n"), Want::done);
    EXPECT_EQ(talk.session.size(), size);
    EXPECT_EQ(talk.session.take_text().size() == size, size == 100);
  }
}

TEST(Pop3Client, DeletesAndQuits) {
  Talk talk;
  talk.log_in();
  talk.session.remove(2, talk.said = "");
  EXPECT_EQ(talk.said, "DELE 2\r\n");
  EXPECT_EQ(talk.hear("+OK\r\n"), Want::done);
  EXPECT_TRUE(talk.session.ok());
  talk.session.quit(talk.said = "");
  EXPECT_EQ(talk.hear("-ERR [SYS/TEMP] some deleted messages not removed\r\n"), Want::closed);
  EXPECT_FALSE(talk.session.ok());
}

TEST(Pop3Client, EndsWithWhoBreaksTheProtocol) {
  for (const char* text : {"220 smtp\r\n", "* OK imap\r\n", "HTTP/1.1 400 Bad\r\n"}) {
    Talk talk;
    EXPECT_EQ(talk.hear(text), Want::failed) << text;
    EXPECT_EQ(talk.session.fault(), Fault::protocol);
  }
  Talk busy;
  EXPECT_EQ(busy.hear("-ERR too many\r\n"), Want::failed);
  EXPECT_EQ(busy.session.fault(), Fault::unavailable);
  Talk endless;
  EXPECT_EQ(endless.hear("+OK " + std::string(4000, 'x')), Want::read);
  EXPECT_EQ(endless.hear(std::string(200, 'x')), Want::failed);
  for (const char* list : {"x\r\n", "0 5\r\n", "1\r\n", "2 5\r\n1 5\r\n", "99999999999 5\r\n"}) {
    Talk talk;
    talk.log_in();
    talk.session.list(talk.said = "");
    EXPECT_EQ(talk.hear("+OK\r\n" + std::string(list) + ".\r\n"), Want::failed) << list;
  }
  Talk more;
  more.log_in();
  EXPECT_EQ(more.hear("+OK nobody asked\r\n"), Want::failed);
}

/// The mail that RETR brings when LIST told `size` octets and the server sends `sent` in pieces of `step` octets; a
/// mail that does not end is "(open)".
std::string retrieved(std::string_view sent, std::size_t size, std::size_t step) {
  Talk talk;
  talk.log_in();
  talk.session.list(talk.said);
  talk.hear("+OK\r\n1 " + std::to_string(size) + "\r\n.\r\n");
  talk.hear("+OK\r\n1 a\r\n.\r\n");
  talk.session.retrieve(1, 1 << 20, talk.said);
  talk.hear("+OK\r\n");
  Want want = Want::read;
  for (std::size_t at = 0; at < sent.size(); at += step) want = talk.hear(sent.substr(at, step));
  return want == Want::done ? talk.session.take_text() : "(open)";
}

TEST(Pop3Client, OnlyADotBetweenWholeLineEndsEndsAMail) {
  struct Case {
    std::string sent, mail;
  };
  const std::vector<Case> cases{
      {"a\r\n.\r\n", "a\r\n"},
      {"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"},           // bare on both sides
      {"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"},       // bare before
      {"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"},        // bare behind: a stuffed dot before an empty line
      {"a\n..\nb\r\n.\r\n", "a\n..\nb\r\n"},         // not at the begin of a line: nothing was stuffed
      {"a\r\n..\r\nb\r\n.\r\n", "a\r\n.\r\nb\r\n"},  // stuffed
      {"\n.\n\r\n.\r\n", "\n.\n\r\n"},               // from the first line on
      {"a\n.\n.\n.\n.\r\nb\r\n.\r\n", "a\n.\n.\n.\n.\r\nb\r\n"},
      {"a\r.\rb\r\n.\r\n", "a\r.\rb\r\n"},  // carriage returns alone
      {"a\n.\nb\n.\r\n", "a\n.\nb\n"},      // the last line has no CR: all octets are there, so it is the end
      {"a\n.b\r\n.\r\n", "a\n.b\r\n"},
      {".\r\n", ""},
  };
  for (const auto& one : cases)
    for (const std::size_t step : {1UL, 2UL, 3UL, 100UL})
      EXPECT_EQ(retrieved(one.sent, one.mail.size(), step), one.mail)
          << testing::PrintToString(one.sent) << " by " << step;
  EXPECT_EQ(retrieved("a\n.\n", 4, 100), "(open)");
  EXPECT_EQ(retrieved("a\n.\r\n", 100, 100), "(open)");
}

TEST(Pop3Client, ALongLineKeepsItsDotsBehindABareLineFeed) {
  const std::string dots = "a\n." + std::string(20'000, 'x') + "\r\n";
  EXPECT_EQ(retrieved(dots + ".\r\n", dots.size(), 1000), dots);
}

}  // namespace
}  // namespace orgo::pop3
