#include "core/mail/findings/wanted_reply_to.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

std::string wanted(const std::string& reply_to, const std::string& more = "",
                   const std::string& from = "Kim <kim@client.example>") {
  Envelope envelope{.tenant = TenantId{1}};
  envelope.recipient = mail_contact("help@school.example");
  const std::vector<std::string> own{"help@school.example", "orgo@school.example", "@inside.example"};
  return wanted_reply_to(envelope,
                         read_message("From: " + from + "\r\nTo: help@school.example\r\nReply-To: " + reply_to +
                                      "\r\n" + more + "\r\nHi\r\n"),
                         "kim@client.example", own);
}

TEST(WantedReplyTo, TheFirstThatCanBeMeant) {
  EXPECT_EQ(wanted("kim@home.example"), "kim@home.example");
  EXPECT_EQ(wanted("Kim at home <kim@home.example>, pat@home.example"), "kim@home.example");
  EXPECT_EQ(wanted("help@school.example, kim@home.example"), "kim@home.example");
  EXPECT_EQ(wanted(""), "");
}

TEST(WantedReplyTo, NothingThatWouldComeBackOrReachTheWrong) {
  for (const auto* bad : {"help@school.example", "help+x@school.example", "orgo@school.example", "anna@inside.example",
                          "noreply@client.example", "kim@client.example", "KIM@client.example",
                          "kim@client.example, kim@home.example", "kim", "<>", "\"a\" <b"})
    EXPECT_EQ(wanted(bad), "") << bad;
  EXPECT_EQ(wanted("all@lists.example", "List-Post: <mailto:all@lists.example>\r\n"), "") << "that is the list";
  EXPECT_EQ(wanted("eve@other.example", "", "eve@other.example"), "") << "the requester wrote no such mail";
  EXPECT_EQ(wanted("kim@home.example", "", "noreply@form.example"), "") << "a form has said whom it speaks for";
}

}  // namespace
}  // namespace orgo
