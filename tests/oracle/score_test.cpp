// What bench/score_mail prints, as tests: the goals, and each exception with its reason.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/oracle/corpora.h"
#include "tests/score/score.h"

namespace orgo {
namespace {

/// By file and field: why we read it otherwise, on purpose or because the corpus alone does not tell.
using Reasons = std::map<std::string, std::string>;

const Reasons kZammad = {
    {"mail018 subject", "unicode-1-1-utf-7: the peer does not decode it, we do"},
    {"mail018 body", "unicode-1-1-utf-7: the peer does not decode it, we do"},
    {"mail019 body", "the peer shows the <title> as text"},
    {"mail020 body", "the peer reads &lang; as HTML 4 did"},
    {"mail021 body", "the peer reads &lang; as HTML 4 did"},
    {"mail025 body", "the text is one uuencoded file; for us it is an attachment"},
    {"mail047 body", "the peer shows the <title> as text"},
    {"mail097 message_id", "the mail has none; the peer made one up"},
    {"mail102 attachment_name", "the peer made a second name of the same file different"},
};

const Reasons kStalwart = {
    {"address row 5 address", "comments between the words of a name: the peer keeps half of them in it"},
    {"date row 6 date", "no date, but a row of numbers; the peer takes '16 23 42' for a time"},
    {"unstructured row 8 unstructured", "the peer puts a space before an encoded word that is glued to a word"},
    {"unstructured row 13 unstructured", "the same"},
    {"malformed/015.eml return-path", "we keep the <> of a field that nobody reads but by its address"},
    {"rfc/004.eml from", "an address without a domain: the peer takes it for a name"},
    {"rfc/004.eml to", "the same"},
    {"malformed/001.eml part 1 multipart",
     "boundary 'a' in 'ab': the peer takes a line for a boundary that it only begins like"},
    {"malformed/001.eml part 3 Text", "the same"},
    {"malformed/007.eml part 2 Text", "the same"},
    {"malformed/016.eml part 4 Text",
     "the outer boundary ends the inner multipart (RFC 2046, 5.1.2); the peer goes on inside"},
    {"malformed/016.eml part 5 Text", "the same"},
    {"malformed/016.eml part 6 Text", "the same"},
    {"malformed/019.eml part 8 Text", "random damage; lines that are no header are text for us, nothing for the peer"},
    {"malformed/019.eml part 9 Text", "the same"},
    {"malformed/020.eml part 1 Text",
     "two Content-Type fields: we take the first, which names the boundary that is there"},
    {"malformed/021.eml part 1 Text", "the same"},
    {"thirdparty/005.eml part 5 Text", "'invalid--1--': a boundary stands at the begin of a line"},
    {"received row 35 from_ip", "(user@192.0.2.1): we take the name and the address apart"},
    {"received row 35 ident", "the same"},
    {"received row 64 from_ip", "the same"},
    {"received row 64 ident", "the same"},
    {"received row 48 date", "a year of two digits is of this century, not of 1903"},
    {"received row 49 date", "the same"},
    {"received row 68 date", "the same"},
    {"received row 63 date", "asctime without a zone: the peer does not read it"},
    {"received row 77 date", "the peer drops fractions of a second"},
    {"received row 67 by", "'by alpha by uid 7791': the first one is the host"},
    {"received row 68 for", "'for' behind the date"},
};

const Reasons kBounces = {
    {"lhost-activehunter-02 reason",
     "'User unknown' without a command: the report does not say that it came after DATA"},
    {"lhost-postfix-07 reason", "the same"},
    {"lhost-surfcontrol-01 reason", "the same"},
    {"lhost-x1-01 reason", "the same"},
    {"lhost-receivingses-01 reason",
     "'5.1.1 Mailbox does not exist' is userunknown by its code; the peer has a table for that host"},
    {"lhost-receivingses-02 reason", "the same"},
    {"rfc3464-42 reason", "'The email account that you tried to reach does not exist'"},
    {"lhost-dragonfly-18 reason", "'Policy violation' is policyviolation for us"},
    {"lhost-exim-46 reason", "'Missing reverse DNS' is requireptr for us; the peer has a table for that host"},
    {"lhost-ezweb-02 reason", "'550 user unknown (in reply to RCPT TO)', and elsewhere 'account is disabled'"},
    {"lhost-gsuite-15 reason", "NXDOMAIN is hostunknown for us"},
    {"lhost-notes-01 reason", "no reason is told"},
    {"rfc3464-39 reason", "no reason is told"},
    {"lhost-receivingses-03 reason", "'450 Temporary failure' tells no reason"},
    {"lhost-outlook-08 reason", "'mailbox unavailable' without address or command is filtered for us"},
    {"lhost-sendmail-41 reason", "'user doesn't have an account' in answer to DATA is filtered for us"},
    {"lhost-postfix-74 reason", "the same words are badreputation in another report of the corpus"},
    {"rfc3464-35 reason", "'host name lookup failure' and 'not a registered gateway user' are read by their words"},
    {"rhost-cox-01 reason", "the peer has a table for that host"},
    {"rhost-franceptt-10 reason", "the peer has a table for that host"},
    {"rhost-franceptt-11 reason", "the peer has a table for that host"},
    {"rhost-franceptt-12 reason", "the peer has a table for that host"},
    {"rhost-nttdocomo-02 reason", "the peer has a table for that host"},
    {"rhost-nttdocomo-03 reason", "the peer has a table for that host"},
};

void expect_goals(const std::string& corpus, const Reasons& accepted, std::initializer_list<std::string> explained) {
  const auto folder = testing::corpora() / corpus;
  const auto* const format = score::format_of(folder);
  ASSERT_NE(format, nullptr) << folder;
  const auto result = format->run(folder);
  EXPECT_GT(result.mails, 0U);
  for (const auto& measure : result.measures) {
    std::cout << corpus << ' ' << measure.name << ": " << measure.reached << " of " << measure.of << '\n';
    EXPECT_TRUE(measure.good()) << corpus << ' ' << measure.name << ": " << measure.percent() << " of " << measure.goal;
    for (const auto& name : explained) {
      if (measure.name != name) continue;
      for (const auto& miss : measure.misses)
        EXPECT_TRUE(accepted.contains(miss.file + " " + miss.field))
            << miss.file << ' ' << miss.field << " is read as " << miss.got << "\n  wanted: " << miss.want;
    }
  }
}

TEST(Score, MailsOfAHelpDesk) {
  ORGO_NEED_CORPORA();
  expect_goals("zammad-mail", kZammad, {"all_fields"});
}

TEST(Score, AnotherParsersTree) {
  ORGO_NEED_CORPORA();
  expect_goals("stalwart-mail-parser", kStalwart,
               {"field_address", "field_date", "field_content_type", "field_unstructured", "field_id", "field_received",
                "headers", "bodies", "attachments"});
}

TEST(Score, BouncesOfSeventyMailSystems) {
  ORGO_NEED_CORPORA();
  expect_goals("sisimai-bounces", kBounces, {"reason"});
}

TEST(Score, Signatures) {
  ORGO_NEED_CORPORA();
  expect_goals("zammad-signatures", {}, {"signature_lines", "not_in_new_text"});
}

TEST(Score, OddMails) {
  ORGO_NEED_CORPORA();
  for (const auto* const corpus :
       {"mikel-mail", "cpython-email", "nodemailer-mailparser", "mimekit", "rt-mail", "spamassassin-tests"})
    expect_goals(corpus, {}, {"no_crash", "no_hang", "no_silent_nothing", "well_formed_text", "memory_under_10_times"});
}

TEST(Score, RealMail) {
  ORGO_NEED_CORPORA();
  expect_goals("spamassassin-corpus", {},
               {"no_crash", "no_hang", "no_silent_nothing", "well_formed_text", "memory_under_10_times",
                "not_taken_for_a_bounce"});
}

}  // namespace
}  // namespace orgo
