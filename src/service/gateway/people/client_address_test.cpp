#include "service/gateway/people/client_address.h"

#include <gtest/gtest.h>

namespace orgo::gateway {
namespace {

std::string address(std::string peer, std::vector<std::string> forwarded = {}) {
  HttpRequest request;
  request.peer = std::move(peer);
  for (auto& value : forwarded) request.headers.push_back({"X-Forwarded-For", std::move(value)});
  return client_address(request);
}

TEST(ClientAddress, IsThePeerWithoutItsPort) {
  EXPECT_EQ(address("192.0.2.1:80"), "192.0.2.1");
  EXPECT_EQ(address("[2001:db8::1]:80"), "2001:db8::1");
  EXPECT_EQ(address("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(address(""), "");
}

TEST(ClientAddress, OfAProxyOnThisMachineIsTheLastThatItSaw) {
  EXPECT_EQ(address("127.0.0.1:5", {"10.0.0.1, 203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(address("[::1]:5", {"[2001:db8::7]:99"}), "2001:db8::7");
  EXPECT_EQ(address("127.0.0.1:5", {"10.0.0.1", "10.0.0.2"}), "10.0.0.2");
  EXPECT_EQ(address("127.0.0.1:5"), "127.0.0.1");
  for (const auto* odd : {"", " ", "unknown", "_hidden", "a\nb", "10.0.0.1,", "<script>"})
    EXPECT_EQ(address("127.0.0.1:5", {odd}), "127.0.0.1") << odd;
}

TEST(ClientAddress, WhatAPeerElsewhereSaysCountsForNothing) {
  EXPECT_EQ(address("198.51.100.7:4000", {"10.0.0.1"}), "198.51.100.7");
}

}  // namespace
}  // namespace orgo::gateway
