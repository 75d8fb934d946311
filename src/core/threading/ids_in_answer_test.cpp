#include "core/threading/ids_in_answer.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

using Ids = std::vector<std::string>;

TEST(IdsInAnswer, OnlyWhatNobodyCanGuess) {
  EXPECT_EQ(ids_in_answer(
                "250 2.6.0 <AM0PR0101MB@eurprd.prod.outlook.com> [InternalId=42, Hostname=x] Queued mail for delivery"),
            (Ids{"AM0PR0101MB@eurprd.prod.outlook.com"}));
  EXPECT_TRUE(ids_in_answer("250 2.1.5 <anna@example.org> saved").empty()) << "an address, which anybody knows";
  EXPECT_TRUE(ids_in_answer("250 2.0.0 Ok: queued as 4Xq1Bc0zW5z9x").empty());
  EXPECT_TRUE(ids_in_answer("").empty());
}

}  // namespace
}  // namespace orgo
