#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/intake/raw_message.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

DedupKey key_of(std::string_view body) {
  const Envelope envelope{.tenant = kTenant, .channel = Channel::import_};
  return dedup_key(envelope, "Subject: 1\nMessage-ID: <1@a.example>\n\n" + std::string(body));
}

TEST(DedupKey, WhatAnMboxPutsBeforeFromDoesNotCount) {
  for (const auto& [kept, sent] :
       std::vector<std::pair<const char*, const char*>>{{">From here\n", "From here\n"},
                                                        {">>From here\n", ">From here\n"},
                                                        {"Hello\n>From here\n", "Hello\nFrom here\n"},
                                                        {"Hello\r\n>From here\r\nbye", "Hello\nFrom here\nbye"},
                                                        {"a\n\n>From b\n>From c\n", "a\n\nFrom b\n>From c\n"},
                                                        {"> quoted\n>From b\n", "> quoted\nFrom b\n"},
                                                        {"a\n>From ", "a\nFrom "}})
    EXPECT_EQ(key_of(kept).content, key_of(sent).content) << kept;
}

TEST(DedupKey, AllOtherMarksOfQuotationCount) {
  for (const auto& [one, other] : std::vector<std::pair<const char*, const char*>>{{"> From here\n", "From here\n"},
                                                                                   {">from here\n", "from here\n"},
                                                                                   {">From: here\n", "From: here\n"},
                                                                                   {">Fromage\n", "Fromage\n"},
                                                                                   {"a >From b\n", "a From b\n"},
                                                                                   {">\nFrom b\n", "From b\n"},
                                                                                   {">Hello\n", "Hello\n"},
                                                                                   {"x\n>", "x\n"}})
    EXPECT_NE(key_of(one).content, key_of(other).content) << one;
}

/// A detector says the same words at each fire, without a date or an id: what is sent later is another mail.
TEST(DedupKey, WordsWithoutDateAndIdAreNewEachTimeTheyAreSent) {
  const auto key = [](Channel channel, int minute, const std::string& header) {
    const Envelope envelope{.tenant = kTenant,
                            .channel = channel,
                            .recipient = mail_contact("fire@school.example"),
                            .received_at = TimePoint{Millis{1'800'000'000'000 + minute * 60'000}}};
    return dedup_key(envelope, header + "Subject: FIRE\nFrom: <detector@school.example>\n\nFire in room 1\n");
  };
  for (const auto door : {Channel::smtp, Channel::lmtp, Channel::http}) {
    EXPECT_NE(key(door, 0, "").copy_hash, key(door, 1, "").copy_hash);
    EXPECT_NE(key(door, 0, "").content, key(door, 1, "").content);
    EXPECT_EQ(key(door, 0, "").copy_hash, key(door, 0, "").copy_hash);
    const std::string first = "Received: from detector; Mon, 1 Feb 2027 10:00:00 +0000\n",
                      second = "Received: from detector; Mon, 1 Feb 2027 10:01:00 +0000\n";
    EXPECT_EQ(key(door, 0, first).copy_hash, key(door, 1, first).copy_hash) << "the same transmission, sent on again";
    EXPECT_NE(key(door, 0, first).copy_hash, key(door, 0, second).copy_hash);
    for (const auto* told : {"Date: Mon, 1 Feb 2027 10:00:00 +0000\n", "Message-ID: <1@x>\n"})
      EXPECT_EQ(key(door, 0, told).copy_hash, key(door, 1, told).copy_hash) << told;
  }
  for (const auto kept : {Channel::import_, Channel::imap, Channel::pop3})
    EXPECT_EQ(key(kept, 0, "").copy_hash, key(kept, 1, "").copy_hash) << "it lies there, and is found again";
}

TEST(DedupKey, AFoldedIdIsTheSameWithTheLineEndsOfAFileAndThoseOfTheWire) {
  const Envelope envelope{.tenant = kTenant, .channel = Channel::import_};
  const std::string kept = "Subject: 1\nMessage-Id: <1\n ([192.0.2.1])\n by relay>\n\nHello\n";
  std::string sent;
  for (const char c : kept) sent += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(dedup_key(envelope, kept).id_hash, dedup_key(envelope, sent).id_hash);
  EXPECT_EQ(dedup_key(envelope, kept).content, dedup_key(envelope, sent).content);
  EXPECT_NE(message_id_hash(kTenant, "1 2"), message_id_hash(kTenant, "12"));
}

TEST(DedupKey, WhatIsWrittenHereIsToldByItsIdAlone) {
  const auto key = [](Channel channel, std::string_view recipient, const std::string& rest) {
    const Envelope envelope{
        .tenant = kTenant, .channel = channel, .recipient = mail_contact(std::string(recipient)), .received_at = {}};
    return dedup_key(envelope, "Message-ID: <1@orgo.example>\nSubject: 1\n" + rest);
  };
  const auto one = key(Channel::answer, "anna@school.example", "\nYes\n");
  const auto other = key(Channel::answer, "bert@school.example", "X: 1\n\nNo\n");
  EXPECT_EQ(one.id_hash, other.id_hash);
  EXPECT_EQ(one.copy_hash, other.copy_hash);
  EXPECT_NE(one.content, other.content);
  EXPECT_NE(key(Channel::lmtp, "anna@school.example", "\nYes\n").copy_hash,
            key(Channel::lmtp, "anna@school.example", "\nNo\n").copy_hash);
}

}  // namespace
}  // namespace orgo
