#include "core/mail/read/words_for_others.h"

#include <gtest/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

std::optional<std::string> words(const std::string& text) {
  return words_for_others(
      read_message("From: ben@school.example\r\nIn-Reply-To: <a@b.example>\r\nSubject: Re: x\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
                   text));
}

TEST(WordsForOthers, WhatStandsAboveTheQuoteWithItsSignature) {
  EXPECT_EQ(words("We come.\n\nOn Monday Orgo wrote:\n> T-12: Water\n"), "We come.");
  EXPECT_EQ(words("We come.\n\nBest regards\nBen\n-- \nTel. 123\n\n> T-12: Water\n"),
            "We come.\n\nBest regards\nBen\n-- \nTel. 123");
  EXPECT_EQ(words("Call him:\nHans Meier\nTel. +49 30 123456\nhans@firm.example\n"),
            "Call him:\nHans Meier\nTel. +49 30 123456\nhans@firm.example");
  EXPECT_EQ(words("First part.\n-- \nSecond part\n"), "First part.\n-- \nSecond part");
}

/// Whatever a program makes of a quote, what stands below the line of a notification is never the colleague's.
TEST(WordsForOthers, NothingBelowTheLineOfANotification) {
  const std::string line = "-- Reply above this line, and it goes to kim@client.example. --";
  for (const std::string prefix : {"", "> ", "| ", "    ", "\t", ">>> ", ": "}) {
    const auto got = words("We come.\n\n" + prefix + line + "\n" + prefix + "\n" + prefix + "T-12: Water\n" + prefix +
                           "Priority: urgent\n");
    EXPECT_EQ(got.value_or("(kept)").find("urgent"), std::string::npos) << "'" << prefix << "' " << got.value_or("");
    if (got) {
      EXPECT_TRUE(got->starts_with("We come.")) << *got;
    }
  }
}

TEST(WordsForOthers, InDoubtNothing) {
  EXPECT_FALSE(words("> T-12: Water\n> From: kim\n"));
  EXPECT_FALSE(words("See below.\n> Is it wet?\nYes, it is.\n> Since when?\nMonday.\n"));
  EXPECT_FALSE(words(""));
}

}  // namespace
}  // namespace orgo
