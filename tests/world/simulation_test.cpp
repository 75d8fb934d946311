// The real services in a simulated world, thousands of times. ORGO_SEEDS=N: so many seeds; ORGO_TEST_SEED=N: only this
// one.
#include "tests/world/support/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace orgo::world {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Without optimisation a world takes several times as long.
#ifdef __OPTIMIZE__
constexpr std::uint64_t kSeeds = 400;
#else
constexpr std::uint64_t kSeeds = 60;
#endif

std::string in_lines(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += "  " + problem + "\n";
  return text;
}

TEST(Simulation, KeepsEveryPromiseInEverySeed) {
  const auto only = number_from("ORGO_TEST_SEED", 0);
  const auto first = only != 0 ? only : 1;
  const auto last = only != 0 ? only : number_from("ORGO_SEEDS", kSeeds);
  Simulation::Counts sum;
  int red = 0;
  for (auto seed = first; seed <= last && red < 5; ++seed) {
    Simulation world({.seed = seed});
    const auto problems = world.run();
    EXPECT_TRUE(problems.empty()) << "ORGO_TEST_SEED=" << seed << "\n" << in_lines(problems);
    red += problems.empty() ? 0 : 1;
    const auto counts = world.counts();
    sum.crashes += counts.crashes;
    sum.crashes_in_flight += counts.crashes_in_flight;
    sum.retries += counts.retries;
    sum.effects += counts.effects;
    sum.escalations += counts.escalations;
    sum.database.refused += counts.database.refused;
    sum.database.conflicts += counts.database.conflicts;
    sum.database.late += counts.database.late;
    sum.database.never += counts.database.never;
    sum.database.torn += counts.database.torn;
  }
  std::printf(
      "%llu seeds: %d crashes, %d of them with work in flight; %d submissions repeated; %zu effects, %zu escalations\n",
      static_cast<unsigned long long>(last - first + 1), sum.crashes, sum.crashes_in_flight, sum.retries, sum.effects,
      sum.escalations);
  std::printf("of transactions: %d refused, %d undone and run again, %d late, %d never, %d torn by a crash\n",
              sum.database.refused, sum.database.conflicts, sum.database.late, sum.database.never, sum.database.torn);
  if (only != 0) return;
  // A simulation in which nothing happens proves nothing.
  EXPECT_GT(sum.crashes, static_cast<int>(last));
  EXPECT_GT(sum.crashes_in_flight * 10, sum.crashes * 6) << "at least 60% of the crashes must hit live work";
  EXPECT_GT(sum.escalations, last);
  EXPECT_GT(sum.effects, last * 10);
  EXPECT_GT(sum.database.refused, static_cast<int>(last));
  EXPECT_GT(sum.database.conflicts, static_cast<int>(last));
  EXPECT_GT(sum.database.late, static_cast<int>(last) / 2);
  EXPECT_GT(sum.database.never + sum.database.torn, static_cast<int>(last) / 10);
}

TEST(Simulation, TheSameSeedIsTheSameRun) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation first({.seed = seed}), second({.seed = seed}), other({.seed = seed + 1'000});
    ASSERT_EQ(first.run(), second.run()) << seed;
    EXPECT_EQ(first.fingerprint(), second.fingerprint()) << "ORGO_TEST_SEED=" << seed;
    (void)other.run();
    EXPECT_NE(first.fingerprint(), other.fingerprint());
  }
}

TEST(Simulation, WithoutFaultsNothingIsRepeated) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation world({.seed = seed, .faults = false});
    const auto problems = world.run();
    EXPECT_TRUE(problems.empty()) << "seed " << seed << "\n" << in_lines(problems);
    EXPECT_EQ(world.counts().crashes, 0);
  }
}

/// A referee that can't turn red proves nothing: each planted mistake must be found, and within so many seeds.
struct Planted {
  const char* name;
  Bug bug;
  std::uint64_t seeds;
};
class PlantedBug : public testing::TestWithParam<Planted> {};

TEST_P(PlantedBug, IsFound) {
  for (std::uint64_t seed = 1; seed <= GetParam().seeds; ++seed) {
    Simulation world({.seed = seed, .bug = GetParam().bug});
    const auto problems = world.run();
    if (problems.empty()) continue;
    std::printf("found at seed %llu: %s\n", static_cast<unsigned long long>(seed), problems.front().c_str());
    return;
  }
  FAIL() << "the referee saw nothing in " << GetParam().seeds << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedBug,
                         testing::Values(Planted{"AckBeforeCommit", Bug::ack_before_commit, 60},
                                         Planted{"DedupIgnored", Bug::dedup_ignored, 20},
                                         Planted{"OutboxSkipped", Bug::outbox_skipped, 20},
                                         Planted{"DecidedTwice", Bug::decided_twice, 20},
                                         Planted{"TimerFencingOff", Bug::timer_fencing_off, 400},
                                         Planted{"LeaseFencingOff", Bug::lease_fencing_off, 100},
                                         Planted{"LostUpdate", Bug::lost_update, 400},
                                         Planted{"LeaseOfLivingTaken", Bug::lease_of_living_taken, 20},
                                         Planted{"EventSkipped", Bug::event_skipped, 20},
                                         Planted{"PartDropped", Bug::part_dropped, 100},
                                         Planted{"OtherTenantReturned", Bug::other_tenant_returned, 100}),
                         [](const auto& planted) { return planted.param.name; });

}  // namespace
}  // namespace orgo::world
