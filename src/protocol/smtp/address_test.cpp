#include "protocol/smtp/address.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo::smtp {
namespace {

std::string mailbox(std::string_view text) {
  const auto path = parse_path(text);
  return path ? std::string(path->mailbox) : "(refused)";
}

TEST(Path, ReadsWhatRfc5321Allows) {
  EXPECT_EQ(mailbox("<a@b.c>"), "a@b.c");
  EXPECT_EQ(mailbox(" <a@b.c> SIZE=1"), "a@b.c");
  EXPECT_EQ(mailbox("<>"), "");
  EXPECT_EQ(mailbox("<@relay.one,@relay.two:a@b.c>"), "a@b.c");
  EXPECT_EQ(mailbox("<postmaster>"), "postmaster");
  EXPECT_EQ(mailbox("<\"water > leak\"@b.c>"), "\"water > leak\"@b.c");
  EXPECT_EQ(mailbox("<\"a\\\"b\"@b.c>"), "\"a\\\"b\"@b.c");
  EXPECT_EQ(mailbox("<a@[IPv6:::1]>"), "a@[IPv6:::1]");
  EXPECT_EQ(mailbox("<श्री@उदाहरण.भारत>"), "श्री@उदाहरण.भारत");
  EXPECT_EQ(parse_path("<a@b> X=1 Y")->rest, " X=1 Y");
  EXPECT_FALSE(parse_path("<ü@b>")->ascii);
}

TEST(Path, RefusesTheRest) {
  for (const std::string_view bad :
       {"", "a@b", "<a@b", "<a b@c>", "<a@b>x", "<@relay:>", "<@relay>", "<@b>", "<a@>", "<<a@b>>", "<\"a@b>",
        "<a\tb@c>", "<\xff@b>", "<\xc0\xaf@b>", "<\xed\xa0\x80@b>", "<\"a\\"}) {
    EXPECT_EQ(mailbox(bad), "(refused)") << bad;
  }
  EXPECT_EQ(mailbox(std::string_view("<a\0b@c>", 7)), "(refused)");
}

TEST(SafeAddress, LetsNothingOutThatCouldBecomeACommand) {
  EXPECT_TRUE(is_safe_address(""));
  EXPECT_TRUE(is_safe_address("a@b.c"));
  EXPECT_TRUE(is_safe_address("\"a b\"@c"));
  for (const std::string_view bad :
       {"a@b>\r\nRCPT TO:<x@y", "a@b\r\n", "a b@c", "a@b> SIZE=1", "<a@b>", "\"a", "@r:a@b"}) {
    EXPECT_FALSE(is_safe_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace orgo::smtp
