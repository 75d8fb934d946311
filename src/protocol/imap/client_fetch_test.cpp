// What FETCH brings when the size of a literal is wrong: no mail, whatever its octets look like.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/imap/client_session.h"

namespace orgo::imap {
namespace {

using Want = ClientSession::Want;

/// A session that has asked for mails 1 to 3 (command O3).
struct Asked {
  ClientOptions options;
  ClientSession session{options, true};
  Want want = Want::failed;

  Asked() {
    options.username = "office";
    options.secret = "s3cret";
    std::string out;
    session.consume("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n", out);
    session.consume("O1 OK [CAPABILITY IMAP4rev1] in\r\n", out);
    EXPECT_EQ(session.consume("* OK [UIDVALIDITY 7] x\r\nO2 OK done\r\n", out), Want::done);
    want = session.fetch_mails(std::vector<std::uint32_t>{1, 2, 3}, 1000, 10'000, out);
  }
  void hear(std::string_view text) {
    std::string out;
    want = session.consume(text, out);
  }
  bool has(std::uint32_t uid) { return session.fetched()[uid].has_bytes; }
};

TEST(ImapFetch, WhatDoesNotEndAsAResponseDoesIsNoMail) {
  for (const std::string& response : std::vector<std::string>{
           "BODY[] {3}\r\nbody of it\r\n",       // too small, by a line
           "BODY[] {8}\r\nbody of it)\r\n",      // by two octets
           "BODY[] {9}\r\nbody of \r\n)\r\n",    // by its CRLF and one more
           "BODY[] {8}\r\nbody of)\r\n",         // too large, by the parenthesis
           "BODY[] {7}\r\nbody of) 7\r\n",       // with something behind
           "BODY[] {7}\r\nbody of FLAGS (\r\n",  // within a list
           "BODY[] {5000}\r\n" + std::string(5000, 'x') + "more\r\n",
       }) {
    SCOPED_TRACE(response.substr(0, 40));
    Asked asked;
    asked.hear("* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n* 2 FETCH (UID 2 " + response);
    EXPECT_TRUE(asked.has(1));
    EXPECT_FALSE(asked.has(2));
    EXPECT_EQ(asked.session.fetched()[2].dropped, 0U) << "nor one that is too large";
    EXPECT_EQ(asked.session.last_mail(), 2U);
  }
}

TEST(ImapFetch, WhatEndsWellIsOne) {
  for (const std::string& response : std::vector<std::string>{
           "BODY[] {4}\r\nbody)\r\n",
           "BODY[] {4}\r\nbody FLAGS (\\Seen) MODSEQ (7))\r\n",
           "BODY[] \"body\")\r\n",
           "BODY[] {4}\r\nbody )\r\n",
           "FLAGS () BODY[] {4+}\r\nbody)\n",
       }) {
    SCOPED_TRACE(response);
    Asked asked;
    asked.hear("* 2 FETCH (UID 2 " + response + "* 1 FETCH (UID 1 FLAGS ())\r\nO3 OK done\r\n");
    EXPECT_EQ(asked.want, Want::done);
    EXPECT_EQ(asked.session.fetched()[2].bytes, "body");
    EXPECT_EQ(asked.session.last_mail(), 2U);
  }
}

}  // namespace
}  // namespace orgo::imap
