#include "core/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const TenantId kSomebody{7};

LedgerLine balanced() {
  LedgerLine line{.tenant = kSomebody, .channel = "lmtp", .accepted = 20, .stored = 20, .decided = 14};
  line.opened = 5;
  line.joined = 4;
  line.recorded = 3;
  line.dropped = 2;
  line.waiting = 3;
  line.dead = 2;
  line.refused = 1;
  return line;
}

TEST(Ledger, EachCountThatIsOneTooManyOrTooFewIsSeen) {
  EXPECT_THAT(imbalances(balanced()), IsEmpty());
  EXPECT_THAT(imbalances({.tenant = kSomebody}), IsEmpty());
  for (std::int64_t LedgerLine::*const count :
       {&LedgerLine::accepted, &LedgerLine::stored, &LedgerLine::decided, &LedgerLine::opened, &LedgerLine::joined,
        &LedgerLine::recorded, &LedgerLine::dropped, &LedgerLine::waiting, &LedgerLine::dead, &LedgerLine::refused})
    for (const int by : {-1, 1}) {
      auto line = balanced();
      line.*count += by;
      EXPECT_THAT(imbalances(line), Not(IsEmpty())) << line.*count;
    }
}

TEST(Ledger, SaysWhatDoesNotBalance) {
  auto line = balanced();
  ++line.opened;
  EXPECT_THAT(imbalances(line),
              ElementsAre("lmtp: decided is 14, but opened + joined + recorded + dropped is 15 (drift "
                          "-1)"));
  line = {.tenant = kSomebody, .channel = std::string(kGoneChannel), .accepted = 2};
  EXPECT_THAT(imbalances(line), ElementsAre(HasSubstr("2 messages that were accepted are gone")));
}

}  // namespace
}  // namespace orgo
