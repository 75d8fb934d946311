#include "adapter/sql/postgres/postgres_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::sql {
namespace {

using testing::HasSubstr;

TEST(PostgresUrl, WhatPeopleWrite) {
  for (const char* url :
       {"postgres://orgo@db.example.org/orgo", "postgresql://orgo@10.0.0.1:6432/orgo?sslmode=verify-full",
        "postgres://orgo@a.example.org,b.example.org:5433/orgo", "postgres:///orgo?host=/run/postgresql"})
    EXPECT_EQ(check_postgres_url(url), "") << url;
}

TEST(PostgresUrl, WhatIsWrongIsSaid) {
  EXPECT_THAT(check_postgres_url("mysql://here/orgo"), HasSubstr("neither"));
  EXPECT_THAT(check_postgres_url(""), HasSubstr("neither"));
  EXPECT_THAT(check_postgres_url("postgres://[::1/orgo"), HasSubstr("no url"));
  EXPECT_THAT(check_postgres_url("postgres://here/orgo?sslmod=require"), HasSubstr("sslmod"));
  for (const char* port : {"99999", "0", "x", "5432,x", "123456"})
    EXPECT_THAT(check_postgres_url(std::string("postgres://a,b/orgo?port=") + port), HasSubstr("1 to 65535")) << port;
  EXPECT_THAT(check_postgres_url("postgres://a,b/orgo?port=5,6,7"), HasSubstr("3 ports for 2 hosts"));
  EXPECT_THAT(check_postgres_url("postgres://a/orgo?sslmode=foo"), HasSubstr("verify-full"));
  EXPECT_THAT(check_postgres_url("postgres://a/orgo?target_session_attrs=standby"), HasSubstr("does not write"));
  for (const char* url : {"postgres://a,b:5433/orgo", "postgres://a:5432,b:5433/orgo?sslmode=verify-full",
                          "postgres://a,b/orgo?port=5432&target_session_attrs=read-write"})
    EXPECT_EQ(check_postgres_url(url), "") << url;
}

TEST(PostgresUrl, APasswordIsRefusedWhereverItStands) {
  for (const char* url : {"postgres://orgo:hidden@db/orgo", "postgres://db/orgo?user=orgo&password=hidden",
                          "postgres://db/orgo?pass%77ord=hidden", "postgres://db/orgo?sslpassword=hidden"}) {
    const auto why = check_postgres_url(url);
    EXPECT_THAT(why, HasSubstr("database.password_file")) << url;
    EXPECT_EQ(why.find("hidden"), std::string::npos);
  }
}

TEST(PostgresUrl, WhatIsWrongNeverRepeatsIt) {
  for (const char* url :
       {"postgres://orgo:hidden@db:99999999/orgo", "postgres://orgo:hidden@x@db/orgo", "postgres://orgo:hidden",
        "postgres://db/orgo?passwrd=hidden", "postgres://db/orgo?hidden", "postgres://db/orgo?password=%zzhidden",
        "postgres://db/orgo?a=b=hidden", "postgres://orgo:hid%den@db/orgo", "postgres://[hidden/orgo",
        "host=db password=hidden", "postgres://db/orgo?x&password=hidden", "POSTGRES://orgo:hidden@db/orgo",
        "postgres://orgo:hidden/hidden@db/orgo"}) {
    const auto why = check_postgres_url(url);
    EXPECT_EQ(why.find("hid"), std::string::npos) << url << ": " << why;
  }
}

TEST(PostgresUrl, WhatLeavesTheMachineIsKnown) {
  for (const char* url : {"postgres://orgo@localhost/orgo", "postgres://orgo@127.0.0.1:5433/orgo",
                          "postgres://orgo@[::1]/orgo", "postgres:///orgo?host=/run/postgresql", "postgres:///orgo"})
    EXPECT_TRUE(stays_on_this_machine(url)) << url;
  for (const char* url :
       {"postgres://orgo@db.example.org/orgo", "postgres://localhost,db.example.org/orgo",
        "postgres://db.example.org/orgo?hostaddr=127.0.0.1", "postgres://10.0.0.1/orgo", "postgres://[x"})
    EXPECT_FALSE(stays_on_this_machine(url)) << url;
}

TEST(HostsWithLast, ALostOneIsAskedBehindTheOthers) {
  const std::string url = "postgres://orgo@a:1,b:2,c:3/orgo";
  EXPECT_EQ(hosts_with_last(url, "a:1").names, "b,c,a");
  EXPECT_EQ(hosts_with_last(url, "a:1").ports, "2,3,1");
  EXPECT_EQ(hosts_with_last(url, "b:2").names, "a,c,b");
  EXPECT_EQ(hosts_with_last(url, "x:1").names, "a,b,c");
}

TEST(HostsWithLast, PortsAreOfEachOrOfAll) {
  EXPECT_EQ(hosts_with_last("postgres://orgo@a,b/orgo", "a:5432").names, "b,a");
  EXPECT_EQ(hosts_with_last("postgres://orgo@a,b/orgo?port=7000", "a:7000").names, "b,a");
  EXPECT_EQ(hosts_with_last("postgres://orgo@a,b/orgo?port=7000", "a:7000").ports, "7000,7000");
}

TEST(HostsWithLast, OneIsLeftAsItIs) {
  EXPECT_EQ(hosts_with_last("postgres://orgo@a:1/orgo", "a:1").names, "");
  EXPECT_EQ(hosts_with_last("postgres://orgo@a:1,b:2/orgo", "").names, "");
  EXPECT_EQ(hosts_with_last("no url", "a:1").names, "");
}

}  // namespace
}  // namespace orgo::sql
