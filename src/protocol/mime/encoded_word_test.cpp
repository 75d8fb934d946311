#include "protocol/mime/encoded_word.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

TEST(DecodeHeader, FollowsTheExamplesOfRfc2047) {
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?=)"), "(a)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?= b)"), "(a b)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)"), "(ab)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)"), "(ab)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=)"), "(ab)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a_b?=)"), "(a b)");
  EXPECT_EQ(decode_header("(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)"), "(a b)");
  EXPECT_EQ(decode_header("=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n "
                          "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?="),
            "If you can read this you understand the example.");
}

TEST(DecodeHeader, JoinsACharacterThatWasSplitOverTwoWords) {
  EXPECT_EQ(decode_header("=?utf-8?Q?M=C3?= =?utf-8?Q?=BCller?="), "M\xC3\xBCller");
  EXPECT_EQ(decode_header("=?UTF-8?B?w?= =?UTF-8?B?7w=?="), "\xC3\xBC") << "base64 that was cut between its characters";
}

TEST(DecodeHeader, Unfolds) {
  EXPECT_EQ(decode_header(" Fwd: \r\n\tSaying \r\n Hello\r\n"), "Fwd: Saying Hello");
  EXPECT_EQ(decode_header("a  b"), "a  b") << "only folds become one space";
}

TEST(DecodeHeader, ReadsWhatMailersBreak) {
  EXPECT_EQ(decode_header("=?utf-8?Q?Hello\r\n _there!?="), "Hello there!");
  EXPECT_EQ(decode_header("=?utf-8?Q?with a space?="), "with a space");
  EXPECT_EQ(decode_header("=?utf-8?Q?Hello? there?="), "Hello? there");
  EXPECT_EQ(decode_header("=?ISO-8859-1?Q?a?==?ISO-8859-1?Q?b?="), "ab") << "nothing between them";
  EXPECT_EQ(decode_header("=?utf-8*en?Q?lang?="), "lang") << "RFC 2231, section 5";
}

TEST(DecodeHeader, LeavesWhatIsNoEncodedWord) {
  EXPECT_EQ(decode_header("=?utf-8?"), "=?utf-8?");
  EXPECT_EQ(decode_header("1 =?= 2"), "1 =?= 2");
  EXPECT_EQ(decode_header("=?utf-8?X?abc?="), "=?utf-8?X?abc?=");
  EXPECT_EQ(decode_header("=?utf-8?Q?never ended =?utf-8?Q?ended?="), "=?utf-8?Q?never ended ended");
}

TEST(DecodeHeader, TakesRawBytesAsUtf8OrAsTheCharsetOfTheText) {
  EXPECT_EQ(decode_header("Gr\xC3\xBC\xC3\x9F"
                          "e"),
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(decode_header("Gr\xFC\xDF"
                          "e"),
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  EXPECT_EQ(decode_header("\xC4\xE3\xBA\xC3", "gb2312"), "\xE4\xBD\xA0\xE5\xA5\xBD");
}

TEST(DecodeHeader, LeavesNoControlCharacter) {
  EXPECT_EQ(decode_header("a\x01"
                          "b"),
            "a b");
  EXPECT_EQ(decode_header("=?utf-8?Q?a=00=0D=0AX-Evil:_1?="), "a   X-Evil: 1") << "no header can be smuggled in";
}

}  // namespace
}  // namespace orgo::mime
