// What no real server at hand does: scripted ones do it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/mailbox/scripted_settings.h"

namespace orgo {
namespace {

using mail_out::ScriptedServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Taken {
  std::vector<std::string> mails;
  MailboxPosition position;

  Result<Mailbox::Looked> look(Mailbox& mailbox) {
    auto looked = mailbox.look(
        position, 100,
        [&](const Mailbox::Batch& batch) -> Status {
          for (const auto& mail : batch.mails) mails.push_back(mail.bytes);
          position = batch.position;
          return {};
        },
        within(Millis{20'000}));
    if (looked) position = looked->position;
    return looked;
  }
};

const std::string kImapLogin =
    "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\n<O1 AUTHENTICATE\nO1 OK [CAPABILITY IMAP4rev1] in\n<O2 "
    "EXAMINE\n"
    "* 2 EXISTS\n* OK [UIDVALIDITY 7] x\n* OK [UIDNEXT 3] x\nO2 OK done\n";

TEST(ScriptedImap, OneMailThatIsNotHandedOutStopsNoOtherAndIsNotForgotten) {
  ScriptedServer server({kImapLogin + "<O3 UID SEARCH\n* SEARCH 1 2\nO3 OK x\n<O4 UID FETCH 1:2 (UID RFC822.SIZE\n* 1 "
                                      "FETCH (UID 1 RFC822.SIZE 3)\n* 2 FETCH (UID 2 RFC822.SIZE 5)\nO4 OK x\n"
                                      "<O5 UID FETCH 1:2 (UID BODY.PEEK\n* 2 FETCH (UID 2 BODY[] NIL)\n* 1 FETCH (UID "
                                      "1 BODY[] \"one\")\nO5 NO some could not be read\n"
                                      "<O6 UID SEARCH UID 2\n* SEARCH 2\nO6 OK x\n<O7 UID FETCH 2 (UID BODY\nO7 NO "
                                      "damaged\n<O8 UID SEARCH UID 2\n* SEARCH 2\nO8 OK x\n<nothing\n",
                         kImapLogin +
                             "<O3 UID SEARCH UID 2\n* SEARCH 2\nO3 OK x\n<O4 UID FETCH 2 (UID RFC822.SIZE\n* 2 FETCH "
                             "(UID 2 RFC822.SIZE 5)\nO4 OK x\n"
                             "<O5 UID FETCH 2 (UID BODY\n* 2 FETCH (UID 2 BODY[] \"two:2\")\nO5 OK x\n<nothing\n"});
  Taken taken;
  {
    const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::imap));
    ASSERT_TRUE(mailbox);
    const auto looked = taken.look(**mailbox);
    ASSERT_TRUE(looked) << looked.error().message;
    EXPECT_THAT(looked->problem, HasSubstr("does not hand out 1 mail that it lists, the first is 7:2"));
    EXPECT_THAT(taken.mails, ElementsAre("one"));
    EXPECT_THAT(taken.position.held_back, ElementsAre("7:2"));
    EXPECT_EQ(taken.position.last_uid, 2U);
    mailbox->get()->stop();
  }
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::imap));
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->problem, "");
  EXPECT_THAT(taken.mails, ElementsAre("one", "two:2"));
  EXPECT_THAT(taken.position.held_back, IsEmpty());
  EXPECT_EQ(taken.position.last_uid, 2U);
  mailbox->get()->stop();
}

TEST(ScriptedImap, AMailThatIsGoneIsPassedOver) {
  ScriptedServer server(
      {kImapLogin + "<O3 UID SEARCH\n* SEARCH 1 2\nO3 OK x\n<O4 UID FETCH\n* 1 FETCH (UID 1 RFC822.SIZE 3)\nO4 OK x\n"
                    "<O5 UID FETCH\n* 1 FETCH (UID 1 BODY[] \"one\")\nO5 OK x\n<O6 UID SEARCH UID 2\n* SEARCH\nO6 OK "
                    "x\n<nothing\n"});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::imap));
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->problem, "");
  EXPECT_THAT(taken.mails, ElementsAre("one"));
  EXPECT_EQ(taken.position.last_uid, 2U);
  EXPECT_THAT(taken.position.held_back, IsEmpty());
  mailbox->get()->stop();
}

TEST(ScriptedImap, WithoutUidNextTheLastMailIsAskedFor) {
  ScriptedServer server(
      {"* OK [CAPABILITY IMAP4rev1] hello\n<O1 LOGIN \"office\" \"s3cret\"\nO1 OK [CAPABILITY IMAP4rev1] in\n<O2 "
       "EXAMINE\n* 2 EXISTS\n"
       "* OK [UIDVALIDITY 7] x\nO2 OK done\n<O3 UID SEARCH UID *\n* SEARCH 41\nO3 OK x\n"
       "<O4 UID SEARCH UID 42:*\n* SEARCH 41\nO4 OK x\n<nothing\n"});
  Taken taken;
  auto settings = scripted_settings(server, MailboxSettings::Protocol::imap);
  settings.only_new = true;
  settings.poll = Millis{10};
  const auto mailbox = open_mailbox(settings);
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(taken.position.last_uid, 41U);
  EXPECT_THAT(taken.mails, IsEmpty());
  EXPECT_TRUE((*mailbox)->wait(within(Millis{60'000})));  // no IDLE: the poll interval
  EXPECT_EQ((*mailbox)->describe(), "IMAP, in the clear");
  mailbox->get()->stop();
}

TEST(ScriptedImap, SaysNothingBeforeTls) {
  ScriptedServer server({"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n<nothing\n"});
  auto settings = scripted_settings(server, MailboxSettings::Protocol::imap);
  settings.tls = MailboxSettings::Tls::starttls;
  Taken taken;
  const auto mailbox = open_mailbox(settings);
  const auto looked = taken.look(**mailbox);
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::unavailable);
  EXPECT_THAT(looked.error().message, HasSubstr("does not offer STARTTLS"));
}

TEST(ScriptedImap, TellsWhatTheServerSaidLast) {
  ScriptedServer server({"* BYE too many connections\n"});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::imap));
  const auto looked = taken.look(**mailbox);
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, Errc::unavailable);
  EXPECT_THAT(looked.error().message, HasSubstr("too many connections"));
}

const std::string kPop3Login = "+OK hello\n<CAPA\n-ERR what\n<USER office\n+OK\n<PASS s3cret\n+OK\n<LIST\n";

TEST(ScriptedPop3, WithoutUidlTheHeaderTellsMailsApart) {
  const std::string both =
      kPop3Login +
      "+OK\n1 12\n2 17\n3 17\n.\n<UIDL\n-ERR what\n<TOP 1 0\n+OK\nSubject: a\n\n.\n<TOP 2 0\n+OK\nSubject: b\n\n.\n"
      "<TOP 3 0\n+OK\nSubject: b\n\n.\n";
  ScriptedServer server({both + "<RETR 1\n+OK\nSubject: a\n.\n<RETR 2\n+OK\nSubject: b\n\n1\n.\n<RETR 3\n+OK\nSubject: "
                                "b\n\n2\n.\n<QUIT\n+OK\n",
                         both + "<QUIT\n+OK\n"});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::pop3));
  auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_THAT(taken.mails, ElementsAre("Subject: a\r\n", "Subject: b\r\n\r\n1\r\n",
                                       "Subject: b\r\n\r\n2\r\n"));  // alike in their headers, and yet two
  EXPECT_EQ(taken.position.seen.size(), 3U);
  looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(taken.mails.size(), 3U);
}

TEST(ScriptedPop3, MailsThatShareAUidlAreNotTakenForOne) {
  const std::string listed = kPop3Login +
                             "+OK\n1 1\n2 2\n3 3\n.\n<UIDL\n+OK\n1 same\n2 other\n3 same\n.\n<TOP 1 "
                             "0\n+OK\nSubject: a\n\n.\n<TOP 3 0\n+OK\nSubject: c\n\n.\n";
  ScriptedServer server(
      {listed + "<RETR 1\n+OK\na\n.\n<RETR 2\n+OK\nb\n.\n<RETR 3\n+OK\nc\n.\n<QUIT\n+OK\n", listed + "<QUIT\n+OK\n"});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::pop3));
  ASSERT_TRUE(taken.look(**mailbox));
  ASSERT_TRUE(taken.look(**mailbox));
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "b\r\n", "c\r\n"));
}

TEST(ScriptedPop3, WhereMailsCannotBeToldApartTheyMustBeDeleted) {
  const std::string listed = kPop3Login + "+OK\n1 3\n.\n<UIDL\n-ERR what\n<TOP 1 0\n-ERR what\n";
  ScriptedServer server({listed + "<nothing\n", listed + "<RETR 1\n+OK\na\n.\n<DELE 1\n+OK\n<QUIT\n+OK\n"});
  Taken taken;
  auto settings = scripted_settings(server, MailboxSettings::Protocol::pop3);
  {
    const auto mailbox = open_mailbox(settings);
    const auto looked = taken.look(**mailbox);
    ASSERT_FALSE(looked);
    EXPECT_EQ(looked.error().code, Errc::unavailable);
    EXPECT_THAT(looked.error().message, HasSubstr("only be read when mails are deleted"));
  }
  settings.after = MailboxSettings::After::remove;
  const auto mailbox = open_mailbox(settings);
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n"));
  EXPECT_THAT(taken.position.seen, IsEmpty());
}

TEST(ScriptedPop3, DeletionsCountWhenTheServerConfirmsThem) {
  const std::string listed = kPop3Login + "+OK\n1 3\n.\n<UIDL\n+OK\n1 a\n.\n";
  ScriptedServer server({listed + "<RETR 1\n+OK\na\n.\n<DELE 1\n+OK\n<QUIT\n",  // and hangs up
                         listed + "<DELE 1\n+OK\n<QUIT\n-ERR some deleted messages not removed\n",
                         listed + "<DELE 1\n+OK\n<QUIT\n+OK\n"});
  Taken taken;
  auto settings = scripted_settings(server, MailboxSettings::Protocol::pop3);
  settings.after = MailboxSettings::After::remove;
  const auto mailbox = open_mailbox(settings);
  EXPECT_FALSE(taken.look(**mailbox));
  EXPECT_THAT(taken.position.unfinished, ElementsAre("a"));
  const auto refused = taken.look(**mailbox);
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_THAT(refused->problem, HasSubstr("not removed"));
  EXPECT_THAT(taken.position.unfinished, ElementsAre("a"));
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(looked->problem, "");
  EXPECT_THAT(taken.position.unfinished, IsEmpty());
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n"));
}

TEST(MailboxSettings, MustFitTogether) {
  MailboxSettings good;
  good.host = "mail.example";
  good.username = "office";
  good.password = "x";
  EXPECT_TRUE(open_mailbox(good));
  const std::vector<std::pair<void (*)(MailboxSettings&), std::string>> wrong = {
      {[](MailboxSettings& s) { s.host = ""; }, "host"},
      {[](MailboxSettings& s) { s.username = ""; }, "username"},
      {[](MailboxSettings& s) { s.password = ""; }, "password or a token"},
      {[](MailboxSettings& s) { s.token.shell = "x"; }, "one of both"},
      {[](MailboxSettings& s) { s.password = "", s.token.shell = "x", s.token.program = {"y"}; }, "not both"},
      {[](MailboxSettings& s) { s.after = MailboxSettings::After::move; }, "folder to move to"},
      {[](MailboxSettings& s) { s.after = MailboxSettings::After::move, s.move_to = "inbox"; }, "can't be moved"},
      {[](MailboxSettings& s) { s.after = MailboxSettings::After::flag, s.flag = "\\Recent"; }, "no flag"},
      {[](MailboxSettings& s) { s.folder = "a\nb"; }, "control character"},
      {[](MailboxSettings& s) { s.ca_file = "/nowhere.pem"; }, "/nowhere.pem"},
      {[](MailboxSettings& s) { s.protocol = MailboxSettings::Protocol::pop3, s.after = MailboxSettings::After::flag; },
       "POP3 knows neither"},
      {[](MailboxSettings& s) { s.protocol = MailboxSettings::Protocol::pop3, s.folder = "Office"; }, "needs IMAP"}};
  for (const auto& [change, words] : wrong) {
    MailboxSettings settings = good;
    change(settings);
    const auto opened = open_mailbox(settings);
    ASSERT_FALSE(opened) << words;
    EXPECT_EQ(opened.error().code, Errc::invalid_input);
    EXPECT_THAT(opened.error().message, HasSubstr(words));
  }
}

TEST(ScriptedPop3, WhatWasNotHandedOutWholeIsNotDeleted) {
  ScriptedServer server({kPop3Login + "+OK\n1 3\n2 300\n.\n<UIDL\n+OK\n1 u1\n2 u2\n.\n<RETR 1\n+OK\na\n.\n"
                                      "<RETR 2\n+OK\nb\n.\n<DELE 1\n+OK\n<QUIT\n+OK\n"});
  Taken taken;
  auto settings = scripted_settings(server, MailboxSettings::Protocol::pop3);
  settings.after = MailboxSettings::After::remove;
  const auto mailbox = open_mailbox(settings);
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "b\r\n"));
  EXPECT_THAT(looked->problem, HasSubstr("handed out 3 of the 300 bytes of mail u2: it is not deleted"));
  EXPECT_THAT(taken.position.seen, ElementsAre()) << "it is asked for again";
}

TEST(ScriptedPop3, WhatCameCutOffIsAskedForAgainUntilItIsWhole) {
  const auto day = [](const std::string& lines) {
    return kPop3Login + "+OK\n1 14\n.\n<UIDL\n+OK\n1 u1\n.\n<RETR 1\n+OK\n" + lines + ".\n<QUIT\n+OK\n";
  };
  const std::string none = kPop3Login + "+OK\n1 14\n.\n<UIDL\n+OK\n1 u1\n.\n<QUIT\n+OK\n";
  ScriptedServer server({day("beginn\n"), day("beginning\nend\n"), none});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::pop3));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(taken.look(**mailbox)) << i;
  EXPECT_THAT(taken.mails, ElementsAre("beginn\r\n", "beginning\r\nend\r\n"));
  EXPECT_THAT(taken.position.seen, ElementsAre("u1"));
  // A server that tells wrong sizes is not asked for ever.
  ScriptedServer wrong({day("a\n"), day("a\n"), day("a\n"), day("a\n"), none});
  Taken few;
  const auto other = open_mailbox(scripted_settings(wrong, MailboxSettings::Protocol::pop3));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(few.look(**other)) << i;
  EXPECT_THAT(few.mails, testing::SizeIs(4));
  EXPECT_THAT(few.position.seen, ElementsAre("u1"));
}

TEST(ScriptedPop3, AMailThatBreaksOffTheLookDoesNotKeepTheOthersBack) {
  const std::string listed = kPop3Login + "+OK\n1 3\n2 30\n3 3\n.\n<UIDL\n+OK\n1 u1\n2 u2\n3 u3\n.\n";
  ScriptedServer server({listed + "<RETR 1\n+OK\na\n.\n<RETR 2\n+OK\nb\n",
                         listed + "<RETR 3\n+OK\nc\n.\n<RETR 2\n+OK\nb\n",
                         listed + "<RETR 2\n+OK\nb\nthat was long enough, says B\n.\n<QUIT\n+OK\n"});
  Taken taken;
  const auto mailbox = open_mailbox(scripted_settings(server, MailboxSettings::Protocol::pop3));
  EXPECT_FALSE(taken.look(**mailbox));
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n"));
  EXPECT_FALSE(taken.look(**mailbox));
  EXPECT_THAT(taken.mails, ElementsAre("a\r\n", "c\r\n"));
  const auto looked = taken.look(**mailbox);
  ASSERT_TRUE(looked) << looked.error().message;
  EXPECT_EQ(taken.mails.size(), 3U);
}

}  // namespace
}  // namespace orgo
