#include "app/access/access_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "adapter/clock/system_clock.h"
#include "adapter/in_process/in_process_locks.h"
#include "adapter/in_process/in_process_signals.h"
#include "app/config.h"
#include "base/password_hash.h"
#include "core/people/people_commands.h"

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
  EXPECT_THAT(tokens_of_a_start("one"), UnorderedElementsAre("command line one"));
  EXPECT_THAT(tokens_of_a_start("two"), UnorderedElementsAre("command line one", "command line two"));
  EXPECT_THAT(tokens_of_a_start("one"), UnorderedElementsAre("command line two", "command line one"));
}

TEST_F(AccessPartTest, TheFirstStartMakesAnAdministratorAndTellsItInAFileOfItsOwner) {
  InProcessSignals signals;
  InProcessLocks locks(clock.now());
  Lifecycle lifecycle;
  Node node("one", clock, signals, locks, lifecycle);
  auto storage = StoragePart::open(node, config);
  ASSERT_TRUE(storage) << storage.error().message;
  const auto start = [&] {
    auto part = AccessPart::open(node, **storage, {});
    EXPECT_TRUE(part) << part.error().message;
    return (*part)->first_login();
  };
  const auto first = start();
  ASSERT_TRUE(first);
  auto& stores = (*storage)->stores();
  auto person = stores.people.find_person((*storage)->tenant(), first->name).value().value();
  EXPECT_EQ(person.role, Role::administrator);
  EXPECT_TRUE(is_password(first->password, person.password));
  EXPECT_EQ(std::filesystem::status(first->file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_FALSE(start()) << "once";
  EXPECT_TRUE(std::filesystem::exists(first->file)) << "nobody has been in yet";
  const auto in = people::logged_in(person, "", clock.now());
  ASSERT_TRUE(stores.changes.commit(std::span(&in, 1), within(Millis{10'000})).value().at(0));
  EXPECT_FALSE(start());
  EXPECT_FALSE(std::filesystem::exists(first->file));
}

}  // namespace
}  // namespace orgo
