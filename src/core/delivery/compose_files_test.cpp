#include "core/delivery/compose_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "core/delivery/compose_answer.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

using testing::ElementsAre;

std::string composed(std::string_view text, const std::vector<AnswerFile>& files) {
  std::string out = "From: a@b.example\r\nDate: Mon, 16 Nov 2026 08:12:41 +0000\r\nMessage-ID: <a@b.example>\r\n";
  compose::append_text_and_files(out, text, files);
  return out;
}

/// Texts and names that break programs: boundaries, dots, quotes, controls, long lines, other scripts.
std::string some_text(std::mt19937& random) {
  static constexpr std::array<std::string_view, 14> kPieces{
      "Grüße", "\n",    "--",   "--=_orgo_", "\n.\n", "\"", "\\", "\t", "\xF0\x9F\x98\x80",
      " ",     "From ", "日本", "a",         "=C3"};
  std::string text;
  for (auto left = random() % 60; left > 0; --left) text += kPieces.at(random() % kPieces.size());
  if (random() % 4 == 0) text += std::string(random() % 2'000, 'x');
  return text;
}

std::string some_bytes(std::mt19937& random) {
  std::string bytes(random() % 3 == 0 ? 0 : random() % 5'000, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(ComposeFiles, WhateverIsSentArrivesAsItIs) {
  std::mt19937 random(7);
  for (int turn = 0; turn < 300; ++turn) {
    SCOPED_TRACE(turn);
    const auto text = some_text(random);
    std::vector<AnswerFile> files(random() % 4);
    for (auto& file : files)
      file = {"file " + std::to_string(random() % 100) + (random() % 2 == 0 ? " Größe 日本" : "") + ".dat",
              random() % 2 == 0 ? "application/x-thing" : "", some_bytes(random)};
    const auto raw = composed(text, files);
    const auto message = read_message(raw);
    EXPECT_EQ(trim(message.text), trim(text));
    EXPECT_TRUE(message.defects.empty() || trim(text).empty()) << message.defects.front().kind;
    ASSERT_EQ(message.attachments.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_EQ(message.attachments[i].filename, files[i].filename);
      EXPECT_EQ(attachment_bytes(raw, i), files[i].bytes);
    }
    EXPECT_EQ(raw, composed(text, files)) << "the same input makes the same bytes";
    for (std::size_t at = 0; at < raw.size();) {
      const auto end = raw.find("\r\n", at);
      ASSERT_NE(end, std::string::npos);
      EXPECT_LE(end - at, 998U) << "RFC 5322, section 2.1.1";
      at = end + 2;
    }
  }
}

TEST(ComposeFiles, NoNameAndNoTypeBecomesAnythingElse) {
  const std::vector<AnswerFile> files{{"a\r\nBcc: eve@example.org\r\n\r\n.pdf", "text/html\r\nX: y", "1"},
                                      {"../../etc/passwd", "message/rfc822", "From: x\r\n\r\ny"},
                                      {"x\"; evil=\"1.png", "multipart/mixed; boundary=b", "2"},
                                      {"", "", "3"},
                                      {std::string(3'000, 'n') + ".txt", "TEXT/plain", "4"}};
  const auto raw = composed("Hello", files);
  EXPECT_EQ(raw.find("\nBcc"), std::string::npos);
  EXPECT_EQ(raw.find("\nX:"), std::string::npos);
  const auto message = read_message(raw);
  ASSERT_EQ(message.attachments.size(), files.size());
  EXPECT_EQ(message.attachments[1].filename, "passwd");
  for (std::size_t i : {0U, 1U, 2U})
    EXPECT_FALSE(message.attachments[i].content_type.starts_with("message/") ||
                 message.attachments[i].content_type.starts_with("multipart/"))
        << message.attachments[i].content_type;
  for (std::size_t i = 0; i < files.size(); ++i) EXPECT_EQ(attachment_bytes(raw, i), files[i].bytes) << i;
  EXPECT_LE(message.attachments[4].filename.size(), 255U);
}

TEST(ComposeFiles, SeveralAddressesStandInOneField) {
  std::string out;
  compose::append_addresses_field(out, "Cc",
                                  {{"Pat Ö", "pat@example.org"}, {"", "no address"}, {"", "kim@b\u00fccher.example"}});
  EXPECT_TRUE(out.ends_with("\r\n")) << out;
  const auto message = read_message(out + "\r\nx");
  ASSERT_EQ(message.as_mail().cc.size(), 2U) << out;
  EXPECT_EQ(message.as_mail().cc[0], (Address{"Pat Ö", "pat@example.org"}));
  EXPECT_EQ(message.as_mail().cc[1].address, "kim@b\u00fccher.example");
  out.clear();
  compose::append_addresses_field(out, "Cc", {{"", "none"}});
  EXPECT_EQ(out, "");
}

TEST(ComposeAnswer, SaysWhatIsToBeDoneAndToWhom) {
  WrittenAnswer answer;
  answer.order = {.task = TaskNumber{12}, .actor = "user:anna", .then = TaskState::pending};
  answer.id = "orgo-answer-1@school.example";
  answer.from = {"Anna", "anna@school.example"};
  answer.to = {"", "kim@client.example"};
  answer.cc = {{"", "pat@client.example"}};
  answer.subject = "Water\r\nBcc: x@y.example";
  answer.text = "We come.";
  const auto message = read_message(compose_answer(answer));
  const auto order = read_answer_order(message);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->task, TaskNumber{12});
  EXPECT_EQ(order->actor, "user:anna");
  EXPECT_FALSE(order->internal);
  EXPECT_EQ(order->then, TaskState::pending);
  EXPECT_EQ(message.message_id, answer.id);
  EXPECT_EQ(message.header("Bcc"), "");
  EXPECT_EQ(message.as_mail().to.front().address, "kim@client.example");
  EXPECT_FALSE(message.date) << "the same answer again has the same bytes, so that the store knows it";
}

TEST(AnswerOrder, IsReadOnlyWhenItIsWhole) {
  for (const char* text : {"", "{}", "{\"task\":\"T-1\"}", "{\"by\":\"user:a\"}", "[1]",
                           "{\"task\":1,\"by\":\"user:a\"}", "{\"task\":\"T-x\",\"by\":\"user:a\"}"}) {
    Message message;
    message.make_mail().headers.push_back({"X-Orgo-Answer", text});
    EXPECT_FALSE(read_answer_order(message)) << text;
  }
  Message message;
  message.make_mail().headers.push_back({"X-Orgo-Answer", answer_order_text({TaskNumber{3}, "user:ä\"", true, {}})});
  const auto order = read_answer_order(message);
  ASSERT_TRUE(order);
  EXPECT_TRUE(order->internal);
  EXPECT_EQ(order->actor, "user:ä\"");
}

}  // namespace
}  // namespace orgo
