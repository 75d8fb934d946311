// Mails that are made to hurt, at sizes that a door lets through: each is read within its bounds, in work that its size
// allows and memory under ten times its size.
#include <gtest/gtest.h>

#include <string>

#include "base/work.h"
#include "core/bounce/bounce.h"
#include "core/mail/read/read_message.h"
#include "protocol/mime/transfer_encoding.h"
#include "tests/score/allocated.h"

namespace orgo {
namespace {

struct Read {
  Message message;
  std::uint64_t work = 0;
  std::size_t memory = 0;
};

Read read(const std::string& mail, const ReadLimits& limits = {}) {
  Read result;
  score::reset_most_allocated();
  const auto before = score::allocated();
  work_done = 0;
  result.message = read_message(mail, limits);
  result.work = work_done;
  result.memory = score::most_allocated() - before;
  EXPECT_LE(result.work, 40 * mail.size() + 20'000);
  EXPECT_LE(result.memory, 10 * mail.size() + 64 * 1024);
  return result;
}
bool has(const Message& message, std::string_view kind) {
  for (const auto& defect : message.defects)
    if (defect.kind == kind) return true;
  return false;
}
std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Limits, AMillionHeaders) {
  const auto mail =
      "From: a@b.example\r\n" + repeated("X-Header: value\r\n", 1'000'000) + "Subject: never read\r\n\r\nbody\r\n";
  const auto got = read(mail);
  EXPECT_EQ(got.message.as_mail().headers.size(), ReadLimits{}.header_fields);
  EXPECT_EQ(got.message.text, "body\n");
  EXPECT_FALSE(got.message.defects.empty());
  ReadLimits limits;
  const auto at_limit = "From: a@b.example\r\nDate: Tue, 1 Jul 2003 10:52:37 +0200\r\n" +
                        repeated("X: y\r\n", limits.header_fields - 2) + "\r\nbody\r\n";
  EXPECT_EQ(read(at_limit).message.as_mail().headers.size(), limits.header_fields);
}

TEST(Limits, AnAttachmentOf50Megabytes) {
  const auto line = repeated("QUJD", 19) + "\r\n";  // 76 characters for 57 bytes
  const std::size_t lines = (50U << 20) / 57 + 1;
  const auto mail =
      "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the film.\r\n--b\r\n"
      "Content-Type: video/mp4; name=film.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
      repeated(line, lines) + "--b--\r\n";
  const auto got = read(mail);
  EXPECT_EQ(got.message.text, "See the film.");
  ASSERT_EQ(got.message.attachments.size(), 1U);
  EXPECT_EQ(got.message.attachments[0].size, lines * 57);
  EXPECT_LE(got.memory, 1U << 20);  // it is hashed in pieces, never held
}

TEST(Limits, ABase64BombIsPackedOnlyOnceOpen) {
  // Messages in base64 in messages in base64: each is a file for whoever opens it, and nobody opens it here.
  std::string inner = "Subject: core\r\n\r\n" + repeated("boom ", 2'000);
  std::size_t layers = 0;
  for (; inner.size() < (4U << 20); ++layers) {
    const auto packed = mime::encode_base64(inner);
    inner =
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
        "message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
        packed + "\r\n--b--\r\n";
  }
  EXPECT_GE(layers, 10U);
  const auto got = read("From: a@b.example\r\n" + inner);
  ASSERT_EQ(got.message.attachments.size(), 1U);
  // Text in base64 is cut off at its limit.
  ReadLimits limits;
  limits.text_bytes = 1'000;
  const auto packed = mime::encode_base64(repeated("boom\n", 100'000));
  const auto cut = read("From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed, limits);
  EXPECT_EQ(cut.message.text.size(), 1'000U);
  EXPECT_TRUE(has(cut.message, "text_too_long"));
}

TEST(Limits, ThousandsOfRecipients) {
  std::string list;
  for (int i = 0; i < 50'000; ++i) list += (i == 0 ? "a" : ",\r\n a") + std::to_string(i) + "@b.example";
  ReadLimits limits;
  limits.header_value_bytes = 4 << 20;
  limits.header_bytes = 4 << 20;
  const auto got = read("From: a@b.example\r\nTo: " + list + "\r\n\r\nbody\r\n", limits);
  EXPECT_EQ(got.message.as_mail().to.size(), limits.addresses);
  EXPECT_TRUE(has(got.message, "too_many_addresses"));
}

TEST(Limits, HugeEncodedWords) {
  const auto one = "From: a@b.example\r\nSubject: =?utf-8?q?" + repeated("=C3=BC", 40'000) + "?=\r\n\r\nbody\r\n";
  EXPECT_EQ(read(one).message.subject.size(), 80'000U);
  const auto many = "From: a@b.example\r\nSubject: x" + repeated("\r\n =?utf-8?b?w7w=?=", 100'000) + "\r\n\r\nbody\r\n";
  const auto cut = read(many);
  EXPECT_TRUE(has(cut.message, "header_value_too_long"));
  EXPECT_LE(cut.message.subject.size(), ReadLimits{}.header_value_bytes);
}

TEST(Limits, ThousandsOfParameters) {
  std::string parameters, continuations;
  for (int i = 0; i < 20'000; ++i) {
    parameters += ";\r\n p" + std::to_string(i) + "=v";
    continuations += ";\r\n name*" + std::to_string(i) + "=a";
  }
  for (const auto& list : {parameters, continuations}) {
    const auto got = read(
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
        "Content-Type: application/octet-stream" +
        list + "\r\n\r\nbytes\r\n--b--\r\n");
    ASSERT_EQ(got.message.attachments.size(), 1U);
    EXPECT_LE(got.message.attachments[0].filename.size(), 256U);
  }
}

TEST(Limits, NestedMultiparts) {
  std::string open;
  for (int i = 0; i < 5'000; ++i)
    open +=
        "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n";
  const auto got = read("From: a@b.example\r\n" + open + "\r\ncore\r\n");
  EXPECT_FALSE(got.message.defects.empty());
  EXPECT_NE(got.message.text.find("core"), std::string::npos);
}

TEST(Limits, AReportOfAHundredThousandRecipients) {
  std::string status = "Reporting-MTA: dns; a\r\n\r\n";
  for (int i = 0; i < 100'000; ++i)
    status += "Final-Recipient: rfc822; a" + std::to_string(i) + "@b.example\r\nAction: failed\r\n\r\n";
  const auto mail =
      "From: MAILER-DAEMON@a.example\r\nContent-Type: multipart/report; report-type=delivery-status; "
      "boundary=b\r\n\r\n--b\r\n"
      "Content-Type: message/delivery-status\r\n\r\n" +
      status + "--b--\r\n";
  const auto got = read(mail);
  work_done = 0;
  const auto report = read_bounce(mail, got.message);
  EXPECT_EQ(report.recipients.size(), kBounceRecipientsMax);
  EXPECT_LE(work_done, 40 * mail.size());
}

}  // namespace
}  // namespace orgo
