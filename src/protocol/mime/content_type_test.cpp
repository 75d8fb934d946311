#include "protocol/mime/content_type.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

/// "type/subtype name=value ..." as read.
std::string read(std::string_view value) {
  const auto type = parse_content_type(value);
  auto text = type.type + "/" + type.subtype;
  for (const auto& parameter : type.parameters) text += " [" + parameter.name + "=" + parameter.value + "]";
  return text;
}

TEST(ContentType, FollowsRfc2045) {
  EXPECT_EQ(read("text/plain; charset=us-ascii (Plain text)"), "text/plain [charset=us-ascii]");
  EXPECT_EQ(read("Text/HTML; Charset=\"UTF-8\""), "text/html [charset=UTF-8]");
  EXPECT_EQ(read("multipart/mixed; boundary=\"gc0pJq0M:08jU534c0p\""),
            "multipart/mixed [boundary=gc0pJq0M:08jU534c0p]");
  EXPECT_EQ(read("(hello) text (plain) / (world) plain (eod); charset=us-ascii"), "text/plain [charset=us-ascii]");
  EXPECT_EQ(read(" message / rfc822"), "message/rfc822");
}

TEST(ContentType, FollowsTheExamplesOfRfc2231) {
  EXPECT_EQ(read("message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n "
                 "URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\""),
            "message/external-body [url=ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar] [access-type=URL]");
  EXPECT_EQ(read("application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A"),
            "application/x-stuff [title=This is ***fun***]");
  EXPECT_EQ(read("application/x-stuff\r\n title*0*=us-ascii'en'This%20is%20even%20more%20\r\n "
                 "title*1*=%2A%2A%2Afun%2A%2A%2A%20\r\n title*2=\"isn't it!\""),
            "application/x-stuff [title=This is even more ***fun*** isn't it!]");
}

TEST(ContentDisposition, PrefersTheNameThatIsNotThereForOldReaders) {
  EXPECT_EQ(parse_content_disposition("attachment; filename=\"old.txt\"; filename*=utf-8''n%C3%A4w.txt")
                .parameter("filename"),
            "n\xC3\xA4w.txt");
}

TEST(ContentType, PutsContinuationsInOrder) {
  EXPECT_EQ(read("a/b; n*1=two; m=x; n*0=one; n*10=eleven; n*2=three"), "a/b [n=onetwothreeeleven] [m=x]");
  EXPECT_EQ(read("a/b; n*0*=utf-8''%C3; n*1*=%BC"), "a/b [n=\xC3\xBC]") << "a character over two pieces";
}

TEST(ContentType, ReadsWhatMailersBreak) {
  EXPECT_EQ(read("application/pdf; name=annual report.pdf; x=y"), "application/pdf [name=annual report.pdf] [x=y]");
  EXPECT_EQ(read("image/png; name=\"=?utf-8?q?=E3=83=8F?=.png\""), "image/png [name=\xE3\x83\x8F.png]");
  EXPECT_EQ(read("text/plain charset=utf-8"), "text/plain [charset=utf-8]");
  EXPECT_EQ(read("text/plain; charset = utf-8"), "text/plain [charset=utf-8]");
  EXPECT_EQ(read("text/plain;; ; charset=utf-8;"), "text/plain [charset=utf-8]");
  EXPECT_EQ(read("inva/lid; name=\"never ended"), "inva/lid [name=never ended]");
  EXPECT_EQ(read("text"), "text/");
  EXPECT_EQ(read(""), "/");
  EXPECT_EQ(read("/; a=b"), "/ [a=b]");
}

TEST(ContentDisposition, AFileNameGoesOnBehindASemicolonThatIsNoEnd) {
  const auto name = [](std::string_view field) {
    return std::string(parse_content_disposition(field).parameter("filename"));
  };
  EXPECT_EQ(name("attachment; filename=a;b.pdf"), "a;b.pdf");
  EXPECT_EQ(name("filename=\"a.pdf\""), "a.pdf") << "no word before it";
  EXPECT_EQ(name("attachment, filename=\"a.pdf\""), "a.pdf");
  EXPECT_EQ(parse_content_disposition("attachment, filename=\"a.pdf\"").type, "attachment");
  EXPECT_EQ(name("attachment; filename*=UTF-8'gr%C3%BCn.pdf"), "gr\xC3\xBCn.pdf");
  EXPECT_EQ(name("attachment; filename*=it's%20new.pdf"), "it's new.pdf");
  EXPECT_EQ(name("attachment; filename*=utf-8''=?utf-8?Q?gr=C3=BCn.pdf?="), "gr\xC3\xBCn.pdf");
  EXPECT_EQ(name("attachment; filename=a;b;c.pdf"), "a;b;c.pdf");
  EXPECT_EQ(name("attachment; filename=Q1.xls;Q2.xls"), "Q1.xls;Q2.xls");
  EXPECT_EQ(name("attachment; filename=offer; final version.docx"), "offer; final version.docx");
  EXPECT_EQ(name("attachment; filename=a;b.pdf; size=12"), "a;b.pdf");
  EXPECT_EQ(name("attachment; filename=a.pdf; size=12"), "a.pdf");
  EXPECT_EQ(name("attachment; filename=a.pdf;size=1.25"), "a.pdf");
  EXPECT_EQ(name("attachment; filename=a.pdf;"), "a.pdf");
  EXPECT_EQ(name("attachment; filename=a.pdf; inline"), "a.pdf");
  EXPECT_EQ(name("attachment; filename=\"a\";b.pdf"), "a");
  EXPECT_EQ(read("application/pdf; name=a;b.pdf"), "application/pdf [name=a;b.pdf]");
  EXPECT_EQ(read("text/plain; charset=utf-8;x.pdf"), "text/plain [charset=utf-8]");
}

TEST(ContentDisposition, TakesTheFirstWord) {
  const auto disposition = parse_content_disposition(
      "attachment;\r\n\tfilename=\"=?utf-8?Q?Auftragsbest=C3=A4tigung=2EPD?=\r\n =?utf-8?Q?F?=\"");
  EXPECT_EQ(disposition.type, "attachment");
  EXPECT_EQ(disposition.parameter("filename"), "Auftragsbest\xC3\xA4tigung.PDF");
}

TEST(ContentType, ReadsNoMoreParametersThanTheLimit) {
  std::string value = "a/b";
  for (int i = 0; i < 300; ++i) value += "; p" + std::to_string(i) + "=v";
  EXPECT_EQ(parse_content_type(value).parameters.size(), 256U);
}

}  // namespace
}  // namespace orgo::mime
