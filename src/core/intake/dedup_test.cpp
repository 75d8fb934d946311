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

TEST(DedupKey, AFoldedIdIsTheSameWithTheLineEndsOfAFileAndThoseOfTheWire) {
  const Envelope envelope{.tenant = kTenant, .channel = Channel::import_};
  const std::string kept = "Subject: 1\nMessage-Id: <1\n ([192.0.2.1])\n by relay>\n\nHello\n";
  std::string sent;
  for (const char c : kept) sent += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(dedup_key(envelope, kept).id_hash, dedup_key(envelope, sent).id_hash);
  EXPECT_EQ(dedup_key(envelope, kept).content, dedup_key(envelope, sent).content);
  EXPECT_NE(message_id_hash(kTenant, "1 2"), message_id_hash(kTenant, "12"));
}

}  // namespace
}  // namespace orgo
