#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/contract/support/neighbour.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/world.h"

namespace orgo::contract {

/// Base of every suite: a fresh world for each test, with a neighbour whose things are the same afterwards, and short
/// words for what the tests do all the time.
class Suite : public testing::TestWithParam<Backend> {
 protected:
  Suite() : world(GetParam().make()), stores(world->stores()) {
    settle_neighbour(stores);
    neighbour_has_ = belongings_of(stores, kNeighbour);
  }
  void TearDown() override {
    EXPECT_EQ(belongings_of(stores, kNeighbour), neighbour_has_) << "what is another tenant's was moved";
  }

  /// Accepts one mail and gives its id.
  MessageId accept(const RawMessage& message) {
    const auto answers = stores.messages.accept(std::span(&message, 1), within(kPatience));
    EXPECT_TRUE(answers) << answers.error().message;
    return answers ? answers->at(0).message : MessageId{};
  }
  Result<Committed> commit(const Changes& changes) {
    auto answers = stores.changes.commit(std::span(&changes, 1), within(kPatience));
    if (!answers) return tl::unexpected(answers.error());
    EXPECT_EQ(answers->size(), 1U);
    return answers->at(0);
  }
  /// Commits, and it must go well.
  Committed must_commit(const Changes& changes) {
    const auto committed = commit(changes);
    EXPECT_TRUE(committed) << committed.error().message;
    return committed ? *committed : Committed{};
  }

  /// Commits one part alone.
  template <typename P>
  Result<Committed> commit_part(P part, TenantId tenant = kTenant, TimePoint at = kStart) {
    Changes changes{.tenant = tenant, .at = at};
    changes.add(std::move(part));
    return commit(changes);
  }

  static constexpr Millis kPatience{10'000};
  std::unique_ptr<World> world;
  Stores stores;

 private:
  std::string neighbour_has_;
};

}  // namespace orgo::contract

#define ORGO_CONTRACT(Name)                                                                \
  INSTANTIATE_TEST_SUITE_P(Every, Name, testing::ValuesIn(orgo::contract::all_backends()), \
                           [](const auto& backend) { return backend.param.name; })
