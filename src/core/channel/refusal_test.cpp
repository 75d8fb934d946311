#include "core/channel/refusal.h"

#include <gtest/gtest.h>

#include <vector>

namespace orgo {
namespace {

using Stage = SendResult::Stage;

constexpr std::string_view kUs = "desk@school.example";
constexpr std::string_view kThem = "kim@client.example";

struct Case {
  Stage stage;
  const char* answer;
};

About judged(const Case& one) {
  return judge_refusal(one.stage, one.answer, kUs, kThem);
}

TEST(Refusal, WhatEachMailOfOursWouldMeetIsAboutUs) {
  const std::vector<Case> cases{
      {Stage::sender, "550 5.1.0 <desk@school.example>: Sender address rejected: User unknown"},
      {Stage::sender, "553 sorry, that domain isn't in my list of allowed hosts"},
      {Stage::sender, "501 5.5.4 Syntax error"},
      {Stage::sender, "550 account is suspended"},
      {Stage::recipient, "550 5.7.1 your account is suspended"},
      {Stage::recipient,
       "550 5.1.1 <desk@school.example>: Sender address rejected: User unknown in virtual mailbox table"},
      {Stage::recipient, "530 5.7.0 Authentication required"},
      {Stage::recipient, "530 Must issue a STARTTLS command first"},
      {Stage::recipient, "554 5.7.1 <kim@client.example>: Relay access denied"},
      {Stage::recipient, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"},
      {Stage::recipient, "550 5.7.1 Relaying denied. Proper authentication required."},
      {Stage::recipient, "550 relay not permitted"},
      {Stage::recipient, "551 we do not relay"},
      {Stage::recipient, "553 5.7.1 <desk@school.example>: Sender address rejected: not owned by user orgo"},
      {Stage::recipient, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org"},
      {Stage::recipient, "550 5.7.25 The IP address has no PTR record"},
      {Stage::recipient, "550-5.7.26 This mail has been blocked because the sender is unauthenticated"},
      {Stage::recipient, "535 5.7.8 Error: authentication failed"},
      {Stage::recipient, "503 5.5.1 bad sequence of commands"},
      {Stage::data, "550 5.7.1 Client was not authenticated"},
      {Stage::text, "550 5.7.60 Client does not have permissions to send as this sender"},
      {Stage::text, "550 5.7.23 SPF validation failed"},
      {Stage::text, "554 5.7.1 Your IP is listed in a blocklist"},
      {Stage::text, "550 5.2.1 sending from this account is disabled"},
      {Stage::data, "550 5.2.1 Your account has reached its limit"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::us) << one.answer;
}

TEST(Refusal, ARecipientIsJudgedWhereRecipientsAre) {
  const std::vector<Case> cases{
      {Stage::recipient, "550 5.1.1 <kim@client.example>: Recipient address rejected: User unknown"},
      {Stage::recipient, "550 No such user here"},
      {Stage::recipient, "550 5.2.1 mailbox disabled"},
      {Stage::recipient, "550 5.2.1 <kim@client.example>: account is suspended"},
      {Stage::recipient, "550 The account suspended, try another one"},
      {Stage::recipient, "552 5.2.2 mailbox full"},
      {Stage::recipient, "550 5.2.1 The email account that you tried to reach is disabled"},
      {Stage::recipient, "553 5.1.3 bad address syntax"},
      {Stage::recipient, "554 5.7.1 the recipient does not accept mail from you"},
      {Stage::text, "550 5.1.1 unknown user, said late"},
      {Stage::text, "552 5.2.2 over quota"},
      {Stage::none, "no such host"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::them) << one.answer;
}

TEST(Refusal, AMailIsJudgedByItsText) {
  const std::vector<Case> cases{
      {Stage::text, "554 5.6.0 message rejected as spam"},
      {Stage::text, "552 5.3.4 message too large"},
      {Stage::sender, "552 5.3.4 message size exceeds fixed limit"},
      {Stage::text, "550 virus found"},
      {Stage::data, "554 transaction failed"},
  };
  for (const auto& one : cases) EXPECT_EQ(judged(one), About::mail) << one.answer;
}

TEST(Refusal, AnAnswerThatNamesBothIsAboutTheRecipient) {
  EXPECT_EQ(judged({Stage::recipient, "550 <kim@client.example> does not want mail of <desk@school.example>"}),
            About::them);
  EXPECT_EQ(judge_refusal(Stage::recipient, "550 5.1.1 <team@school.example>: no such user", "team@school.example",
                          "team@school.example"),
            About::them)
      << "we write to ourselves";
}

TEST(Refusal, AnEnhancedCodeStandsAmongTheFirstWords) {
  EXPECT_EQ(enhanced_code("550 5.1.1 gone"), "5.1.1");
  EXPECT_EQ(enhanced_code("550-5.7.26 no"), "5.7.26");
  EXPECT_EQ(enhanced_code("550 #5.1.0 no"), "5.1.0");
  EXPECT_EQ(enhanced_code("550 gone"), "");
  EXPECT_EQ(enhanced_code("550 of 5.1 and 5."), "");
}

}  // namespace
}  // namespace orgo
