#include "app/access/access_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "adapter/clock/system_clock.h"
#include "adapter/in_process/in_process_locks.h"
#include "adapter/in_process/in_process_signals.h"
#include "app/config.h"

namespace orgo {
namespace {

using testing::UnorderedElementsAre;

class AccessPartTest : public testing::Test {
 protected:
  std::filesystem::path folder;
  Config config;
  SystemClock clock;

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-access-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    config.data.dir = (folder / "var").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  /// A start and a stop; which tokens are good in between.
  std::vector<std::string> tokens_of_a_start(const std::string& node_name) {
    InProcessSignals signals;
    InProcessLocks locks(clock.now());
    Lifecycle lifecycle;
    Node node(node_name, clock, signals, locks, lifecycle);
    auto storage = StoragePart::open(node, config);
    EXPECT_TRUE(storage) << storage.error().message;
    EXPECT_TRUE(AccessPart::open(node, **storage, {.http = "http://127.0.0.1:1"}));
    std::vector<std::string> good;
    const auto tokens = (*storage)->stores().tokens.list_tokens((*storage)->tenant()).value();
    for (const auto& token : tokens)
      if (!token.revoked_at) good.push_back(token.name);
    return good;
  }
};

TEST_F(AccessPartTest, AStartRevokesTheCommandLineOfItsOwnNodeOnly) {
  EXPECT_THAT(tokens_of_a_start("one"), UnorderedElementsAre("admin", "command line one"));
  EXPECT_THAT(tokens_of_a_start("two"), UnorderedElementsAre("admin", "command line one", "command line two"));
  EXPECT_THAT(tokens_of_a_start("one"), UnorderedElementsAre("admin", "command line two", "command line one"));
}

}  // namespace
}  // namespace orgo
