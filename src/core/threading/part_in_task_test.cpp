#include "core/threading/part_in_task.h"
#include "tests/support/tenants.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace orgo {
namespace {

using Ids = std::vector<std::string>;

class Part : public testing::Test {
 protected:
  Part() {
    task.number = TaskNumber{12};
    task.requester = mail_contact("anna@customer.example");
    task.team = "maintenance@school.example";
    task.assignee = "bert@contractor.example";
  }
  std::string of(std::string_view address) { return part_in_task(address, task, participants, own); }
  Task task{.tenant = kTenant};
  Ids participants{"carla@neighbour.example"};
  Ids own{"@school.example"};
};

TEST_F(Part, WhoHasOne) {
  EXPECT_EQ(of("Anna@customer.example"), "the requester");
  EXPECT_EQ(of("bert@contractor.example"), "the assignee");
  EXPECT_EQ(of("maintenance@school.example"), "the team");
  EXPECT_EQ(of("Carla@Neighbour.example"), "somebody who wrote or got mail about it");
  EXPECT_EQ(of("dora@school.example"), "somebody of the house");
  EXPECT_EQ(of("eve@customer.example"), "a colleague of the requester");
}

TEST_F(Part, HasItHoweverTheDomainIsWritten) {
  for (const auto& [kept, written] : {std::pair{"anna@b\u00fccher.example", "Anna@xn--bcher-kva.example"},
                                      std::pair{"anna@xn--bcher-kva.example", "anna@B\u00dcCHER.example"}}) {
    task.requester = mail_contact(kept);
    EXPECT_EQ(of(written), "the requester");
    EXPECT_EQ(of(std::string("x") + written), "a colleague of the requester");
    participants = {std::string("c") + kept};
    EXPECT_EQ(of(std::string("c") + written), "somebody who wrote or got mail about it");
  }
}

TEST_F(Part, WhoIsAStranger) {
  for (const char* address : {"", "mallory@elsewhere.example", "x@contractor.example",
                              "anna@customer.example.evil.example", "x@neighbour.example"})
    EXPECT_EQ(of(address), "") << address;
  task.requester = mail_contact("anna@gmail.com");
  EXPECT_EQ(of("mallory@gmail.com"), "") << "half of the world is there";
  EXPECT_EQ(of("anna@gmail.com"), "the requester");
  task.requester = mail_contact("");
  EXPECT_EQ(of("mallory@elsewhere.example"), "");
}

TEST_F(Part, WhatWasMergedHasItsPeopleHere) {
  task.ties.people = {{TaskNumber{15}, "kim@client.example"}, {TaskNumber{16}, "pat@gmail.com"}};
  EXPECT_EQ(of("kim@client.example"), "who asked for what was merged into it");
  EXPECT_EQ(of("lee@Client.example"), "a colleague of who asked for what was merged into it");
  EXPECT_EQ(of("eve@customer.example"), "a colleague of the requester");
  EXPECT_EQ(of("mallory@gmail.com"), "");
  EXPECT_EQ(of("mallory@elsewhere.example"), "");
}

TEST(PublicMailDomains, AreKnown) {
  for (const char* domain : {"gmail.com", "GMX.de", "outlook.com", "zoho.com", "126.com"})
    EXPECT_TRUE(is_public_mail_domain(domain)) << domain;
  for (const char* domain : {"", "school.example", "mail.gmail.com"})
    EXPECT_FALSE(is_public_mail_domain(domain)) << domain;
}

}  // namespace
}  // namespace orgo
