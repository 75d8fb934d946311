#include "base/masked.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Masked, AnAddressKeepsWhatHelps) {
  EXPECT_EQ(masked_value("proto://orgo:hunter2@db.example.org:5432/orgo?sslmode=require&password=x"),
            "proto://***@db.example.org:5432/orgo?sslmode=***&password=***");
  EXPECT_EQ(masked_value("mysql://db1/orgo"), "mysql://db1/orgo");
  EXPECT_EQ(masked_value("proto://[::1]:5432/orgo"), "proto://[::1]:5432/orgo");
  EXPECT_EQ(masked_value("proto://a,b:5433/orgo"), "proto://a,b:5433/orgo");
  EXPECT_EQ(masked_value("host=127.0.0.1 password=hunter2"), "host=*** password=***");
  EXPECT_EQ(masked_value("25 MB"), "25 MB");
  EXPECT_EQ(masked_value(""), "");
}

TEST(Masked, NoWritingOfAPasswordIsShown) {
  for (const char* value :
       {"proto://orgo:hunter2@x@db/orgo", "proto://orgo:hun/hunter2@db/orgo", "proto://orgo:hun?hunter2@db/orgo",
        "proto://orgo:hunter2", "proto://db/orgo?hunter2", "proto://db/orgo?pass%77ord=hunter2",
        "proto://db/orgo?a=b&passwrd=hunter2=hunter2", "host=db password='a hunter2'", "x://:hunter2@", "://hunter2@"})
    EXPECT_THAT(masked_value(value), Not(HasSubstr("hunter2"))) << value;
}

TEST(Masked, ALoginIsHiddenForPeople) {
  EXPECT_EQ(without_login("https://ann:hunter2@cal.example/a?b=c"), "https://***@cal.example/a?b=c");
  EXPECT_EQ(without_login("proto://orgo@db/orgo"), "proto://orgo@db/orgo");
  EXPECT_EQ(without_login("https://cal.example/a@b:c"), "https://cal.example/a@b:c");
  EXPECT_EQ(without_login("move:Done"), "move:Done");
}

TEST(Masked, KeysOfSecretsAreKnownAlsoWhenMistyped) {
  for (const char* key : {"password", "Password", "pasword", "passwrd", "pswd", "secret", "secrte", "token",
                          "smtp.password", "webhook_secret", "toekn"})
    EXPECT_TRUE(names_a_secret(key)) << key;
  for (const char* key : {"password_file", "token_command", "host", "user", "username", "port", "url", "recipient",
                          "name", "listen", "after", "domain", "reject", "record", "poll", "folder"})
    EXPECT_FALSE(names_a_secret(key)) << key;
}

TEST(Masked, EachCharacterOfAFileStaysInItsPlace) {
  EXPECT_EQ(masked_yaml("smtp: {host: h, password: h\u00E9llo x, tls: on}\nhttp: {listen: a}\n"),
            "smtp: {host: h, password: ***** ** **** ***\nhttp: {listen: a}\n");
  EXPECT_EQ(masked_yaml("  url: proto://orgo:w@db/o?a=bc&d=e"), "  url: proto://******@db/o?a=**&d=*");
  EXPECT_EQ(masked_yaml("a: b\r\nc: d"), "a: b\r\nc: d");
  EXPECT_EQ(masked_yaml(""), "");
}

TEST(Masked, ASecretOfSeveralLinesIsHiddenToItsEnd) {
  for (const char* text : {"smtp:\n  password: |\n    hunter2\n\n    hunter2\n  host: seen\n",
                           "smtp:\n  password: \"hunter2\n    hunter2\"\n  host: seen\n",
                           "smtp:\n  password:\n    hunter2\n  host: seen\n", "- password: hunter2\n  host: seen\n",
                           "\"password\" : hunter2\nhost: seen\n", "url: host=db password=hunter2\nhost: seen"}) {
    EXPECT_THAT(masked_yaml(text), Not(HasSubstr("hunter2"))) << text;
    EXPECT_THAT(masked_yaml(text), HasSubstr("host: seen")) << text;
  }
}

}  // namespace
}  // namespace orgo
