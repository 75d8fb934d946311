// Accounts as people keep them, by the page, the API and the command line.
#include "service/people/people_service.h"

#include <gtest/gtest.h>

#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

TEST(PeopleService, NoAccountHasTheAddressOfATeam) {
  MemoryStore store;
  SetClock clock;
  PasswordWork passwords;
  PeopleService people(store, store, clock, passwords, [](TenantId, std::string_view address) -> Result<std::string> {
    return std::string(address == "water@school.example" ? "water" : "");
  });
  const people::PersonFields teams{.address = "water@school.example"}, own{.address = "ben@school.example"};
  EXPECT_EQ(people.add(kTenant, "ben", teams, std::nullopt, "user:admin").error().code, Errc::conflict);
  ASSERT_TRUE(people.add(kTenant, "ben", own, std::nullopt, "user:admin"));
  EXPECT_EQ(people.set(kTenant, "ben", teams, "user:admin").error().code, Errc::conflict);
  EXPECT_EQ(people.find(kTenant, "ben")->address, "ben@school.example");
}

}  // namespace
}  // namespace orgo::contract
