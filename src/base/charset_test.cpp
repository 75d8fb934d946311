#include "base/charset.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Charset, ReadsLabelsAsMailUsesThem) {
  EXPECT_EQ(to_utf8("caf\xE9", "iso-8859-1"), "caf\xC3\xA9");
  EXPECT_EQ(to_utf8("\x80", "ISO-8859-1"), "\xE2\x82\xAC") << "windows-1252 in truth";
  EXPECT_EQ(to_utf8("\xA4", "iso-8859-15"), "\xE2\x82\xAC");
  EXPECT_EQ(to_utf8("\xC4\xE3", "gb2312"), "\xE4\xBD\xA0");
  EXPECT_EQ(to_utf8("\x93\xFA\x96{", "Shift_JIS"), "\xE6\x97\xA5\xE6\x9C\xAC");
  EXPECT_EQ(to_utf8("\x1B$BF|K\\\x1B(B", "iso-2022-jp"), "\xE6\x97\xA5\xE6\x9C\xAC");
  EXPECT_EQ(to_utf8("\x1B$B-!\x1B(B-\x1B(I1\x1B(B", "iso-2022-jp"), "\xE2\x91\xA0-\xEF\xBD\xB1")
      << "vendors' characters, half-width kana";
  EXPECT_EQ(to_utf8("\x83\x63", "iso-2022-jp"), "\xE3\x83\x84") << "Shift_JIS under a wrong label";
  EXPECT_EQ(to_utf8("\xEA\xE0", "koi8-r"), "\xD0\x99\xD0\xAE");
  EXPECT_EQ(to_utf8("+ANw-", "utf-7"), "\xC3\x9C");
  EXPECT_EQ(to_utf8("\xB1\xE8", "ks_c_5601-1987"), "\xEA\xB9\x80");
  EXPECT_EQ(to_utf8("x", "\"UTF-8\""), "x");
}

TEST(Charset, GuessesWhereThereIsNoLabel) {
  EXPECT_EQ(to_utf8("caf\xC3\xA9", ""), "caf\xC3\xA9");
  EXPECT_EQ(to_utf8("caf\xE9", ""), "caf\xC3\xA9");
  EXPECT_EQ(to_utf8("caf\xE9", "us-ascii"), "caf\xC3\xA9");
  std::string out;
  EXPECT_EQ(append_utf8(out, "caf\xE9", "no-such-charset"), Decoded::unknown_charset);
  EXPECT_EQ(out, "caf\xC3\xA9");
  EXPECT_FALSE(is_known_charset("no-such-charset"));
  EXPECT_FALSE(is_known_charset("../../etc/passwd"));
}

TEST(Charset, RepairsUtf8) {
  EXPECT_EQ(to_utf8("\xC3\xA9 \xFF\xFE!", "utf-8"), "\xC3\xA9 \xEF\xBF\xBD\xEF\xBF\xBD!");
  EXPECT_EQ(to_utf8("\xC3\xA9 na\xEFve", "utf-8"), "\xC3\xA9 na\xC3\xAFve") << "a letter in another charset";
  EXPECT_EQ(to_utf8("caf\xE9", "utf-8"), "caf\xC3\xA9") << "nothing in it is UTF-8: the label is wrong";
  for (const std::string_view bad : {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"}) {
    EXPECT_FALSE(is_utf8(bad));
    EXPECT_TRUE(is_utf8(to_utf8(std::string("\xC3\xA9") + std::string(bad), "utf-8")));
  }
}

TEST(Charset, IsAlwaysUtf8WhateverTheBytes) {
  std::string bytes;
  for (int i = 0; i < 4000; ++i) bytes += static_cast<char>((i * 131 + i / 7) ^ (i >> 3));
  for (const auto* const label :
       {"",       "utf-8",      "utf-16",      "utf-16le",          "utf-32",     "utf-7",     "gb18030",
        "big5",   "euc-jp",     "iso-2022-jp", "iso-2022-kr",       "hz-gb-2312", "shift_jis", "windows-1251",
        "koi8-r", "iso-8859-7", "ibm037",      "imap-mailbox-name", "scsu",       "x"}) {
    const auto text = to_utf8(bytes, label);
    EXPECT_TRUE(is_utf8(text)) << label;
    EXPECT_LE(text.size(), 3 * bytes.size() + 4) << label;
  }
}

TEST(Charset, KeepsPairsOfSurrogatesOverChunks) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += std::string(i % 3 == 0 ? "a" : "") + "\xF0\x9F\x98\x80";
  std::string utf16;
  for (std::size_t i = 0; i < bytes.size();) {
    if (bytes[i] == 'a') {
      utf16 += std::string("\0a", 2);
      ++i;
    } else {
      utf16 += "\xD8\x3D\xDE";
      utf16 += '\0';
      i += 4;
    }
  }
  EXPECT_EQ(to_utf8(utf16, "utf-16be"), bytes);
}

TEST(Charset, KnowsWhatNeedsNoCopy) {
  EXPECT_TRUE(is_utf8_already("plain", "iso-8859-1"));
  EXPECT_TRUE(is_utf8_already("caf\xC3\xA9", "utf-8"));
  EXPECT_FALSE(is_utf8_already("caf\xC3\xA9", "iso-8859-1"));
  EXPECT_FALSE(is_utf8_already("\x1B$BF|K\\\x1B(B", "iso-2022-jp")) << "ASCII bytes that are not ASCII";
  EXPECT_FALSE(is_utf8_already("+ANw-", "utf-7"));
}

}  // namespace
}  // namespace orgo
