#include "protocol/mime/received.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo::mime {
namespace {

TEST(Received, ReadsWhatPostfixWrites) {
  const auto got = parse_received(
      "from gal.example (gal.example [IPv6:2001:db8::1])\r\n (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 "
      "(256/256 bits))\r\n"
      " (No client certificate requested)\r\n by mx.example.org (Postfix) with ESMTPS id C95E9C151087\r\n"
      " for <anna@example.org>; Sun, 27 Aug 2023 03:00:06 -0700 (PDT)");
  EXPECT_EQ(got.from, "gal.example");
  EXPECT_EQ(got.from_ip, "2001:db8::1");
  EXPECT_EQ(got.from_reverse, "gal.example");
  EXPECT_EQ(got.by, "mx.example.org");
  EXPECT_EQ(got.with, "ESMTPS");
  EXPECT_EQ(got.id, "C95E9C151087");
  EXPECT_EQ(got.for_recipient, "anna@example.org");
  EXPECT_EQ(got.tls_version, "TLSv1.3");
  EXPECT_EQ(got.tls_cipher, "TLS_AES_256_GCM_SHA384");
  ASSERT_TRUE(got.date);
  EXPECT_EQ(to_rfc3339(*got.date), "2023-08-27T10:00:06Z");
}

TEST(Received, ReadsWhatOthersWrite) {
  const auto qmail = parse_received(
      "from unknown (HELO desk.example) (anna@192.0.2.7) by mx.example with SMTP; 14 Nov 2003 08:05:50 -0000");
  EXPECT_EQ(qmail.from, "unknown");
  EXPECT_EQ(qmail.helo, "desk.example");
  EXPECT_EQ(qmail.from_ip, "192.0.2.7");
  EXPECT_EQ(qmail.ident, "anna");
  const auto exim = parse_received(
      "from [192.0.2.7] (helo=desk) by mx.example with esmtp (Cipher TLSv1:DES-CBC3-SHA:168) (Exim 3.31) id 1AB-00");
  EXPECT_EQ(exim.from, "192.0.2.7");
  EXPECT_EQ(exim.helo, "desk");
  EXPECT_EQ(exim.with, "ESMTP");
  EXPECT_EQ(exim.tls_cipher, "DES-CBC3-SHA");
  EXPECT_EQ(exim.id, "1AB-00");
  EXPECT_FALSE(exim.date);
  const auto exchange = parse_received(
      "from a.example ([192.0.2.7]) by b.example with Microsoft SMTPSVC(5.0); Thu, 6 Mar 2003 12:02:35 -0800");
  EXPECT_EQ(exchange.with, "SMTP");
  EXPECT_EQ(exchange.from_ip, "192.0.2.7");
  const auto local = parse_received("by x.example (bulk_mailer v1.13); Wed, 26 Mar 2003 20:44:41 -0600");
  EXPECT_EQ(local.by, "x.example");
  EXPECT_EQ(local.from, "");
}

TEST(Received, NonsenseSaysNothing) {
  for (const std::string value :
       {"", ";", "(", "from", "from (", "by with id for via", "((((", "from from by by", ";;;;"}) {
    const auto got = parse_received(value);
    EXPECT_TRUE(got.from_ip.empty() && !got.date) << value;
  }
}

TEST(Received, IsBounded) {
  const std::string long_name(100'000, 'a');
  EXPECT_LE(parse_received("from " + long_name).from.size(), 16U * 1024);
  EXPECT_LE(parse_received(std::string(100'000, '(')).from.size(), 0U);
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "from a by b with c ";
  EXPECT_EQ(parse_received(many).by, "b");
}

}  // namespace
}  // namespace orgo::mime
