#include "protocol/sasl/sasl.h"

#include <gtest/gtest.h>

namespace orgo::sasl {
namespace {

TEST(Sasl, SaysWhoOneIs) {
  EXPECT_EQ(first_message(Mechanism::plain, "tim", "tanstaaftanstaaf", "", 0),
            "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");  // RFC 4616, but for authzid
  // The example of Google's description.
  EXPECT_EQ(
      first_message(Mechanism::xoauth2, "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", "", 0),
      "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cB"
      "AQ==");
  // RFC 7628, section 4.1.
  EXPECT_EQ(first_message(Mechanism::oauth_bearer, "user@example.com",
                          "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", "server.example.com", 143),
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk"
            "52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB");
  EXPECT_EQ(first_message(Mechanism::oauth_bearer, "a,b=c", "t", "h", 1),
            base64("n,a=a=2Cb=3Dc,\1host=h\1port=1\1auth=Bearer t\1\1"));
}

TEST(Sasl, SendsNothingThatWouldBeReadAsSomethingElse) {
  EXPECT_TRUE(is_sendable(Mechanism::plain, "a", "b\r\nc"));  // base64 carries it
  EXPECT_FALSE(is_sendable(Mechanism::plain, std::string_view("a\0b", 3), "c"));
  EXPECT_FALSE(is_sendable(Mechanism::xoauth2, "a\1b", "c"));
  EXPECT_FALSE(is_sendable(Mechanism::oauth_bearer, "a", "c\1"));
  EXPECT_FALSE(is_sendable(Mechanism::plain, "", "c"));
  EXPECT_FALSE(is_sendable(Mechanism::plain, "a", ""));
  EXPECT_TRUE(is_sendable(Mechanism::xoauth2, "a", std::string(16'384, 'x')));
  EXPECT_FALSE(is_sendable(Mechanism::xoauth2, "a", std::string(16'385, 'x')));
}

TEST(Sasl, TellsWhatIsWrongWithAToken) {
  EXPECT_EQ(error_of_challenge(base64(R"({"status":"401","schemes":"bearer"})")), "status 401");
  EXPECT_EQ(error_of_challenge(base64(R"({"status":"invalid_token"})")), "status invalid_token");
  EXPECT_EQ(error_of_challenge(base64(R"({"status":"a\u001bb"})")), "");
  EXPECT_EQ(error_of_challenge(base64(R"({"status":401})")), "");
  EXPECT_EQ(error_of_challenge(base64("[1]")), "");
  EXPECT_EQ(error_of_challenge("!!"), "");
  EXPECT_EQ(error_of_challenge(""), "");
}

TEST(Sasl, TakesSecretsOutOfWhatServersRepeat) {
  for (const auto mechanism : {Mechanism::plain, Mechanism::xoauth2, Mechanism::oauth_bearer}) {
    EXPECT_EQ(
        without_secret("BAD AUTH " + first_message(mechanism, "u", "s3cret", "h", 1) + "!", "u", "s3cret", "h", 1),
        "BAD AUTH ***!");
  }
  EXPECT_EQ(without_secret("s3crets3cret and " + base64("s3cret"), "u", "s3cret", "h", 1), "****** and ***");
  EXPECT_EQ(without_secret("abcd abc", "u", "abcd", "", 0), "*** abc");
  EXPECT_EQ(without_secret("abc", "u", "abc", "", 0), "abc");
}

}  // namespace
}  // namespace orgo::sasl
