#include "protocol/imap/command_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/imap/mailbox_name.h"

namespace orgo::imap {
namespace {

using testing::ElementsAre;

TEST(ImapCommandText, Quotes) {
  EXPECT_EQ(quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_TRUE(is_quotable(std::string(1000, 'x')));
  EXPECT_FALSE(is_quotable(std::string(1001, 'x')));
  for (const char* text : {"a\r", "a\n", "\xc3\xbc", "\x7f"}) EXPECT_FALSE(is_quotable(text));
}

TEST(ImapCommandText, JoinsRunsOfUids) {
  const auto set = [](std::vector<std::uint32_t> uids) { return uid_set(uids); };
  EXPECT_EQ(set({}), "");
  EXPECT_EQ(set({5}), "5");
  EXPECT_EQ(set({1, 2, 3, 7, 9, 10}), "1:3,7,9:10");
  EXPECT_EQ(set({4294967294, 4294967295}), "4294967294:4294967295");
  EXPECT_THAT(uid_sets(std::vector<std::uint32_t>{1, 3, 5, 7}, 3), ElementsAre("1,3", "5,7"));
}

TEST(ImapCommandText, ReadsInternalDates) {
  EXPECT_EQ(to_rfc3339(parse_internal_date("17-Jul-1996 02:44:25 -0700")), "1996-07-17T09:44:25Z");
  EXPECT_EQ(to_rfc3339(parse_internal_date(" 1-feb-2024 00:00:00 +0000")), "2024-02-01T00:00:00Z");
  for (const char* text : {"", "x", "30-Feb-2024 00:00:00 +0000", "1-Foo-2024 00:00:00 +0000",
                           "1-Feb-2024 24:00:00 +0000", "1-Feb-2024 00:00:00", "1-Feb-1969 00:00:00 +0000",
                           "00-Feb-2024 00:00:00 +0000", "1-Feb-2024 00:00:00 *0000", "-Feb-2024 00:00:00 +0000"}) {
    EXPECT_EQ(parse_internal_date(text), TimePoint{}) << text;
  }
}

TEST(ImapCommandText, KnowsFlags) {
  for (const char* flag : {"\\Seen", "\\flagged", "$Orgo", "orgo-taken"}) EXPECT_TRUE(is_flag(flag)) << flag;
  for (const char* flag : {"", "\\Recent", "\\*", "a b", "a)", "a\"", "a\r\nA1 LOGOUT", "\xc3\xbc"})
    EXPECT_FALSE(is_flag(flag)) << flag;
}

TEST(ImapMailboxName, IsModifiedUtf7) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"INBOX", "INBOX"},
      {"a&b", "a&-b"},
      {"Entwürfe", "Entw&APw-rfe"},
      {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
      {"😀", "&2D3eAA-"},
      {"ü&ü", "&APw-&-&APw-"},
      {"&", "&-"}};
  for (const auto& [utf8, encoded] : names) {
    EXPECT_EQ(*encode_mailbox_name(utf8), encoded);
    EXPECT_EQ(decode_mailbox_name(encoded), utf8);
  }
}

TEST(ImapMailboxName, LeavesWhatIsNone) {
  for (const char* name : {"&", "a&APw", "&AP-", "&2D0-", "&3gA-", "Entw\xc3\xbcrfe", "&!-"})
    EXPECT_EQ(decode_mailbox_name(name), name);
  for (const std::string& name :
       {std::string(), std::string("a\r\nb"), std::string("\xff"), std::string(1001, 'a'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(encode_mailbox_name(name));
  }
  EXPECT_TRUE(encode_mailbox_name(std::string(1000, 'a')));
}

RC_GTEST_PROP(ImapMailboxName, GoesThereAndBack, ()) {
  const auto points = *rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::element<std::uint32_t>('a', '&', '-', 0x7eU, 0xfcU, 0x7ffU, 0x800U, 0xfffdU, 0x10000U, 0x10ffffU));
  std::string text;
  for (const std::uint32_t point : points) {
    if (point < 0x80) text += static_cast<char>(point);
    else if (point < 0x800) text += {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
    else if (point < 0x10000)
      text += {static_cast<char>(0xe0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3f)),
               static_cast<char>(0x80 | (point & 0x3f))};
    else
      text += {static_cast<char>(0xf0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3f)),
               static_cast<char>(0x80 | (point >> 6 & 0x3f)), static_cast<char>(0x80 | (point & 0x3f))};
  }
  if (text.empty() || text.size() > 1000) return;
  const auto encoded = encode_mailbox_name(text);
  RC_ASSERT(encoded.has_value());
  for (const char c : *encoded)
    RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f);
  RC_ASSERT(decode_mailbox_name(*encoded) == text);
}

}  // namespace
}  // namespace orgo::imap
