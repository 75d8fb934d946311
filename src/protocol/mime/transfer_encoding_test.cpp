#include "protocol/mime/transfer_encoding.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

std::string base64(std::string_view text) {
  std::string out;
  decode_base64(text, out);
  return out;
}
bool is_clean_base64(std::string_view text) {
  std::string out;
  return decode_base64(text, out);
}
std::string quoted(std::string_view text, LineEnds ends = LineEnds::keep) {
  std::string out;
  decode_quoted_printable(text, out, ends);
  return out;
}

TEST(Base64, DecodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("Zg=="), "f");
  EXPECT_EQ(base64("Zm8="), "fo");
  EXPECT_EQ(base64("Zm9v"), "foo");
  EXPECT_EQ(base64("Zm9vYg=="), "foob");
  EXPECT_EQ(base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(base64("Zm9vYmFy"), "foobar");
  EXPECT_TRUE(is_clean_base64("Zm9v\r\nYmFy\r\n"));
}

TEST(Base64, SkipsWhatIsNotInTheAlphabetAndSaysSo) {
  EXPECT_EQ(base64("Zm9v\r\nYm!Fy"), "foobar");
  EXPECT_FALSE(is_clean_base64("Zm9v\r\nYm!Fy"));
  EXPECT_EQ(base64("Zm9vYg"), "foob") << "padding was forgotten";
  EXPECT_FALSE(is_clean_base64("Zm9vYg"));
  EXPECT_EQ(base64("Z"), "");
}

TEST(Base64, ReadsASecondEncodedTextBehindThePadding) {
  EXPECT_EQ(base64("Zm8=\r\nYmFy\r\n"), "fobar");
  EXPECT_TRUE(is_clean_base64("Zm8=\r\nYmFy\r\n"));
}

TEST(Base64, EndsAtAFooterThatAListAppended) {
  EXPECT_EQ(base64("Zm8=\r\n_______\r\nThis list: http://x.example\r\n"), "fo");
  EXPECT_EQ(base64("Zm8=\r\nTo unsubscribe see below\r\n"), "fo");
}

TEST(Base64, DoesNotDependOnThePieces) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7 + i / 13);
  const auto text = encode_base64(bytes);
  for (const std::size_t step : {1U, 2U, 3U, 5U, 7U, 76U, 77U, 1000U}) {
    Base64Decoder decoder;
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += step) decoder.add(std::string_view(text).substr(at, step), out);
    EXPECT_TRUE(decoder.finish(out));
    EXPECT_EQ(out, bytes) << "pieces of " << step;
  }
}

TEST(QuotedPrintable, DecodesTheExampleOfRfc2045) {
  EXPECT_EQ(quoted("Now's the time =\r\nfor all folk to come=\r\n to the aid of their country."),
            "Now's the time for all folk to come to the aid of their country.");
  EXPECT_EQ(quoted("caf=C3=A9=\n!"), "caf\xC3\xA9!");
  EXPECT_EQ(quoted("caf=c3=a9"), "caf\xC3\xA9") << "small letters";
}

TEST(QuotedPrintable, DropsWhiteSpaceThatARelayPutAtTheEndOfALine) {
  EXPECT_EQ(quoted("one \t \r\ntwo=20\r\n"), "one\r\ntwo \r\n");
  EXPECT_EQ(quoted("soft= \r\n break"), "soft break");
}

TEST(QuotedPrintable, KeepsWhatIsNoCode) {
  std::string out;
  EXPECT_FALSE(decode_quoted_printable("a=b =zz =4", out));
  EXPECT_EQ(out, "a=b =zz =4");
}

TEST(QuotedPrintable, TurnsLineEndsIntoLfForText) {
  EXPECT_EQ(quoted("a\r\nb=\r\nc\r\n", LineEnds::lf), "a\nbc\n");
  EXPECT_EQ(quoted("a\r\nb\r\n", LineEnds::keep), "a\r\nb\r\n");
}

TEST(Q, ReadsTheUnderscoreAsASpace) {
  std::string out;
  EXPECT_TRUE(decode_q("a_b=5Fc", out));
  EXPECT_EQ(out, "a b_c");
}

TEST(Uuencode, Decodes) {
  std::string out;
  EXPECT_TRUE(decode_uuencode("begin 644 cat.txt\n#0V%T\n`\nend\n", out));
  EXPECT_EQ(out, "Cat");
}

TEST(LineEnds, BecomeLfAndNulsGo) {
  std::string out;
  append_with_lf(std::string_view("a\r\nb\rc\nd\0e", 10), out);
  EXPECT_EQ(out, "a\nb\nc\nde");
}

TEST(TransferEncoding, IsKnownByItsName) {
  EXPECT_EQ(transfer_encoding(" BASE64 "), TransferEncoding::base64);
  EXPECT_EQ(transfer_encoding("Quoted-Printable (really)"), TransferEncoding::quoted_printable);
  EXPECT_EQ(transfer_encoding("8bit"), TransferEncoding::identity);
  EXPECT_EQ(transfer_encoding("x-uuencode"), TransferEncoding::uuencode);
}

}  // namespace
}  // namespace orgo::mime
