#include "protocol/imap/client_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::imap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Want = ClientSession::Want;
using Fault = ClientSession::Fault;

/// A session and what it said; `hear` is one read.
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
  /// What follows the last command's tag; answers it with `text`, where "@" is the tag.
  Want answer(std::string text) {
    const std::size_t from = said.rfind('\n', said.size() - 2);
    const std::string line = said.substr(from == std::string::npos ? 0 : from + 1);
    if (!line.empty() && line.front() == 'O') tag = line.substr(0, line.find(' '));
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos;) text.replace(at, 1, tag);
    return hear(text);
  }
  std::string tag;

  /// Up to the selected folder.
  void open(const std::string& capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN IDLE UIDPLUS MOVE CONDSTORE",
            const std::string& folder =
                "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 12] x\r\n* OK [HIGHESTMODSEQ 99] x\r\n") {
    ASSERT_EQ(hear("* OK [CAPABILITY " + capabilities + "] ready\r\n"), Want::read);
    ASSERT_EQ(answer("@ OK [CAPABILITY " + capabilities + "] in\r\n"), Want::read);
    ASSERT_THAT(said, HasSubstr("SELECT \"INBOX\""));
    ASSERT_EQ(answer(folder + "@ OK [READ-WRITE] done\r\n"), Want::done) << session.failure();
  }
};

TEST(ImapClient, OpensAFolder) {
  Talk talk;
  EXPECT_EQ(talk.hear("* OK hello\r\n"), Want::read);
  EXPECT_EQ(talk.said, "O1 CAPABILITY\r\n");
  talk.answer("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n@ OK x\r\n");
  EXPECT_EQ(talk.said, "O2 AUTHENTICATE PLAIN AG9mZmljZQBzM2NyZXQ=\r\n");
  talk.answer("@ OK in\r\n");
  EXPECT_EQ(talk.said, "O3 CAPABILITY\r\n");  // they may be others now
  talk.answer("* CAPABILITY IMAP4rev1 CONDSTORE\r\n@ OK x\r\n");
  EXPECT_EQ(talk.said, "O4 SELECT \"INBOX\" (CONDSTORE)\r\n");
  EXPECT_EQ(talk.answer("* 3 EXISTS\r\n* OK [UIDVALIDITY 4294967295]\r\n* OK [UIDNEXT 12] x\r\n* OK [HIGHESTMODSEQ 99] "
                        "x\r\n@ OK x\r\n"),
            Want::done);
  EXPECT_EQ(talk.session.folder().exists, 3U);
  EXPECT_EQ(talk.session.folder().uid_validity, 4294967295U);
  EXPECT_EQ(talk.session.folder().uid_next, 12U);
  EXPECT_EQ(talk.session.folder().highest_mod_seq, 99U);
  EXPECT_FALSE(talk.session.has_news());
}

TEST(ImapClient, ExaminesWhereNothingIsToChange) {
  auto options = Talk::usual();
  options.read_only = true;
  options.folder = "Büro & Co";
  Talk talk(options);
  talk.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] x\r\n");
  talk.answer("@ OK [CAPABILITY IMAP4rev1] in\r\n");
  EXPECT_EQ(talk.said, "O2 EXAMINE \"B&APw-ro &- Co\"\r\n");
}

TEST(ImapClient, LogsInWithLiteralsWhereQuotesWontDo) {
  auto options = Talk::usual();
  options.username = "b\xc3\xbcro";
  options.secret = "a\"\\b";
  Talk talk(options);
  talk.hear("* OK [CAPABILITY IMAP4rev1] x\r\n");
  EXPECT_EQ(talk.said, "O1 LOGIN {5}\r\n");
  talk.hear("+ go on\r\n");
  EXPECT_EQ(talk.said, "b\xc3\xbcro \"a\\\"\\\\b\"\r\n");

  Talk plus(options);
  plus.hear("* OK [CAPABILITY IMAP4rev1 LITERAL+] x\r\n");
  EXPECT_EQ(plus.said, "O1 LOGIN {5+}\r\nb\xc3\xbcro \"a\\\"\\\\b\"\r\n");
}

TEST(ImapClient, FallsBackToLoginWherePlainIsNotUnderstood) {
  Talk talk;
  talk.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] x\r\n");
  EXPECT_EQ(talk.answer("@ BAD what\r\n"), Want::read);
  EXPECT_EQ(talk.said, "O2 LOGIN \"office\" \"s3cret\"\r\n");
  EXPECT_EQ(talk.answer("@ NO wrong\r\n"), Want::failed);
  EXPECT_EQ(talk.session.fault(), Fault::login);
}

TEST(ImapClient, SendsTokens) {
  auto options = Talk::usual();
  options.secret_is_token = true;
  options.secret = "tok-1";
  Talk talk(options);
  talk.hear("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER] x\r\n");
  EXPECT_EQ(talk.said, "O1 AUTHENTICATE XOAUTH2 " + sasl::base64("user=office\1auth=Bearer tok-1\1\1") + "\r\n");
  // {"status":"400","schemes":"bearer"}
  EXPECT_EQ(talk.hear("+ eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiYmVhcmVyIn0=\r\n"), Want::read);
  EXPECT_EQ(talk.said, "\r\n");
  EXPECT_EQ(talk.hear("O1 NO [AUTHENTICATIONFAILED] tok-1 is no good\r\n"), Want::failed);
  EXPECT_EQ(talk.session.fault(), Fault::login);
  EXPECT_EQ(talk.session.failure(),
            "the token of office was answered with [AUTHENTICATIONFAILED] *** is no good (status 400)");
}

TEST(ImapClient, SendsTokensLaterWithoutSaslIr) {
  auto options = Talk::usual();
  options.secret_is_token = true;
  options.host = "mail.example";
  options.port = 993;
  Talk talk(options);
  talk.hear("* OK [CAPABILITY IMAP4rev1 AUTH=OAUTHBEARER] x\r\n");
  EXPECT_EQ(talk.said, "O1 AUTHENTICATE OAUTHBEARER\r\n");
  talk.hear("+ \r\n");
  EXPECT_EQ(talk.said, sasl::base64("n,a=office,\1host=mail.example\1port=993\1auth=Bearer s3cret\1\1") + "\r\n");
  talk.hear("+ e30=\r\n");
  EXPECT_EQ(talk.said, "AQ==\r\n");
}

TEST(ImapClient, TellsWhyALoginFailed) {
  const std::vector<std::pair<std::string, Fault>> answers = {{"NO [AUTHENTICATIONFAILED] no", Fault::login},
                                                              {"NO no", Fault::login},
                                                              {"NO [UNAVAILABLE] later", Fault::unavailable},
                                                              {"NO [INUSE] later", Fault::unavailable}};
  for (const auto& [answer, fault] : answers) {
    Talk talk;
    talk.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] x\r\n");
    EXPECT_EQ(talk.answer("@ " + answer + " AG9mZmljZQBzM2NyZXQ= s3cret\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), fault) << answer;
    EXPECT_THAT(talk.session.failure(), Not(HasSubstr("s3cret")));
    EXPECT_THAT(talk.session.failure(), Not(HasSubstr("AG9m")));
  }
}

TEST(ImapClient, SendsNoPasswordWhereTheServerWantsNone) {
  Talk talk(Talk::usual(), false);
  EXPECT_EQ(talk.hear("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] x\r\n"), Want::failed);
  EXPECT_EQ(talk.said, "");
  EXPECT_EQ(talk.session.fault(), Fault::setup);
  EXPECT_THAT(talk.session.failure(), HasSubstr("LOGINDISABLED"));
}

TEST(ImapClient, StartsTlsAndForgetsWhatWasToldBefore) {
  auto options = Talk::usual();
  options.starttls = true;
  Talk talk(options, false);
  talk.hear("* OK [CAPABILITY IMAP4rev1 STARTTLS SASL-IR AUTH=PLAIN] x\r\n");
  EXPECT_EQ(talk.said, "O1 STARTTLS\r\n");
  EXPECT_EQ(talk.answer("* CAPABILITY IMAP4rev1 AUTH=EVIL\r\n@ OK go\r\n"), Want::start_tls);
  talk.said.clear();
  EXPECT_EQ(talk.session.on_tls_started(talk.said), Want::read);
  EXPECT_EQ(talk.said, "O2 CAPABILITY\r\n");
  EXPECT_FALSE(talk.session.offers("AUTH=EVIL"));
  EXPECT_FALSE(talk.session.offers("AUTH=PLAIN"));
  talk.hear("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\nO2 OK x\r\n");
  EXPECT_EQ(talk.session.fault(), Fault::setup);
}

TEST(ImapClient, NeedsTlsThatIsAskedFor) {
  auto options = Talk::usual();
  options.starttls = true;
  {
    Talk talk(options, false);
    EXPECT_EQ(talk.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] x\r\n"), Want::failed);
    EXPECT_EQ(talk.said, "");
    EXPECT_EQ(talk.session.fault(), Fault::setup);
  }
  {
    Talk talk(options, false);
    EXPECT_EQ(talk.hear("* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), Fault::setup);
  }
  {
    Talk talk(options, false);
    talk.hear("* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n");
    EXPECT_EQ(talk.answer("@ NO not today\r\n"), Want::failed);
  }
  {
    Talk talk(options, false);
    talk.hear("* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n");
    EXPECT_EQ(talk.answer("@ OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"), Want::failed);  // injected
    EXPECT_EQ(talk.session.fault(), Fault::protocol);
  }
}

TEST(ImapClient, FindsOnlyWhatIsNew) {
  Talk talk;
  talk.open();
  talk.session.search(11, 100, talk.said = "");
  EXPECT_THAT(talk.said, HasSubstr(" UID SEARCH UID 12:*\r\n"));
  EXPECT_EQ(talk.answer("* SEARCH 11\r\n@ OK x\r\n"), Want::done);  // "12:*" finds the last one, though it is below 12
  EXPECT_THAT(talk.session.uids(), ElementsAre());
  talk.session.search(11, 3, talk.said = "");
  EXPECT_EQ(talk.answer("* SEARCH 90 20 13\r\n* SEARCH 15 14 4294967295\r\n@ OK x\r\n"), Want::done);
  EXPECT_THAT(talk.session.uids(), ElementsAre(13, 14, 15));
  talk.session.search(11, 3, talk.said = "");
  EXPECT_EQ(talk.answer("* ESEARCH (TAG \"@\") UID ALL 90,20,12:19\r\n@ OK x\r\n"), Want::done);
  EXPECT_THAT(talk.session.uids(), ElementsAre(12, 13, 14));
  EXPECT_EQ(talk.session.search(4294967295, 3, talk.said = ""), Want::done);
  EXPECT_EQ(talk.said, "");
}

TEST(ImapClient, FetchesMailsInAnyOrderWithWhateverElseIsSaid) {
  Talk talk;
  talk.open();
  const std::vector<std::uint32_t> uids = {12, 13, 14, 20};
  talk.session.fetch_sizes(uids, talk.said = "");
  EXPECT_THAT(talk.said, HasSubstr(" UID FETCH 12:14,20 (UID RFC822.SIZE INTERNALDATE)\r\n"));
  talk.answer(
      "* 2 FETCH (UID 13 RFC822.SIZE 5 INTERNALDATE \" 7-Nov-2026 08:15:02 +0100\")\r\n* 1 FETCH (RFC822.SIZE 4 UID "
      "12)\r\n* 9 FETCH (FLAGS (\\Seen))\r\n@ OK x\r\n");
  ASSERT_EQ(talk.session.fetched().size(), 2U);
  EXPECT_EQ(talk.session.fetched()[13].size, 5U);
  EXPECT_EQ(to_rfc3339(talk.session.fetched()[13].received_at), "2026-11-07T07:15:02Z");

  talk.session.fetch_mails(uids, 100, 1000, talk.said = "");
  EXPECT_EQ(talk.answer("* 2 FETCH (FLAGS (\\Seen) UID 13 BODY[] {5}\r\na)\r\nb)\r\n* 5 EXISTS\r\n* 1 FETCH (BODY[] "
                        "\"x\\\"y\" UID 12)\r\n"
                        "* 7 FETCH (UID 77 BODY[] {1}\r\nz)\r\n* 3 FETCH (UID 14 BODY[] NIL)\r\n* 1 EXPUNGE\r\n* 4 "
                        "FETCH (UID 20 BODY[] {101}\r\n" +
                        std::string(101, 'x') + ")\r\n@ OK x\r\n"),
            Want::done);
  auto& fetched = talk.session.fetched();
  EXPECT_EQ(fetched[13].bytes, "a)\r\nb");
  EXPECT_EQ(fetched[12].bytes, "x\"y");
  EXPECT_FALSE(fetched[14].has_bytes);
  EXPECT_FALSE(fetched[20].has_bytes);
  EXPECT_EQ(fetched[20].dropped, 101U);
  EXPECT_FALSE(fetched.contains(77));
  EXPECT_TRUE(talk.session.has_news());
  EXPECT_EQ(talk.session.folder().exists, 4U);
}

TEST(ImapClient, KeepsToTheBudgetOfAFetch) {
  Talk talk;
  talk.open();
  const std::vector<std::uint32_t> uids = {1, 2, 3};
  talk.session.fetch_mails(uids, 100'000, 50'000, talk.said = "");
  const auto mail = [](int uid, std::size_t size) {
    return "* 1 FETCH (UID " + std::to_string(uid) + " BODY[] {" + std::to_string(size) + "}\r\n" +
           std::string(size, 'x') + ")\r\n";
  };
  EXPECT_EQ(talk.answer(mail(1, 40'000) + mail(2, 40'000) + mail(3, 9'000) + "@ OK x\r\n"), Want::done);
  EXPECT_TRUE(talk.session.fetched()[1].has_bytes);
  EXPECT_FALSE(talk.session.fetched()[2].has_bytes);
  EXPECT_EQ(talk.session.fetched()[2].dropped, 40'000U);
  EXPECT_TRUE(talk.session.fetched()[3].has_bytes);
  talk.session.fetch_mails(uids, 100'000, 50'000, talk.said = "");
  EXPECT_EQ(talk.answer(mail(1, 100'000) + "@ OK x\r\n"), Want::done);  // the first may be beyond
  EXPECT_TRUE(talk.session.fetched()[1].has_bytes);
}

TEST(ImapClient, MovesOrCopiesAndRemoves) {
  const std::vector<std::uint32_t> uids = {5, 6, 9};
  {
    Talk talk;
    talk.open();
    talk.session.move(uids, "Archiv/Büro", talk.said = "");
    EXPECT_THAT(talk.said, HasSubstr(" UID MOVE 5:6,9 \"Archiv/B&APw-ro\"\r\n"));
    EXPECT_EQ(talk.answer("* OK [COPYUID 1 5:6,9 1:3] x\r\n* 1 EXPUNGE\r\n@ OK x\r\n"), Want::done);
    EXPECT_TRUE(talk.session.outcome().ok);
  }
  {
    Talk talk;
    talk.open("IMAP4rev1 SASL-IR AUTH=PLAIN UIDPLUS");
    talk.session.move(uids, "Done", talk.said = "");
    EXPECT_THAT(talk.said, HasSubstr(" UID COPY 5:6,9 \"Done\"\r\n"));
    talk.answer("@ OK x\r\n");
    EXPECT_THAT(talk.said, HasSubstr(" UID STORE 5:6,9 +FLAGS.SILENT (\\Deleted)\r\n"));
    talk.answer("@ OK x\r\n");
    EXPECT_THAT(talk.said, HasSubstr(" UID EXPUNGE 5:6,9\r\n"));
    EXPECT_EQ(talk.answer("@ OK x\r\n"), Want::done);
  }
}

TEST(ImapClient, NeverRemovesWhatItDidNotCopy) {
  const std::vector<std::uint32_t> uids = {5};
  Talk talk;
  talk.open("IMAP4rev1 SASL-IR AUTH=PLAIN UIDPLUS");
  talk.session.move(uids, "Done", talk.said = "");
  EXPECT_EQ(talk.answer("@ NO [OVERQUOTA] full\r\n"), Want::done);
  EXPECT_EQ(talk.said, "");
  EXPECT_FALSE(talk.session.outcome().ok);
  EXPECT_EQ(talk.session.outcome().code, "OVERQUOTA");
  EXPECT_EQ(talk.session.outcome().said, "[OVERQUOTA] full");
}

TEST(ImapClient, MakesTheFolderToMoveToOnce) {
  const std::vector<std::uint32_t> uids = {5};
  Talk talk;
  talk.open();
  talk.session.move(uids, "Done", talk.said = "");
  talk.answer("@ NO [TRYCREATE] no such folder\r\n");
  EXPECT_THAT(talk.said, HasSubstr(" CREATE \"Done\"\r\n"));
  talk.answer("@ OK x\r\n");
  EXPECT_THAT(talk.said, HasSubstr(" UID MOVE 5 \"Done\"\r\n"));
  EXPECT_EQ(talk.answer("@ NO [TRYCREATE] still none\r\n"), Want::done);
  EXPECT_FALSE(talk.session.outcome().ok);
}

TEST(ImapClient, RemovesNobodyElsesMails) {
  const std::vector<std::uint32_t> uids = {5, 6};
  for (const bool alone : {true, false}) {
    Talk talk;
    talk.open("IMAP4rev1 SASL-IR AUTH=PLAIN");
    talk.session.remove(uids, talk.said = "");
    EXPECT_THAT(talk.said, HasSubstr("STORE 5:6 +FLAGS.SILENT (\\Deleted)"));
    talk.answer("@ OK x\r\n");
    EXPECT_THAT(talk.said, HasSubstr(" UID SEARCH DELETED\r\n"));
    const Want want = talk.answer(std::string("* SEARCH 6 5") + (alone ? "" : " 2") + "\r\n@ OK x\r\n");
    if (alone) {
      EXPECT_THAT(talk.said, HasSubstr(" EXPUNGE\r\n"));
      EXPECT_EQ(talk.answer("@ OK x\r\n"), Want::done);
    } else {
      EXPECT_EQ(want, Want::done);
      EXPECT_EQ(talk.said, "");
    }
  }
}

TEST(ImapClient, Idles) {
  Talk talk;
  talk.open();
  talk.session.idle(talk.said = "");
  EXPECT_THAT(talk.said, HasSubstr(" IDLE\r\n"));
  EXPECT_EQ(talk.answer("+ idling\r\n"), Want::read);
  EXPECT_EQ(talk.hear("* OK still here\r\n"), Want::read);
  EXPECT_FALSE(talk.session.has_news());
  EXPECT_EQ(talk.hear("* 4 EXISTS\r\n"), Want::read);
  EXPECT_TRUE(talk.session.has_news());
  talk.session.end_idle(talk.said = "");
  EXPECT_EQ(talk.said, "DONE\r\n");
  EXPECT_EQ(talk.hear(talk.tag + " OK x\r\n"), Want::done);
  EXPECT_TRUE(talk.session.has_news());
  talk.session.forget_news();
  // DONE must wait for the "+".
  talk.session.idle(talk.said = "");
  talk.session.end_idle(talk.said);
  EXPECT_THAT(talk.said, Not(HasSubstr("DONE")));
  talk.answer("+ idling\r\n");
  EXPECT_EQ(talk.said, "DONE\r\n");
  EXPECT_EQ(talk.hear(talk.tag + " OK x\r\n"), Want::done);
  talk.session.idle(talk.said = "");
  EXPECT_EQ(talk.answer("@ BAD no idling today\r\n"), Want::done);
  EXPECT_FALSE(talk.session.outcome().ok);
}

TEST(ImapClient, ByeEndsItAtAnyTime) {
  Talk greeted;
  EXPECT_EQ(greeted.hear("* BYE too many of you\r\n"), Want::failed);
  EXPECT_EQ(greeted.session.fault(), Fault::unavailable);
  EXPECT_THAT(greeted.session.failure(), HasSubstr("too many of you"));
  Talk talk;
  talk.open();
  talk.session.search(1, 9, talk.said = "");
  EXPECT_EQ(talk.answer("* SEARCH 2\r\n* BYE [UNAVAILABLE] maintenance\r\n"), Want::failed);
  EXPECT_EQ(talk.session.fault(), Fault::unavailable);
  EXPECT_EQ(talk.hear("O9 OK x\r\n"), Want::failed);
  Talk last;
  last.open();
  last.session.logout(last.said = "");
  EXPECT_EQ(last.answer("* BYE good\r\n@ OK x\r\n"), Want::closed);
}

TEST(ImapClient, AFolderMadeAnewEndsTheSession) {
  Talk talk;
  talk.open();
  talk.session.noop(talk.said = "");
  EXPECT_EQ(talk.answer("* OK [UIDVALIDITY 8] new\r\n"), Want::failed);
  EXPECT_EQ(talk.session.fault(), Fault::unavailable);
}

TEST(ImapClient, TellsWhyAFolderCannotBeOpened) {
  for (const auto& [answer, fault] :
       std::vector<std::pair<std::string, Fault>>{{"@ NO [NONEXISTENT] none", Fault::folder},
                                                  {"@ NO [UNAVAILABLE] later", Fault::unavailable},
                                                  {"* 0 EXISTS\r\n@ OK x", Fault::setup}}) {
    Talk talk;
    talk.hear("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] x\r\n");
    talk.answer("@ OK [CAPABILITY IMAP4rev1] in\r\n");
    EXPECT_EQ(talk.answer(answer + "\r\n"), Want::failed);
    EXPECT_EQ(talk.session.fault(), fault) << answer;
  }
}

TEST(ImapClient, EndsWithWhoBreaksTheProtocol) {
  for (const char* text :
       {"220 smtp.example ESMTP\r\n", "+OK pop\r\n", "* 1 EXISTS\r\n", "A1 OK unasked\r\n", "\r\nHTTP/1.1 400\r\n"}) {
    Talk talk;
    EXPECT_EQ(talk.hear(text), Want::failed) << text;
    EXPECT_EQ(talk.session.fault(), Fault::protocol) << text;
  }
  Talk talk;
  talk.open();
  talk.session.noop(talk.said = "");
  EXPECT_EQ(talk.hear("O999 OK x\r\n"), Want::failed);
  Talk asked;
  asked.open();
  asked.session.noop(asked.said = "");
  EXPECT_EQ(asked.hear("+ more please\r\n"), Want::failed);
}

TEST(ImapClient, TakesUtf8NamesWhereTheyAreEnabled) {
  auto options = Talk::usual();
  options.folder = "Büro";
  Talk talk(options);
  talk.hear("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] x\r\n");
  talk.answer("@ OK [CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT LITERAL+] in\r\n");
  EXPECT_EQ(talk.said, "O2 ENABLE UTF8=ACCEPT\r\n");
  talk.answer("* ENABLED UTF8=ACCEPT\r\n@ OK x\r\n");
  EXPECT_THAT(talk.said, HasSubstr("SELECT \"Büro\""));
}

}  // namespace
}  // namespace orgo::imap
