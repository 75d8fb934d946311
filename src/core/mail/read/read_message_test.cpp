#include "core/mail/read/read_message.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "core/mail/show/message_json.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo {
namespace {

bool has_defect(const Message& message, std::string_view kind) {
  for (const auto& defect : message.defects)
    if (defect.kind == kind) return true;
  return false;
}
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

constexpr std::string_view kHeader =
    "From: Secretary <secretary@Organization.COM>\n"
    "To: office@organization.com, \"M\xC3\xBCller, Bernd\" <b@organization.com>\n"
    "Subject: =?utf-8?Q?Water_Leak_in_Room_102?=\n"
    "Date: Tue, 1 Jul 2003 10:52:37 +0200\n"
    "Message-ID: <1@organization.com>\n"
    "MIME-Version: 1.0\n";

Message read(std::string_view rest) {
  return read_message(std::string(kHeader) + std::string(rest));
}

TEST(ReadMessage, ReadsAPlainMail) {
  for (const bool crlf : {false, true}) {
    const auto raw = std::string(kHeader) +
                     "In-Reply-To: <0@organization.com>\nReferences: <a@b>\n <0@organization.com>\n\nHello,\nurgent!\n";
    const auto message = read_message(crlf ? with_crlf(raw) : raw);
    EXPECT_EQ(message.message_id, "1@organization.com");
    EXPECT_EQ(to_rfc3339(*message.date), "2003-07-01T08:52:37Z");
    EXPECT_EQ(message.from, (Address{"Secretary", "secretary@organization.com"}));
    ASSERT_EQ(message.as_mail().to.size(), 2U);
    EXPECT_EQ(message.as_mail().to[1], (Address{"M\xC3\xBCller, Bernd", "b@organization.com"}));
    EXPECT_EQ(message.subject, "Water Leak in Room 102");
    EXPECT_EQ(message.in_reply_to, "0@organization.com");
    EXPECT_EQ(message.references, (std::vector<std::string>{"a@b", "0@organization.com"}));
    EXPECT_EQ(message.text, "Hello,\nurgent!\n");
    EXPECT_EQ(message.as_mail().html, "");
    EXPECT_TRUE(message.attachments.empty());
    EXPECT_TRUE(message.defects.empty()) << message.defects.front().kind;
    EXPECT_EQ(message.header("mime-version"), "1.0");
    EXPECT_EQ(message.size, (crlf ? with_crlf(raw) : raw).size());
  }
}

TEST(ReadMessage, PrefersTextOfAnAlternativeAndKeepsTheHtml) {
  const auto message = read(
      "Content-Type: multipart/alternative; boundary=b\n\npreamble\n--b\n\nplain\n--b\nContent-Type: "
      "text/html\n\n<p>html</p>\n--b--\nepilogue\n");
  EXPECT_EQ(message.text, "plain");
  EXPECT_EQ(message.as_mail().html, "<p>html</p>");
  EXPECT_TRUE(message.attachments.empty());
  EXPECT_TRUE(message.defects.empty());
}

TEST(ReadMessage, MakesTextFromHtmlWhereThereIsNoOther) {
  EXPECT_EQ(read("Content-Type: text/html; charset=iso-8859-1\n\n<p>Gr\xFC\xDF"
                 "e</p>")
                .text,
            "Gr\xC3\xBC\xC3\x9F"
            "e");
  const auto blank = read(
      "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n  \n--b\nContent-Type: "
      "text/html\n\n<p>html</p>\n--b--\n");
  const auto encoded = read(
      "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\n=20\n"
      "--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n");
  EXPECT_EQ(encoded.text, "html") << "that it says nothing is seen when it is decoded";
  EXPECT_EQ(blank.text, "html") << "a text part that says nothing";
}

TEST(ReadMessage, DescribesAttachments) {
  const auto message = read(
      "Content-Type: multipart/mixed; boundary=\"x y\"\n\n--x y\nContent-Type: text/plain\n\nsee file\n"
      "--x y\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n"
      "Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf\nContent-ID: <c@d>\n\naGVsbG8=\n--x y--\n");
  EXPECT_EQ(message.text, "see file");
  ASSERT_EQ(message.attachments.size(), 1U);
  const auto& attachment = message.attachments[0];
  EXPECT_EQ(attachment.filename, "\xC3\xBC.pdf");
  EXPECT_EQ(attachment.content_type, "application/pdf");
  EXPECT_EQ(attachment.size, 5U);
  EXPECT_EQ(attachment.sha256, to_hex(sha256("hello")));
  EXPECT_EQ(attachment.content_id, "c@d");
  EXPECT_FALSE(attachment.is_inline);
}

TEST(ReadMessage, GivesTheBytesOfAnAttachmentLater) {
  const auto raw = std::string(kHeader) +
                   "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\nbegin 644 cat.txt\n#0V%T\n`\nend\n--b\n"
                   "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b\n"
                   "Content-Type: application/octet-stream\n\nraw\n--b--\n";
  const auto message = read_message(raw);
  ASSERT_EQ(message.attachments.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto bytes = attachment_bytes(raw, i);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size(), message.attachments[i].size);
    EXPECT_EQ(to_hex(sha256(*bytes)), message.attachments[i].sha256);
  }
  EXPECT_EQ(attachment_bytes(raw, 0), "Cat");
  EXPECT_EQ(attachment_bytes(raw, 1), "hello");
  EXPECT_EQ(attachment_bytes(raw, 2), "raw");
  EXPECT_EQ(attachment_bytes(raw, 3), std::nullopt);
  EXPECT_EQ(message.text, "text\n") << "the uuencoded file is no text";
  EXPECT_EQ(message.attachments[1].filename, "image.png");
}

TEST(ReadMessage, TellsInlineImagesFromAttachedOnes) {
  const auto message = read(
      "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src=\"cid:one@x\">hi\n"
      "--b\nContent-Type: image/png\nContent-ID: <one@x>\n\n1\n--b\nContent-Type: image/png\nContent-ID: <two@x>\n\n2\n"
      "--b\nContent-Type: image/gif\nContent-Disposition: inline\n\n3\n--b--\n");
  ASSERT_EQ(message.attachments.size(), 3U);
  EXPECT_TRUE(message.attachments[0].is_inline);
  EXPECT_FALSE(message.attachments[1].is_inline);
  EXPECT_TRUE(message.attachments[2].is_inline);
  EXPECT_EQ(message.attachments[1].filename, "image-2.png");
}

TEST(ReadMessage, TakesAnAttachedMessageAsAnAttachmentNamedByItsSubject) {
  const auto message = read(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: message/rfc822\n\n"
      "Subject: a/b =?utf-8?Q?=C3=BC?=\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner\n--c--\n--b--\n");
  EXPECT_EQ(message.text, "text");
  ASSERT_EQ(message.attachments.size(), 1U);
  EXPECT_EQ(message.attachments[0].filename, "a_b \xC3\xBC.eml");
  EXPECT_EQ(message.attachments[0].content_type, "message/rfc822");
}

TEST(ReadMessage, JoinsTheTextsOfAMixedMail) {
  const auto message = read(
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: image/png\n\nx\n--b\n\ntwo\n"
      "--b\nContent-Type: text/html\n\n<i>three</i>\n--b\nContent-Type: text/plain; name=log.txt\n\nfour\n--b--\n");
  EXPECT_EQ(message.text, "one\n\ntwo\n\nthree\n\nfour");
  ASSERT_EQ(message.attachments.size(), 2U);
  EXPECT_EQ(message.attachments[1].filename, "log.txt");
}

TEST(ReadMessage, KeepsTheHumanPartOfAReport) {
  const auto message = read(
      "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nYour mail failed.\n"
      "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n--b\nContent-Type: "
      "text/rfc822-headers\n\nSubject: x\n--b--\n");
  EXPECT_EQ(message.text, "Your mail failed.");
  ASSERT_EQ(message.attachments.size(), 2U);
  EXPECT_EQ(message.attachments[0].content_type, "message/delivery-status");
  EXPECT_EQ(message.attachments[0].filename, "delivery-status.txt");
}

TEST(ReadMessage, FindsASenderWhereFromHasNone) {
  EXPECT_EQ(read_message("From: \"x\" <>\nReply-To: a@b.example\n\n").from, (Address{"", "a@b.example"}));
  EXPECT_EQ(read_message("Sender: a@b.example\n\n").from, (Address{"", "a@b.example"}));
  EXPECT_EQ(read_message("From: Somebody Nameless\n\n").from, (Address{"Somebody Nameless", ""}));
  EXPECT_EQ(read_message("Subject: x\n\n").from, std::nullopt);
}

TEST(ReadMessage, TellsWhatIsBroken) {
  EXPECT_TRUE(has_defect(read_message(""), "empty_body"));
  EXPECT_TRUE(has_defect(read_message(""), "missing_from"));
  EXPECT_TRUE(has_defect(read_message(""), "missing_date"));
  EXPECT_TRUE(has_defect(read_message("Date: yesterday\n\nx"), "bad_date"));
  EXPECT_TRUE(has_defect(read("Content-Type: multipart/mixed; boundary=b\n\n--b\n\ncut off"), "missing_boundary_end"));
  EXPECT_TRUE(has_defect(read("Content-Type: multipart/mixed\n\ntext"), "missing_boundary"));
  EXPECT_TRUE(has_defect(read("Content-Transfer-Encoding: base64\n\nab!!"), "bad_base64"));
  EXPECT_TRUE(has_defect(read("Content-Type: text/plain; charset=klingon\n\n\xE9"), "unknown_charset"));
  EXPECT_TRUE(has_defect(read("no header at all"), "missing_header_end"));
  EXPECT_EQ(read("Content-Type: multipart/mixed\n\ntext").text, "text") << "better read than lost";
  EXPECT_EQ(read("Content-Type: multipart/mixed; boundary=never\n\ntext").text, "text");
  EXPECT_EQ(read("no header at all").text, "no header at all");
}

TEST(ReadMessage, FindsABoundaryThatIsNotWhereItShouldBe) {
  const auto unfolded = read("Content-Type: multipart/mixed;\nboundary=\"b\"\n\n--b\n\none\n--b--\n");
  EXPECT_EQ(unfolded.text, "one") << "the white space before a continued line was forgotten";
  EXPECT_TRUE(has_defect(unfolded, "bad_header_line"));
  EXPECT_EQ(read("Content-Type: multipart/mixed\n\n--b\n\none\n--b\n\ntwo\n--b--\n").text, "one\n\ntwo");
  EXPECT_EQ(read("Content-Type: multipart/mixed\n\nHello\n-- \nBob\n").text, "Hello\n-- \nBob\n")
      << "a signature is no boundary";
}

TEST(ReadMessage, SkipsAnMboxLine) {
  EXPECT_EQ(read_message("From a@b Tue Jul  1 10:52:37 2003\nSubject: x\n\ny").subject, "x");
  EXPECT_EQ(read_message("Subject:\nSubject: x\n\ny").subject, "x") << "an empty one before the true one";
  EXPECT_EQ(read_message("Subject: x\nSubject: z\n\ny").subject, "x");
  EXPECT_EQ(read_message("Subject:\xC2\xA0x\n\ny").subject, "x");
}

TEST(ReadMessage, StaysWithinItsLimits) {
  ReadLimits limits;
  limits.header_fields = 2;
  limits.addresses = 2;
  limits.text_bytes = 4;
  limits.parts = 3;
  limits.attachments = 1;
  const std::string_view mail =
      "To: a@b, c@d, e@f\nX: 1\nSubject: s\nContent-Type: multipart/mixed; "
      "boundary=b\n\n--b\n\n123\xC3\xBC\n--b\nContent-Type: a/b\n\n1\n--b\nContent-Type: a/b\n\n2\n--b--\n";
  const auto message = read_message(mail, limits);
  EXPECT_EQ(message.as_mail().headers.size(), 2U);
  EXPECT_EQ(message.subject, "s") << "what a mail is read by is found beyond the list";
  EXPECT_EQ(message.as_mail().to.size(), 2U);
  EXPECT_EQ(message.text, "123") << "whole characters";
  EXPECT_EQ(message.attachments.size(), 1U);
  for (const auto* kind : {"too_many_addresses", "text_too_long", "too_many_parts"})
    EXPECT_TRUE(has_defect(message, kind)) << kind;
  limits = {};
  limits.depth = 1;
  EXPECT_FALSE(has_defect(read_message("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b--\n", limits),
                          "nested_too_deep"));
  EXPECT_TRUE(has_defect(read_message("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: "
                                      "multipart/mixed; boundary=c\n\n--c\n\n1\n--c--\n--b--\n",
                                      limits),
                         "nested_too_deep"));
}

TEST(ReadMessage, EndsAtEachLimitAndNotBefore) {
  const std::string header = "From: a@b.example\nDate: Tue, 1 Jul 2003 10:52:37 +0200\n";
  const auto with = [](auto ReadLimits::*limit, std::size_t value) {
    ReadLimits limits;
    limits.*limit = value;
    return limits;
  };
  const auto part = std::string("--b\nContent-Type: a/b\n\n1\n");
  const auto parts = header + "Content-Type: multipart/mixed; boundary=b\n\n" + part + part + part + "--b--\n";
  // The message is an entity too.
  EXPECT_FALSE(has_defect(read_message(parts, with(&ReadLimits::parts, 4)), "too_many_parts"));
  EXPECT_TRUE(has_defect(read_message(parts, with(&ReadLimits::parts, 3)), "too_many_parts"));
  EXPECT_FALSE(has_defect(read_message(parts, with(&ReadLimits::attachments, 3)), "too_many_attachments"));
  EXPECT_TRUE(has_defect(read_message(parts, with(&ReadLimits::attachments, 2)), "too_many_attachments"));
  EXPECT_EQ(read_message(parts, with(&ReadLimits::attachments, 2)).attachments.size(), 2U);

  const auto subject = header + "Subject: 12345\n\nx";
  EXPECT_EQ(read_message(subject, with(&ReadLimits::header_value_bytes, 40)).subject, "12345");
  const auto cut =
      read_message(header + "Subject: " + std::string(50, 's') + "\n\nx", with(&ReadLimits::header_value_bytes, 40));
  EXPECT_EQ(cut.subject, std::string(39, 's')) << "the space before it counts";
  EXPECT_TRUE(has_defect(cut, "header_value_too_long"));

  const auto far = header + "X: " + std::string(200, 'x') + "\nSubject: far\n\nx";
  EXPECT_EQ(read_message(far, with(&ReadLimits::header_bytes, 1000)).subject, "far");
  EXPECT_EQ(read_message(far, with(&ReadLimits::header_bytes, 100)).subject, "");
  EXPECT_TRUE(has_defect(read_message(far, with(&ReadLimits::header_bytes, 100)), "header_too_long"));
  EXPECT_EQ(read_message(far, with(&ReadLimits::header_bytes, 100)).text, "x") << "the body is found beyond it";

  const auto html = header + "Content-Type: text/html\n\n<p>12345";
  EXPECT_FALSE(has_defect(read_message(html, with(&ReadLimits::html_bytes, 8)), "text_too_long"));
  const auto short_html = read_message(html, with(&ReadLimits::html_bytes, 7));
  EXPECT_EQ(short_html.as_mail().html, "<p>1234");
  EXPECT_TRUE(has_defect(short_html, "text_too_long"));
}

TEST(ReadMessage, GuardsNamesOfFiles) {
  const auto name_of = [](const std::string& parameter) {
    return read("Content-Type: application/octet-stream; " + parameter + "\nContent-Disposition: attachment\n\nx")
        .attachments.at(0)
        .filename;
  };
  EXPECT_EQ(name_of("name=\"../../etc/passwd\""), "passwd");
  EXPECT_EQ(name_of("name=\"C:\\\\dir\\\\a.txt\""), "a.txt");
  EXPECT_EQ(name_of("name=\"..\""), "attachment.bin");
  EXPECT_EQ(name_of("name*=utf-8''invoice%E2%80%AEfdp.exe"), "invoicefdp.exe")
      << "no mark that turns the writing around";
  EXPECT_EQ(name_of("name*=utf-8''a%0D%0Ab%00.txt"), "a b.txt");
  EXPECT_EQ(name_of("name=" + std::string(400, 'x') + ".pdf").size(), 255U);
  EXPECT_TRUE(name_of("name=" + std::string(400, 'x') + ".pdf").ends_with(".pdf"));
}

TEST(MessageJson, HasTheFieldsOfOrgoParse) {
  const auto json = to_json(read("\nHello\n"));
  for (const auto* name : {"message_id", "date", "from", "reply_to", "to", "cc", "subject", "in_reply_to", "references",
                           "text", "html", "attachments", "defects"})
    EXPECT_NE(json.find('"' + std::string(name) + "\":"), std::string::npos) << name;
  EXPECT_NE(json.find("\"date\":\"2003-07-01T08:52:37Z\""), std::string::npos);
  EXPECT_NE(to_json(Message{}).find("\"date\":null,\"from\":null"), std::string::npos);
}

TEST(ReadMessage, LinesThatEndInCrAlone) {
  const std::string lf =
      "From: a@b.example\nSubject: Old\n gateway\nContent-Type: multipart/mixed; "
      "boundary=b\n\n--b\n\nHello\nyou\n--b--\n";
  auto cr = lf;
  std::replace(cr.begin(), cr.end(), '\n', '\r');
  const auto message = read_message(cr);
  EXPECT_EQ(message.subject, "Old gateway");
  EXPECT_EQ(message.text, read_message(lf).text);
  EXPECT_EQ(message.size, cr.size());
  ASSERT_FALSE(message.defects.empty());
  EXPECT_EQ(message.defects[0].kind, "cr_line_ends");
  // A CR somewhere is no such mail.
  EXPECT_EQ(read_message("Subject: a\rb\n\none\rtwo\n").subject, "a b");
}

TEST(ReadMessage, FlowedTextBecomesParagraphs) {
  EXPECT_EQ(
      read_message("Content-Type: text/plain; format=flowed\n\nThe heating \nis cold.\n> since \n> Monday\n").text,
      "The heating is cold.\n> since Monday\n");
  EXPECT_EQ(read_message("Content-Type: text/plain; format=flowed; delsp=yes\n\nKrank \nheit\n").text, "Krankheit\n");
  EXPECT_EQ(read_message("Content-Type: text/plain\n\nThe heating \nis cold.\n").text, "The heating \nis cold.\n");
}

TEST(ReadMessage, AnAttachedMessageIsTheSameFileByEveryDoor) {
  const std::string lf =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n--b\nContent-Type: message/rfc822\n\nSubject: "
      "Inner\n\nText\n--b--\n";
  std::string crlf;
  for (const char c : lf) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto a = read_message(lf), b = read_message(crlf);
  ASSERT_EQ(a.attachments.size(), 1U);
  ASSERT_EQ(b.attachments.size(), 1U);
  EXPECT_EQ(a.attachments[0].sha256, b.attachments[0].sha256);
  EXPECT_EQ(attachment_bytes(crlf, 0), "Subject: Inner\n\nText");
}

TEST(ReadMessage, RawEscapeSequencesOfJapaneseAreRead) {
  const std::string subject = "\x1B$B;03,$N?eO3$l\x1B(B", body = "\x1B$B;03,$N65<<$G?eO3$l$,$\"$j$^$9!#\x1B(B";
  for (const char* type :
       {"Content-Type: text/plain\n", "Content-Type: text/plain; charset=us-ascii\n", "",
        "Content-Type: text/plain; charset=utf-8\n", "Content-Type: text/plain; charset=iso-8859-1\n"}) {
    const auto message =
        read_message("From: \x1B$B;3ED\x1B(B <anna@customer.example>\nSubject: " + subject + "\n" + type + "\n" + body);
    EXPECT_EQ(message.subject, "三階の水漏れ") << type;
    EXPECT_EQ(message.text, "三階の教室で水漏れがあります。") << type;
    EXPECT_EQ(message.from->address, "anna@customer.example") << type;
    EXPECT_EQ(message.from->name, "山田") << type;
  }
  EXPECT_EQ(
      read_message("From: a@x.example\nContent-Type: text/html\n\n<html><head><meta charset=\"iso-2022-jp\"></head>"
                   "<p>" +
                   body + "</p>")
          .text,
      "三階の教室で水漏れがあります。");
}

TEST(ReadMessage, TheMetaOfHtmlNamesItsCharset) {
  struct Case {
    const char *charset, *bytes, *text;
  };
  for (const auto& one : std::vector<Case>{{"iso-8859-2",
                                            "pat\xF8"
                                            "e te\xE8"
                                            "e voda",
                                            "patře teče voda"},
                                           {"windows-1250", "pi\xEAtrze, prosz\xEA", "piętrze, proszę"},
                                           {"windows-1253", "\xC4\xE9\xE1\xF1\xF1\xEF\xDE", "Διαρροή"},
                                           {"windows-1254", "s\xFDz\xFDnt\xFDs\xFD", "sızıntısı"},
                                           {"windows-1255", "\xF0\xE6\xE9\xEC\xFA", "נזילת"}})
    for (const char* type : {"text/html; charset=us-ascii", "text/html", "text/html; charset=unknown-8bit"})
      for (const bool quoted : {false, true}) {
        const std::string quote = quoted ? "'" : "\"";
        const auto message = read_message("From: a@x.example\nContent-Type: " + std::string(type) +
                                          "\n\n<!DOCTYPE html><head><META CHARSET=" + quote + one.charset + quote +
                                          "></head><body><p>" + one.bytes + "</p></body></html>");
        EXPECT_EQ(message.text, one.text) << type;
      }
}

TEST(ReadMessage, TheTextTellsTheCharsetOfTheHeader) {
  const auto message = read_message(
      "From: Ji\xF8\xED Dvo\xF8\xE1k <a@x.example>\nSubject: Te\xE8"
      "e voda, pros\xEDm\n"
      "Content-Type: text/plain\n\nNa t\xF8"
      "et\xEDm pat\xF8"
      "e te\xE8"
      "e voda, po\xB9lete "
      "pros\xEDm instalat\xE9ra.\n");
  EXPECT_EQ(message.from->name, "Jiří Dvořák");
  EXPECT_EQ(message.subject, "Teče voda, prosím");
  EXPECT_EQ(message.text, "Na třetím patře teče voda, pošlete prosím instalatéra.\n");
  const auto other = read_message(
      "From: \xA3ukasz \xAF"
      "ak <a@x.example>\nSubject: Cieknie woda\n"
      "Content-Type: text/plain\n\nNa trzecim pi\xEAtrze cieknie woda, prosz\xEA o pomoc.\n");
  EXPECT_EQ(other.from->name, "Łukasz Żak");
  EXPECT_EQ(other.text, "Na trzecim piętrze cieknie woda, proszę o pomoc.\n") << "and the other way round";
}

}  // namespace
}  // namespace orgo
