#include <gtest/gtest.h>

#include "protocol/mime/entity.h"

namespace orgo::mime {
namespace {

std::string field(const std::string& raw, FieldId id) {
  const auto document = parse_entities(raw);
  const auto* const found = document.find(document.entities.front(), id);
  return found == nullptr ? "(none)" : std::string(found->value);
}

const std::string kMail = "From: a@x.example\nTo: b@x.example\nSubject: leak\n\nbody\n";

TEST(HeaderBlock, BeginsBehindDirt) {
  for (const char* before :
       {"", "\xEF\xBB\xBF", "\n\n", "\xEF\xBB\xBF\r\n", "\n\xEF\xBB\xBF", "From a@x Mon Nov 16 08:12:41 2026\n",
        "Message 17\n", "+OK 120 octets\n", "one line\nand another\n", "1\n2\n3\n", "* 1 FETCH (BODY[] {120}\n",
        "<pre>\n", " ", "\t", "  \t ", "X-Spam-Report:\n* 1.0 BAD\n* 2.0 WORSE\n* 0.1 HTML\n"}) {
    for (const bool crlf : {false, true}) {
      std::string raw = before + kMail;
      if (crlf) {
        std::string with;
        for (const char c : raw) with += c == '\n' ? std::string("\r\n") : std::string(1, c);
        raw = with;
      }
      EXPECT_EQ(field(raw, FieldId::from), " a@x.example") << testing::PrintToString(before);
      EXPECT_EQ(field(raw, FieldId::subject), " leak") << testing::PrintToString(before);
      EXPECT_TRUE(parse_entities(raw).entities.front().body.starts_with("body")) << testing::PrintToString(before);
    }
  }
  for (const char* text :
       {"Hello,\n\nFrom: a@x.example\n", "no mail at all\n", "a\nb\nc\nd\ne\nf\ng\nFrom: a@x.example\n\nx"})
    EXPECT_EQ(field(text, FieldId::from), "(none)") << text;
}

TEST(HeaderBlock, AReportThatLostItsFoldsEndsNoHeader) {
  const std::string report = "X-Spam-Report:\n* 1.0 BAD words\n* 2.0 WORSE: many\n  folded\n* 0.1 LINK\n";
  EXPECT_EQ(field("Received: by x\n" + report + kMail, FieldId::from), " a@x.example");
  EXPECT_EQ(field("Subject: leak\n" + report + "From: a@x.example\n\nbody\n", FieldId::from), " a@x.example");
  EXPECT_EQ(field(std::string(3, '\0') + kMail, FieldId::from), " a@x.example");
  // A body without an empty line before it is a body, whatever a form in it says.
  const auto document =
      parse_entities("From: a@x.example\nSubject: x\nHello,\nhere it is\nTo: you\nDate: today\n\nx\n");
  EXPECT_TRUE(document.entities.front().body.starts_with("Hello,"));
  EXPECT_EQ(document.find(document.entities.front(), FieldId::date), nullptr);
}

TEST(HeaderBlock, FoldsThatLostTheirBlankGoOn) {
  EXPECT_EQ(field("To: a@x.example,\nb@x.example\nFrom: c@x.example\n\nx", FieldId::to), " a@x.example,\nb@x.example");
  EXPECT_EQ(field("To: a@x.example,\nb@x.example,\nd@x.example\nFrom: c@x.example\n\nx", FieldId::to),
            " a@x.example,\nb@x.example,\nd@x.example");
  EXPECT_EQ(field("Subject: a leak in\nroom seven\nFrom: c@x.example\n\nx", FieldId::subject),
            " a leak in\nroom seven");
  EXPECT_EQ(field("References: <a@x>\n<b@x>\nFrom: c@x.example\n\nx", FieldId::references), " <a@x>\n<b@x>");
  EXPECT_EQ(field("Subject: a\nb\n\nx", FieldId::subject), " a\nb");
  EXPECT_EQ(field("Date: today\ngarbage\nFrom: c@x.example\n\nx", FieldId::date), " today");
  EXPECT_EQ(field("Date: today\ngarbage\nFrom: c@x.example\n\nx", FieldId::from), " c@x.example");
}

std::string parts(const std::string& boundary) {
  return "--" + boundary + "\nContent-Type: text/plain\n\nleak\n--" + boundary +
         "\nContent-Type: application/pdf\n\n%PDF\n--" + boundary + "--\n";
}
std::size_t parts_of(const std::string& raw) {
  return parse_entities(raw).entities.size() - 1;
}

TEST(ContentTypes, TheOneWhoseBoundaryComesIsTrue) {
  const std::string used = "Content-Type: multipart/mixed; boundary=\"used\"\n",
                    unused = "Content-Type: multipart/mixed; boundary=\"unused\"\n",
                    plain = "Content-Type: text/plain\n", other = "X-Mailer: x\n";
  for (const auto& header : {used, unused + used, used + unused, plain + used, unused + other + used,
                             plain + unused + used, used + plain, used + used})
    EXPECT_EQ(parts_of("From: a@x\n" + header + "\n" + parts("used")), 2U) << header;
  EXPECT_EQ(parts_of("From: a@x\n" + plain + "\n" + parts("used")), 0U);
  // A hostile mail may not make each of its parts search the rest.
  std::string many = "From: a@x\n" + used + "\n";
  for (int i = 0; i < 1000; ++i) many += "--used\n" + unused + unused + "\nx\n";
  EXPECT_EQ(parse_entities(many + "--used--\n").entities.size(), 1001U);
}

TEST(TransferEncodings, OddSpellingsAreRead) {
  for (const char* value : {"base64",
                            "BASE64",
                            "Base64",
                            "base-64",
                            "base_64",
                            "base 64",
                            "x-base64",
                            "b64",
                            "B",
                            "\"base64\"",
                            "\"base64",
                            "base64\"",
                            "'base64'",
                            "base64;",
                            "base64; charset=utf-8",
                            "base64,",
                            "base64.",
                            "(comment) base64",
                            "base64 (comment)",
                            " base64 ",
                            "<base64>",
                            "=?us-ascii?Q?base64?=",
                            "mime-base64",
                            "BASE64/MIME"})
    EXPECT_EQ(transfer_encoding(value), TransferEncoding::base64) << value;
  for (const char* value :
       {"quoted-printable", "Quoted-Printable", "quoted printable", "quoted_printable", "quotedprintable",
        "quoted-printable\"", "\"quoted-printable\"", "x-quoted-printable", "quoted-printible", "quoted-printeable",
        "quoted-print", "qp", "Q", "Q-P", "quoted-printable;", "(QP) quoted-printable", "quoted--printable"})
    EXPECT_EQ(transfer_encoding(value), TransferEncoding::quoted_printable) << value;
  for (const char* value : {"x-uuencode", "uuencode", "X-UUE", "uue", "x-uu", "\"x-uuencode\"", "uuencoded"})
    EXPECT_EQ(transfer_encoding(value), TransferEncoding::uuencode) << value;
  for (const char* value : {"7bit", "8bit", "8-bit", "binary", "", "none", "identity", "7bit; base64", "quiet", "text"})
    EXPECT_EQ(transfer_encoding(value), TransferEncoding::identity) << value;
}

TEST(HeaderBlock, WhiteSpaceBeforeTheColonOfTheFirstField) {
  for (const char* space : {" ", "\t", "  ", " \t "})
    for (const char* name : {"From", "FROM", "from"}) {
      const auto raw = std::string(name) + space + ": Anna <a@x.example>\nTo: b@x.example\nSubject : one\n\nbody\n";
      EXPECT_EQ(field(raw, FieldId::from), " Anna <a@x.example>") << raw;
      EXPECT_EQ(field(raw, FieldId::subject), " one") << raw;
    }
  for (const char* first : {"Subject : one\n", "To : b@x.example\n", "Date\t: Mon, 16 Nov 2026 08:12:41 +0100\n"})
    EXPECT_EQ(field(first + std::string("From : a@x.example\n\nbody\n"), FieldId::from), " a@x.example") << first;
  for (const char* separator :
       {"From a@x.example Mon Nov 16 08:12:41 2026\n", "From a@x.example  Mon, 16 Nov 2026 08:12:41 +0100\n",
        ">From a@x.example Mon Nov 16 08:12:41 2026\n"})
    EXPECT_EQ(field(separator + kMail, FieldId::from), " a@x.example") << separator;
}

TEST(HeaderBlock, WhatNobodySeesBeforeAFieldIsNotOfItsName) {
  for (const char* unseen : {"\u200B", "\uFEFF", "\uFEFF\uFEFF", "\u00EF\u00BB\u00BF", "\u200E", "\u202A", "\u2066",
                             "\u2060", "\u00A0", "\u200B\uFEFF"}) {
    EXPECT_EQ(field(unseen + kMail, FieldId::from), " a@x.example") << testing::PrintToString(unseen);
    EXPECT_EQ(field("Received: by x\n" + std::string(unseen) + kMail, FieldId::from), " a@x.example")
        << testing::PrintToString(unseen);
  }
}

TEST(WrongHeaders, AnotherBoundaryThanTheHeaderTells) {
  for (const char* boundary : {"T", "=_b_1", "----=_Part_1", "000000000000abc", "b?c"})
    for (const char* told : {"Z", "wrong", "=_b_2"}) {
      const std::string line = "--" + std::string(boundary);
      const auto raw = "From: a@x.example\nContent-Type: multipart/mixed; boundary=\"" + std::string(told) +
                       "\"\n\nThis is MIME.\n" + line + "\nContent-Type: text/plain\n\nleak\n" + line +
                       "\nContent-Type: application/pdf; name=a.pdf\n\nJVBERi0=\n" + line + "--\n";
      const auto document = parse_entities(raw);
      ASSERT_EQ(document.entities.size(), 3U) << raw;
      EXPECT_EQ(document.entities[1].body, "leak") << raw;
      EXPECT_EQ(document.entities[2].type.subtype, "pdf");
    }
  const std::string text = "From: a@x.example\nContent-Type: multipart/mixed; boundary=Z\n\nleak\n-- \nAnna\n--\nx\n";
  EXPECT_EQ(parse_entities(text).entities.size(), 1U) << "a signature is no boundary";
}

TEST(WrongHeaders, OfTwoEncodingsThatOfTheBody) {
  struct Case {
    const char *first, *second, *body;
    TransferEncoding meant;
  };
  for (const auto& one :
       std::vector<Case>{{"base64", "7bit", "VGhlcmUgaXMgYSBsZWFr", TransferEncoding::base64},
                         {"7bit", "base64", "VGhlcmUgaXMgYSBsZWFr", TransferEncoding::base64},
                         {"8bit", "base64", "VGhlcmUgaXMgYSBsZWFrCg==", TransferEncoding::base64},
                         {"base64", "7bit", "There is a leak in room seven.", TransferEncoding::identity},
                         {"7bit", "base64", "There is a leak in room seven.", TransferEncoding::identity},
                         {"quoted-printable", "7bit", "caf=C3=A9 is wet", TransferEncoding::quoted_printable},
                         {"8bit", "quoted-printable", "caf=C3=A9 is wet", TransferEncoding::quoted_printable},
                         {"7bit", "8bit", "leak", TransferEncoding::identity},
                         {"base64", "base64", "VGhlcmU=", TransferEncoding::base64}}) {
    const auto raw = "From: a@x.example\nContent-Transfer-Encoding: " + std::string(one.first) +
                     "\nContent-Transfer-Encoding: " + one.second + "\nContent-Type: text/plain\n\n" + one.body + "\n";
    EXPECT_EQ(parse_entities(raw).entities.front().encoding, one.meant) << raw;
  }
}

TEST(WrongHeaders, OfTwoTypesTheOneThatSaysSomething) {
  for (const char* nothing : {"application/octet-stream", "application/unknown", "unknown/unknown", "*/*",
                              "application/x-unknown", "application/binary", "APPLICATION/OCTET-STREAM"})
    for (const char* text : {"text/plain; charset=utf-8", "text/html"}) {
      const auto type = [&](const std::string& first, const std::string& second) {
        const auto mail = "Content-Type: " + first + "\nContent-Type: " + second + "\n\nleak";
        return parse_entities(mail).entities.front().type.type;
      };
      EXPECT_EQ(type(nothing, text), "text") << nothing;
      EXPECT_EQ(type(text, nothing), "text") << nothing;
    }
  const std::string encoded = "LS1yCkNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbgoKbGVhawotLXItLQo=\n";  // "--r" and a part
  for (const char* types : {"Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=r\n",
                            "Content-Type: multipart/mixed; boundary=r\nContent-Type: text/plain\n"})
    EXPECT_EQ(parse_entities(std::string(types) + "Content-Transfer-Encoding: base64\n\n" + encoded)
                  .entities.front()
                  .type.type,
              "multipart");
}

TEST(WrongHeaders, OfTwoTypesThatOfTheBody) {
  for (const char* body : {"<html><p>leak</p></html>", "<!DOCTYPE html>\n<p>leak", "\n <HTML>", "<div>leak</div>"})
    EXPECT_EQ(parse_entities("Content-Type: text/plain\nContent-Type: text/html\n\n" + std::string(body))
                  .entities.front()
                  .type.subtype,
              "html")
        << body;
  for (const char* body : {"leak", "<3 leak", "1 < 2"})
    EXPECT_EQ(parse_entities("Content-Type: text/plain\nContent-Type: text/html\n\n" + std::string(body))
                  .entities.front()
                  .type.subtype,
              "plain")
        << body;
}

}  // namespace
}  // namespace orgo::mime
