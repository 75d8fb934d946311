#include "base/charset.h"

#include "base/charset_label.h"

#include <gtest/gtest.h>

#include <vector>

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

TEST(CharsetLabel, AllSpellingsOfACharsetNameIt) {
  struct Case {
    const char* name;
    std::vector<const char*> labels;
  };
  for (const auto& one : std::vector<Case>{
           {"windows-1250",
            {"win-1250", "x-cp1250", "cp1250", "CP-1250", "windows1250", "x-windows-1250", "ms-ee", "cswindows1250",
             "ansi-1250", "1250", "\"Windows-1250\"", "windows-1250*pl"}},
           {"windows-1251",
            {"win-1251", "win1251", "x-cp1251", "cp1251", "MS-CYRL", "windows_1251", "x-win-1251", "microsoft-cp1251",
             "code-page-1251", "cswindows1251", "windows-cp1251"}},
           {"windows-1252",
            {"iso-8859-1", "iso8859_1", "ISO_8859-1:1987", "latin1", "l1", "cp819", "ibm819", "ansi", "x-iso-8859-1",
             "iso-8859-1-windows-3.1-latin-1", "cp1252", "isolatin1", "8859-1"}},
           {"windows-1254", {"iso-8859-9", "latin5", "l5", "cp1254", "x-cp1254", "iso_8859-9:1989", "csisolatin5"}},
           {"windows-1257", {"win-1257", "x-cp1257", "winbaltrim", "ms1257", "cswindows1257"}},
           {"iso-8859-2", {"latin2", "l2", "iso8859-2", "x-iso-8859-2", "iso_8859-2:1987", "8859_2", "iso-latin-2"}},
           {"iso-8859-8", {"iso-8859-8-i", "iso-8859-8-e", "logical", "visual", "hebrew", "x-iso-8859-8"}},
           {"iso-8859-15", {"latin9", "latin-9", "l9", "csiso885915", "iso8859-15", "iso_8859-15", "cp28605"}},
           {"iso-8859-16", {"latin10", "l10", "iso_8859-16:2001", "csiso885916", "iso-ir-226"}},
           {"windows-949",
            {"uhc", "x-uhc", "ks_c_5601", "ks_c_5601-1987", "ksc5601", "euc-kr", "x-euc-kr", "cp949", "x-windows-949",
             "ms949", "korean", "cseuckr", "ksx1001", "5601"}},
           {"gb18030",
            {"gb2312", "gbk", "x-gbk", "cp936", "ms936", "euc-cn", "chinese", "csgb2312", "gb_2312-80", "cn-gb",
             "x-gb18030", "csgb18030", "gb18030-2005", "x-euc-cn", "cp54936"}},
           {"windows-950", {"big5", "x-x-big5", "cn-big5", "big-5", "csbig5", "ms950", "cp950", "big5-eten"}},
           {"Big5-HKSCS", {"big5-hkscs", "big5hkscs", "hkscs", "x-big5-hkscs", "big5-hkscs:2004", "x-ms950-hkscs"}},
           {"ibm-943_P15A-2003",
            {"shift_jis", "x-sjis", "ms932", "cp932", "sjis", "windows-31j", "cswindows31j", "ms_kanji", "x-shift-jis",
             "x-windows-932", "sjis-win", "shift_jisx0213"}},
           {"euc-jp", {"x-euc-jp", "eucjp", "euc_jp", "cp51932", "eucjp-ms", "eucjp-win", "x-euc", "x-eucjp-open"}},
           {"iso-2022-jp", {"csiso2022jp", "jis", "cp50221", "iso-2022-jp-3", "iso2022jp-ext", "iso-2022-jp-2004"}},
           {"windows-874-2000",
            {"tis-620", "windows-874", "cp874", "iso-8859-11", "win-874", "x-windows-874", "tis620.2533", "dos-874",
             "ms874", "thai", "iso-ir-166"}},
           {"koi8-r", {"koi8", "koi", "x-koi8-r", "cp20866"}},
           {"koi8-u", {"koi8-ru", "x-koi8-u", "cskoi8u", "cp21866"}},
           {"hz-gb-2312", {"hz", "hzgb", "hz-gb", "cp52936"}},
           {"macintosh", {"mac", "x-mac-roman", "macroman", "mac-roman", "cp10000", "apple-roman"}},
           {"x-mac-cyrillic", {"mac-cyrillic", "maccyrillic", "x-mac-ukrainian", "cp10007"}},
           {"utf-8", {"utf8", "UTF-8", "utf_8", "cp65001", "x-utf8", "utf8mb4", "utf-8-sig", "csutf8", "u8"}},
           {"",
            {"", "us-ascii", "x-unknown", "unknown-8bit", "ANSI_X3.4-1968", "iso646-us", "default", "x-user-defined",
             "csascii", "8bit", "_charset_", "unspecified"}}})
    for (const auto* const label : one.labels) {
      EXPECT_EQ(charset_of_label(label), one.name) << label;
      EXPECT_TRUE(is_known_charset(label)) << label;
    }
  EXPECT_EQ(to_utf8("\xA1\xA2\xAA\xBA", "iso-8859-16"), "ĄąȘș");
  for (const auto* const none : {"win-9999", "x-foo", "iso-8859-99", "cp0", "latin99", "x-", "cs"})
    EXPECT_FALSE(is_known_charset(none)) << none;
  EXPECT_TRUE(is_ascii_charset("win-1251"));
  EXPECT_FALSE(is_ascii_charset("utf-16"));
  EXPECT_FALSE(is_ascii_charset("ibm037"));
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
