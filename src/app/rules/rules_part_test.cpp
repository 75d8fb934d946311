#include "app/rules/rules_part.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapter/clock/system_clock.h"
#include "adapter/in_process/in_process_locks.h"
#include "adapter/in_process/in_process_signals.h"

namespace orgo {
namespace {

/// One node with its data folder, over the rule files and the signals of all.
struct RulesNode {
  RulesNode(const Config& config, const std::string& name, SystemClock& clock, Signals& signals, Locks& locks)
      : node(name, clock, signals, locks, lifecycle) {
    auto storage = StoragePart::open(node, config);
    EXPECT_TRUE(storage) << storage.error().message;
    auto opened = RulesPart::open(node, config, **storage);
    EXPECT_TRUE(opened) << opened.error().message;
    rules = *opened;
    rules->on_feeds([this](const std::vector<std::string>&) { ++readings; });
  }
  Lifecycle lifecycle;
  Node node;
  RulesPart* rules = nullptr;
  int readings = 0;  ///< of the rule files, 1 at the start
};

class RulesPartTest : public testing::Test {
 protected:
  std::filesystem::path folder;
  SystemClock clock;
  InProcessSignals signals;
  InProcessLocks locks{clock.now()};

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-rules-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    write("one");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& rule) const {
    std::ofstream(folder / "rules.yaml")
        << "rules:\n  - {name: " << rule
        << ", condition: \"subject contains 'x'\", action: {route_to: a@school.org}}\n";
  }
  [[nodiscard]] Config config_of(const std::string& node) const {
    Config config;
    config.data.dir = (folder / node).string();
    config.rules.files = std::vector<std::string>{(folder / "rules.yaml").string()};
    return config;
  }
};

TEST_F(RulesPartTest, ANodeThatTakesOverRulesTellsTheOthers) {
  RulesNode one(config_of("one"), "one", clock, signals, locks);
  RulesNode two(config_of("two"), "two", clock, signals, locks);
  one.rules->reload_changed();
  two.rules->reload_changed();
  ASSERT_EQ(one.readings, 1);
  ASSERT_EQ(two.readings, 1);
  write("other");
  two.rules->reload_changed();  // sees it by itself, waits whether it stands still, and tells
  two.rules->reload_changed();
  ASSERT_EQ(two.readings, 2);
  one.rules->reload();  // takes it over, and tells
  ASSERT_EQ(one.readings, 2);
  // The other looks at once, though no file has changed since its last look; the teller does not.
  const auto until = within(Millis{20'000});
  while (two.readings < 3 && std::chrono::steady_clock::now() < until) {
    two.rules->reload_changed();
    std::this_thread::yield();
  }
  EXPECT_EQ(two.readings, 3);
}

}  // namespace
}  // namespace orgo
