#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/mime/transfer_encoding.h"

namespace orgo::testing {

/// A mail in which one element is repeated as often as one likes (R27). The cost of reading it may grow as its size
/// does.
struct HostileMail {
  std::string name;
  std::string begin;                                ///< before the first repetition
  std::function<std::string(std::size_t)> element;  ///< the i-th repetition
  std::string end;

  [[nodiscard]] std::string with_bytes(std::size_t bytes) const {
    std::string mail = begin;
    mail.reserve(bytes + 1000);
    for (std::size_t i = 0; mail.size() < bytes; ++i) mail += element(i);
    return mail + end;
  }
  [[nodiscard]] std::string with_count(std::size_t count) const {
    std::string mail = begin;
    for (std::size_t i = 0; i < count; ++i) mail += element(i);
    return mail + end;
  }
};

/// For the names of failed tests.
inline void PrintTo(const HostileMail& mail, std::ostream* out) {
  *out << mail.name;
}

inline std::vector<HostileMail> hostile_mails() {
  const std::string head = "From: a@b.example\nDate: Tue, 1 Jul 2003 10:52:37 +0200\n";
  const std::string mixed = head + "Content-Type: multipart/mixed; boundary=b\n\n";
  const std::string html = head + "Content-Type: text/html; charset=utf-8\n\n";
  const std::string quoted = head + "Content-Transfer-Encoding: quoted-printable\n\n";
  const std::string base64 = head + "Content-Transfer-Encoding: base64\n\n";
  const std::string flowed = head + "Content-Type: text/plain; format=flowed\n\n";
  const std::string daemon = "From: MAILER-DAEMON@a.example\nSubject: failure notice\n\nNot delivered:\n\n";
  const std::string report =
      "From: MAILER-DAEMON@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
      "--b\nContent-Type: message/delivery-status\n\n";
  const auto same = [](std::string text) { return [text = std::move(text)](std::size_t) { return text; }; };
  const auto number = [](std::size_t i) { return std::to_string(i); };
  std::vector<HostileMail> mails = {
      {"fields", head, [=](std::size_t i) { return "X-" + number(i) + ": v\n"; }, "\nbody"},
      {"fields without a value", head, same("A:\n"), "\nbody"},
      {"long field", head + "Subject: ", same("word "), "\n\nbody"},
      {"folded lines", head + "Subject: a", same("\n b"), "\n\nbody"},
      {"folds of blanks", head + "Subject: a", same("\n      "), "\n\nbody"},
      {"lines that are no field", head, same("no field here\nX: y\n"), "\nbody"},
      {"To fields", head, same("To: a@b.example\n"), "\nbody"},
      {"addresses", head + "To: x@y", same(", a@b.example"), "\n\nbody"},
      {"named addresses", head + "To: x@y", same(", \"A, B\" <a@b.example>"), "\n\nbody"},
      {"names with commas", head + "To: x", same(", word"), " <a@b>\n\nbody"},
      {"groups", head + "To: ", same("g:a@b;"), "\n\nbody"},
      {"nested comments", head + "To: ", same("("), "\n\nbody"},
      {"comments", head + "To: a@b ", same("(c)"), "\n\nbody"},
      {"quotes", head + "To: ", same("\"a"), "\n\nbody"},
      {"one open quote, many pairs of backslashes", head + "To: \"", same("\\\""), "\n\nbody"},
      {"open angles", head + "To: ", same("<a"), "\n\nbody"},
      {"open angles with commas", head + "To: <", same(","), "\n\nbody"},
      {"at signs", head + "To: ", same("@"), "\n\nbody"},
      {"colons", head + "To: ", same("a:"), "\n\nbody"},
      {"commas", head + "To: ", same(","), "\n\nbody"},
      {"domain literals", head + "To: ", same("a@[1"), "\n\nbody"},
      {"encoded words in addresses", head + "To: ", same("=?utf-8?q?a?= <a@b>,"), "\n\nbody"},
      {"encoded words Q", head + "Subject: ", same("=?utf-8?Q?a=C3=BC?= "), "\n\nbody"},
      {"encoded words B", head + "Subject: ", same("=?utf-8?B?w7w=?=\n "), "\n\nbody"},
      {"encoded words in many charsets", head + "Subject: ",
       [](std::size_t i) { return i % 2 == 0 ? "=?gb2312?B?xOM=?= " : "=?koi8-r?B?xOM=?= "; }, "\n\nbody"},
      {"encoded words in unknown charsets",
       head + "Subject: ", [=](std::size_t i) { return "=?x-" + number(i) + "?B?xOM=?= "; }, "\n\nbody"},
      {"encoded words without an end", head + "Subject: ", same("=?utf-8?Q?x"), "\n\nbody"},
      {"encoded words without an end, in an address", head + "To: ", same("=?utf-8?Q?x "), "\n\nbody"},
      {"begins of encoded words", head + "Subject: ", same("=?"), "\n\nbody"},
      {"ends of encoded words", head + "Subject: =?utf-8?Q?", same("?"), "\n\nbody"},
      {"references", head + "References: ", same("<a@b>\n "), "\n\nbody"},
      {"open references", head + "References: ", same("<a "), "\n\nbody"},
      {"references without brackets", head + "References: ", same("a@b "), "\n\nbody"},
      {"date comments", head.substr(0, 18) + "Date: ", same("(c)"), "\n\nbody"},
      {"parameters", head + "Content-Type: text/plain", [=](std::size_t i) { return "; p" + number(i) + "=v"; },
       "\n\nbody"},
      {"continuations", head + "Content-Type: text/plain", [=](std::size_t i) { return "; p*" + number(i) + "*=v%20"; },
       "\n\nbody"},
      {"continuations backwards", head + "Content-Type: text/plain",
       [=](std::size_t i) { return "; p*" + number(9999 - i % 9999) + "=v"; }, "\n\nbody"},
      {"parameter words", head + "Content-Type: text/plain; name=", same("word "), "\n\nbody"},
      {"parameter quotes", head + "Content-Type: text/plain; name=", same("\""), "\n\nbody"},
      {"type comments", head + "Content-Type: text/plain ", same("(c)"), "\n\nbody"},
      {"parts", mixed, same("--b\n\ntext\n"), "--b--\n"},
      {"empty parts", mixed, same("--b\n"), "--b--\n"},
      {"parts with fields", mixed, same("--b\nX: y\nContent-Disposition: attachment; filename=x\n\n1\n"), "--b--\n"},
      {"closing boundaries", mixed + "--b\n\n", same("--b--\n"), ""},
      {"lines like boundaries", mixed + "--b\n\n", same("--bc\n"), "--b--\n"},
      {"dashes", mixed + "--b\n\n", same("--\n"), "--b--\n"},
      {"a line of dashes", mixed + "--b\n\n", same("-"), "\n--b--\n"},
      {"nested multiparts", mixed,
       [=](std::size_t i) {
         return "--" + (i == 0 ? std::string("b") : "b" + number(i)) + "\nContent-Type: multipart/mixed; boundary=b" +
                number(i + 1) + "\n\n";
       },
       ""},
      {"nested multiparts with one boundary", mixed, same("--b\nContent-Type: multipart/mixed; boundary=b\n\n"), ""},
      {"nested messages", head + "Content-Type: message/rfc822\n\n", same("Content-Type: message/rfc822\n\n"), "x"},
      {"attached messages", mixed, same("--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n"), "--b--\n"},
      {"parts in unknown charsets", mixed,
       [=](std::size_t i) { return "--b\nContent-Type: text/plain; charset=x" + number(i) + "\n\n\xE9\n"; }, "--b--\n"},
      {"images", mixed + "--b\nContent-Type: text/html\n\n<img src=\"cid:1\">\n",
       [=](std::size_t i) { return "--b\nContent-Type: image/png\nContent-ID: <" + number(i) + ">\n\nx\n"; },
       "--b--\n"},
      {"cid references", html, [=](std::size_t i) { return "<img src=cid:" + number(i) + ">"; }, ""},
      {"text lines", head + "\n", same("line\r\n"), ""},
      {"text without lines", head + "\n", same("x"), ""},
      {"blank lines", head + "\n", same("\n"), ""},
      {"carriage returns", head + "\n", same("\r"), ""},
      {"NULs", head + "\n", [](std::size_t) { return std::string(1, '\0'); }, ""},
      {"base64 lines", base64, same("aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQh\r\n"), ""},
      {"base64 paddings in one line", base64, same("QQ=="), ""},
      {"base64 dirt", base64, same("!Q"), ""},
      {"quoted codes", quoted, same("=C3=BC"), ""},
      {"quoted soft breaks", quoted, same("a=\n"), ""},
      {"quoted equals", quoted, same("="), ""},
      {"quoted trailing spaces", quoted, same(" "), "\n"},
      {"UTF-8", head + "Content-Type: text/plain; charset=utf-8\n\n", same("\xC3\xBC"), ""},
      {"bytes that are not UTF-8", head + "Content-Type: text/plain; charset=utf-8\n\n\xC3\xBC", same("\xE2\xC3"), ""},
      {"latin-1", head + "Content-Type: text/plain; charset=iso-8859-1\n\n", same("\xE4"), ""},
      {"GB 18030", head + "Content-Type: text/plain; charset=gb2312\n\n", same("\xC4\xE3"), ""},
      {"shifts of ISO-2022-JP", head + "Content-Type: text/plain; charset=iso-2022-jp\n\n", same("\x1B$BF|\x1B(B"), ""},
      {"shifts of ISO-2022-KR", head + "Content-Type: text/plain; charset=iso-2022-kr\n\n", same("\x0E\x0F"), ""},
      {"UTF-7", head + "Content-Type: text/plain; charset=utf-7\n\n", same("+ANw-"), ""},
      {"tags", html, same("<b>"), ""},
      {"open tags", html, same("<b "), ""},
      {"paragraphs", html, same("<p>x</p>"), ""},
      {"attributes", html + "<a ", same("a=b "), ">x"},
      {"quoted attributes", html + "<a ", same("a=\"b\" "), ">x"},
      {"open attributes", html, same("<a b=\"c>'d' "), ""},
      {"comments in HTML", html, same("<!--x-->"), "x"},
      {"open comments in HTML", html, same("<!--"), ""},
      {"ends in a script", html + "<script>", same("</"), ""},
      {"scripts", html, same("<script></script>"), "x"},
      {"character references", html, same("&uuml;&#228;"), ""},
      {"ampersands", html, same("&"), ""},
      {"angles", html, same("<"), ""},
      {"white space in HTML", html, same(" \n"), "x"},
      {"nested elements", html, same("<div><table>"), "x"},
      {"uuencode begins", head + "\n", same("begin 644 x\n"), ""},
      {"uuencode files", head + "\n", same("begin 644 x\n#0V%T\n`\nend\n"), ""},
      {"flowed lines", flowed, same("word \n"), ""},
      {"flowed quotes", flowed, [](std::size_t i) { return std::string(i % 7, '>') + " a \n"; }, ""},
      {"lines that end in CR", "From: a@b.example\rSubject: x\r\r", same("line\r"), ""},
      {"lines of an attached message", mixed + "--b\r\nContent-Type: message/rfc822\r\n\r\n", same("X: y\r\n"),
       "--b--\r\n"},
      {"Received fields", head,
       same("Received: from a (b [192.0.2.1]) by c with ESMTP id d for <e@f>; Tue, 1 Jul 2003 10:52:37 +0200\n"),
       "\nbody"},
      {"recipients of a delivery report", report + "Reporting-MTA: dns; a\n\n",
       [=](std::size_t i) {
         return "Final-Recipient: rfc822; a" + number(i) +
                "@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no\n\n";
       },
       "--b--\n"},
      {"diagnostics of a delivery report", report + "Final-Recipient: rfc822; a@b.example\n",
       same("Diagnostic-Code: smtp; 550 mailbox full\n"), "\n--b--\n"},
      {"one long diagnostic", report + "Final-Recipient: rfc822; a@b.example\nDiagnostic-Code: smtp; 550",
       same(" mailbox is"), "\n--b--\n"},
      {"recipients in words", daemon,
       [=](std::size_t i) { return "<a" + number(i) + "@b.example>: host said: 550 user unknown\n"; }, ""},
      {"recipients and blank lines", daemon,
       [=](std::size_t i) { return "  a" + number(i) + "@b.example\n    mailbox for a * is full\n\n"; }, ""},
      {"answers of a transcript", daemon,
       [=](std::size_t i) { return ">>> RCPT\n<<< 550\n550 <a" + number(i) + "@b.example>... User unknown\n"; }, ""},
      {"one recipient, many words", daemon + "<a@b.example>:\n", same("550 5.1.1 user "), "\n"},
      {"at signs in a report", daemon, same("@ "), ""},
      {"quotes in a report", daemon, same("\"@\n"), ""},
      {"failed recipients in a field", "From: MAILER-DAEMON@a.example\nX-Failed-Recipients: x@y", same(", a@b.example"),
       "\n\nfailed\n"},
      {"begins of a quoted original", daemon, same("To: a\nSubject: b\n\n"), ""},
      {"complaints",
       head + "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n"
              "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n",
       same("Original-Rcpt-To: a@b.example\n"), "\n--b--\n"},
      {"JSON of a report",
       "From: "
       "no-reply@sns.amazonaws.com\n\n{\"notificationType\":\"Bounce\",\"mail\":{},\"bounce\":{\"bouncedRecipients\":[",
       same("{\"a\":1},"), "{}]}}\n"},
      {"braces of a report", "From: no-reply@sns.amazonaws.com\n\n\"notificationType\":\"Bounce", same("{\"a\":"), ""},
      {"uuencode without an end", head + "\nbegin 644 x\n", same("#0V%T\n"), ""},
  };
  return mails;
}

}  // namespace orgo::testing
