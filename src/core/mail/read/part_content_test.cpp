#include "core/mail/read/part_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kMail =
    "From: a@b.org\r\nSubject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n"
    "Before all.\r\n--outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\nBefore the inner ones.\r\n"
    "--inner\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\nSch=F6n\r\n"
    "--inner\r\nContent-Type: text/html\r\n\r\n<p>Sch&ouml;n</p>\r\n--inner--\r\nBehind the inner ones.\r\n"
    "--outer\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: "
    "attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    "VGhlIGtleSBpcyBibHVlLg==\r\n"
    "--outer\r\nContent-Type: application/octet-stream; name=list.csv\r\nContent-Disposition: "
    "attachment\r\n\r\nroom;102\r\n"
    "--outer\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"
    "--outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.org\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nThe "
    "old mail.\r\n"
    "--outer--\r\nBehind all.\r\n";

std::vector<std::string> texts(std::string_view wanted, const PartLimits& limits = {}) {
  std::vector<std::string> out;
  for (const auto& part : part_contents(kMail, limits))
    if (is_type(part.type, wanted)) out.push_back(part.text);
  return out;
}

TEST(PartContent, EachPartSaysWhatIsInIt) {
  EXPECT_THAT(texts("text/plain"), ElementsAre("Sch\xC3\xB6n", "The key is blue.", "The old mail."));
  EXPECT_THAT(texts("text/html"), ElementsAre("<p>Sch&ouml;n</p>"));
  EXPECT_THAT(texts("multipart/mixed"), ElementsAre("Before all.\nBehind all."));
  EXPECT_THAT(texts("multipart/alternative"), ElementsAre("Before the inner ones.\nBehind the inner ones."));
  EXPECT_THAT(texts("message/rfc822"), ElementsAre("From: c@d.org\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?="));
  EXPECT_THAT(texts("text"), testing::SizeIs(4));
  EXPECT_THAT(texts("tex"), IsEmpty());
}

TEST(PartContent, AnInnerMultipartThatIsTheLastPartEndsAtTheOuterBoundary) {
  const auto parts = part_contents(
      "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/related; "
      "boundary=i\n\n--i\n\nx\n--i--\nof the inner\n--o--\nof the outer\n");
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].text, "of the outer");
  EXPECT_EQ(parts[1].text, "of the inner");
  EXPECT_EQ(parts[2].text, "x");
}

TEST(PartContent, WordsOfAttachments) {
  EXPECT_THAT(attachment_texts(kMail), ElementsAre("The key is blue.", "room;102",
                                                   "Gr\xC3\xBC\xC3\x9F"
                                                   "e\nThe old mail."));
  EXPECT_THAT(attachment_texts("Subject: x\n\ny\n"), IsEmpty());
}

TEST(PartContent, TheRawBodyIsAllBehindTheHeader) {
  EXPECT_EQ(raw_body("Subject: x\r\n\r\nSch=F6n \xF6\r\n"), "Sch=F6n \xC3\xB6\r\n") << "always UTF-8";
  EXPECT_EQ(raw_body("Subject: x\r\n"), "");
  EXPECT_EQ(raw_body(""), "");
}

TEST(PartContent, IsBounded) {
  PartLimits limits;
  limits.part_bytes = 5;
  EXPECT_THAT(texts("text/plain", limits), ElementsAre("Sch\xC3\xB6", "The k", "The o")) << "whole characters";
  EXPECT_EQ(attachment_texts(kMail, limits)[0], "The k");
  limits = {};
  limits.parts = 2;
  EXPECT_EQ(part_contents(kMail, limits).size(), 2U);
  EXPECT_EQ(attachment_texts(kMail, limits).size(), 2U);
  limits = {};
  limits.bytes = 20;
  std::size_t bytes = 0;
  for (const auto& part : part_contents(kMail, limits)) bytes += part.text.size();
  EXPECT_LE(bytes, 20U);
  limits = {};
  limits.messages_deep = 0;
  EXPECT_THAT(texts("text/plain", limits), ElementsAre("Sch\xC3\xB6n", "The key is blue."));
  std::string nested = "Subject: innermost\n\nx\n";
  for (int i = 0; i < 500; ++i) nested = "Content-Type: message/rfc822\n\n" + nested;
  EXPECT_LE(part_contents(nested).size(), 5U);
}

}  // namespace
}  // namespace orgo
