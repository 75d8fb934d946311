#include "core/mail/read/unpack_tnef.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "core/mail/read/read_message.h"
#include "core/mail/show/invite.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo {
namespace {

std::string u16(unsigned v) {
  return {static_cast<char>(v & 255), static_cast<char>(v >> 8 & 255)};
}
std::string u32(std::uint32_t v) {
  return u16(v & 0xFFFF) + u16(v >> 16);
}
std::string attribute(char level, std::uint32_t id, const std::string& value) {
  return std::string(1, level) + u32(id) + u32(static_cast<std::uint32_t>(value.size())) + value + u16(0);
}
const std::string kHead = u32(0x223E9F78) + u16(1);
std::string file(const std::string& name, const std::string& bytes) {
  return attribute(2, 0x00069002, "x") + attribute(2, 0x00018010, name) + attribute(2, 0x0006800F, bytes);
}
std::string mail_with(const std::string& tnef, std::string_view text = "") {
  return "From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + std::string(text) +
         "\n--b\nContent-Type: application/pdf\n\nfirst\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n"
         "Content-Transfer-Encoding: base64\n\n" +
         mime::encode_base64(tnef) + "\n--b\nContent-Type: text/csv; name=l.csv\n\nlast\n--b--\n";
}

TEST(UnpackTnef, FilesStandInPlaceOfTheContainer) {
  const auto raw = mail_with(kHead + file("../a.txt", "hello") + file("b.pdf", "world"), "Hi");
  const auto message = read_message(raw);
  ASSERT_EQ(message.attachments.size(), 4U);
  EXPECT_EQ(message.attachments[1].filename, "a.txt");
  EXPECT_EQ(message.attachments[1].content_type, "text/plain");
  EXPECT_EQ(message.attachments[1].sha256, to_hex(sha256("hello")));
  EXPECT_EQ(message.attachments[2].filename, "b.pdf");
  EXPECT_EQ(message.attachments[3].filename, "l.csv");
  EXPECT_EQ(attachment_bytes(raw, 0), "first");
  EXPECT_EQ(attachment_bytes(raw, 1), "hello");
  EXPECT_EQ(attachment_bytes(raw, 2), "world");
  EXPECT_EQ(attachment_bytes(raw, 3), "last");
  EXPECT_EQ(attachment_bytes(raw, 4), std::nullopt);
  EXPECT_EQ(message.text, "Hi");
}

TEST(UnpackTnef, ItsBodyIsTheBodyOfAMailWithoutOne) {
  const auto tnef = kHead + attribute(1, 0x0002800C, "It leaks.\r\n");
  EXPECT_EQ(read_message(mail_with(tnef)).text, "It leaks.\n");
  EXPECT_EQ(read_message(mail_with(tnef, "Hi")).text, "Hi");
}

TEST(UnpackTnef, ADamagedContainerIsKeptBesideWhatWasInIt) {
  auto tnef = kHead + file("a.txt", "hello") + file("b.txt", "world");
  tnef.resize(tnef.size() - 4);
  const auto message = read_message(mail_with(tnef, "Hi"));
  ASSERT_EQ(message.attachments.size(), 5U);
  EXPECT_EQ(message.attachments[1].filename, "a.txt");
  EXPECT_EQ(message.attachments[3].filename, "winmail.dat");
  EXPECT_TRUE(
      std::any_of(message.defects.begin(), message.defects.end(), [](const auto& d) { return d.kind == "bad_tnef"; }));
  EXPECT_EQ(read_message(mail_with("no tnef at all", "Hi")).attachments[1].filename, "winmail.dat");
}

TEST(UnpackTnef, AMeetingIsAnInvite) {
  const auto date = u16(2026) + u16(3) + u16(2) + u16(9) + u16(30) + u16(0) + u16(1);
  const auto raw = mail_with(kHead + attribute(1, 0x00078008, std::string("IPM.Microsoft Schedule.MtgReq")) +
                             attribute(1, 0x00018004, "Roof; again") + attribute(1, 0x00030006, date));
  const auto invites = find_invites(raw, read_message(raw));
  ASSERT_EQ(invites.size(), 1U);
  EXPECT_EQ(invites[0].event.summary, "Roof; again");
  EXPECT_EQ(invites[0].when(), "Monday, 2 March 2026, 09:30 (UTC)");
  EXPECT_EQ(invites[0].what(), "Invitation");
}

TEST(UnpackTnef, AnAttachedItemIsAMessage) {
  const auto inner = kHead + attribute(1, 0x00018004, "Inner\r\nBcc: x") + attribute(1, 0x0002800C, "inner text") +
                     file("c.txt", "deep");
  const auto property = [](unsigned type, unsigned id, const std::string& value) {
    return u16(type) + u16(id) + value;
  };
  const auto object = std::string(16, 'i') + inner;
  auto padded = object;
  padded.resize((padded.size() + 3) / 4 * 4);
  const auto raw =
      mail_with(kHead + attribute(2, 0x00069002, "x") +
                attribute(2, 0x00069005,
                          u32(2) + property(3, 0x3705, u32(5)) +
                              property(0xD, 0x3701, u32(1) + u32(static_cast<std::uint32_t>(object.size())) + padded)));
  const auto message = read_message(raw);
  ASSERT_EQ(message.attachments.size(), 3U);
  EXPECT_EQ(message.attachments[1].content_type, "message/rfc822");
  const auto bytes = attachment_bytes(raw, 1);
  ASSERT_TRUE(bytes);
  const auto nested = read_message(*bytes);
  EXPECT_EQ(nested.subject, "Inner  Bcc: x") << "no header of its own";
  EXPECT_EQ(nested.text, "inner text");
  ASSERT_EQ(nested.attachments.size(), 1U);
  EXPECT_EQ(attachment_bytes(*bytes, 0), "deep");
}

}  // namespace
}  // namespace orgo
