#include "adapter/broker/broker_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orgo {
namespace {

using testing::HasSubstr;

std::string wrong_with(std::string_view url) {
  const auto parsed = parse_broker_url(url);
  return parsed ? "nothing" : parsed.error().message;
}

TEST(BrokerUrl, SaysWhereAndWho) {
  const auto url = parse_broker_url("amqp://orgo%40mail@queue.example.org:5673/our%2Fplace").value();
  EXPECT_EQ(url.scheme, "amqp");
  EXPECT_EQ(url.user, "orgo@mail");
  EXPECT_EQ(url.host, "queue.example.org");
  EXPECT_EQ(url.port, 5673);
  EXPECT_EQ(url.path, "our/place");
}

TEST(BrokerUrl, MostOfItMayBeLeftOut) {
  const auto url = parse_broker_url("redis://localhost").value();
  EXPECT_EQ(url.user + url.path, "");
  EXPECT_EQ(url.port, 0);
  EXPECT_EQ(parse_broker_url("redis://[::1]:7000/2").value().host, "::1");
  EXPECT_EQ(parse_broker_url("redis://[::1]:7000/2").value().port, 7000);
}

TEST(BrokerUrl, SaysWhatIsWrong) {
  EXPECT_THAT(wrong_with("localhost:6379"), HasSubstr("is no address of a broker"));
  EXPECT_THAT(wrong_with("redis://"), HasSubstr("names no host"));
  EXPECT_THAT(wrong_with("redis://user@"), HasSubstr("names no host"));
  EXPECT_THAT(wrong_with("redis://host:0"), HasSubstr("no port"));
  EXPECT_THAT(wrong_with("redis://host:65536"), HasSubstr("no port"));
  EXPECT_THAT(wrong_with("redis://host:1x"), HasSubstr("no port"));
  EXPECT_THAT(wrong_with("redis://[::1"), HasSubstr("without its ]"));
  EXPECT_THAT(wrong_with("redis://host/%2"), HasSubstr("begins no octet"));
  EXPECT_THAT(wrong_with("redis://a host"), HasSubstr("is no address of a broker"));
}

TEST(BrokerUrl, APasswordIsRefused) {
  for (const auto* url : {"redis://:secret@host", "redis://user:secret@host", "redis://us:er@se:cret@host"})
    EXPECT_THAT(wrong_with(url), AllOf(HasSubstr("holds a password"), testing::Not(HasSubstr("secret")))) << url;
}

RC_GTEST_PROP(BrokerUrl, NothingOfAStrangerBreaksIt, (const std::string& text)) {
  (void)parse_broker_url(text);
  (void)parse_broker_url("redis://" + text);
}

}  // namespace
}  // namespace orgo
