#include "core/mail/read/envelope_of.h"
#include "tests/support/tenants.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

Message message_with(std::vector<HeaderField> headers) {
  Message message;
  message.make_mail().headers = std::move(headers);
  message.from = Address{"Anna", "anna@example.org"};
  message.make_mail().to = {{"", "office@organization.com"}};
  return message;
}

TEST(EnvelopeOf, TakesWhatTheMailServerWrote) {
  const auto envelope = envelope_of(
      kTenant, message_with({{"Return-Path", "<bounce@example.org>"}, {"Delivered-To", "it@organization.com"}}),
      Channel::import_, {}, "fallback@organization.com");
  EXPECT_EQ(envelope.sender.address, "bounce@example.org");
  EXPECT_EQ(envelope.recipient.address, "it@organization.com");
  EXPECT_EQ(envelope.channel, Channel::import_);
}

TEST(EnvelopeOf, KnowsTheNullSender) {
  EXPECT_EQ(envelope_of(kTenant, message_with({{"Return-Path", "<>"}}), Channel::lmtp, {}).sender.address, "");
}

TEST(EnvelopeOf, FallsBackToTheMailItself) {
  const auto envelope = envelope_of(kTenant, message_with({}), Channel::lmtp, {});
  EXPECT_EQ(envelope.sender.address, "anna@example.org");
  EXPECT_EQ(envelope.recipient.address, "office@organization.com");
  EXPECT_EQ(envelope_of(kTenant, message_with({}), Channel::lmtp, {}, "inbox@organization.com").recipient.address,
            "inbox@organization.com");
  EXPECT_EQ(envelope_of(kTenant, Message{}, Channel::lmtp, {}).recipient.address, "unknown@localhost");
}

TEST(EnvelopeOf, BoundsWhatAStrangerWrote) {
  const std::string long_address = std::string(400, 'a') + "@example.org";
  const auto envelope = envelope_of(
      kTenant, message_with({{"Return-Path", long_address}, {"Delivered-To", long_address}}), Channel::lmtp, {});
  EXPECT_EQ(envelope.recipient.address, "unknown@localhost");
  EXPECT_EQ(envelope.sender.address, "");
}

}  // namespace
}  // namespace orgo
