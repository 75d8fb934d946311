#include "core/rules/gram_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>

namespace orgo::rules {
namespace {

TEST(GramFilter, PassesEachGramItHolds_AndIsTheSameWithAllInstructions) {
  const char* given = std::getenv("ORGO_TEST_SEED");
  const auto start = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("ORGO_TEST_SEED=" + std::to_string(start));
  std::mt19937_64 random(start);
  for (int round = 0; round < 200; ++round) {
    const auto size = random() % 200;
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random() % 6);
    const std::string readable = text + std::string(GramFilter::kReadAhead, ' ');
    GramFilter filter(round % 2 == 0 ? GramFilter::Width::four : GramFilter::Width::six);
    filter.reset(20);
    std::set<std::string> held;
    for (int i = 0; i < 20; ++i) {
      std::string gram = readable.substr(size > 0 ? random() % size : 0, filter.width());
      if (i % 2 == 0) gram.back() = static_cast<char>('a' + random() % 6);
      held.insert(gram);
      filter.add(filter.key_of(gram.data()));
    }
    std::vector<std::uint32_t> first;
    for (const auto level : vector_levels()) {
      std::vector<std::uint32_t> places(size + GramFilter::kSlack);
      places.resize(filter.candidates(readable.data(), size, places.data(), level));
      if (level == VectorLevel::plain) first = places;
      ASSERT_EQ(places, first) << static_cast<int>(level);
    }
    for (std::uint32_t at = 0; at < size; ++at) {
      if (!held.contains(readable.substr(at, filter.width()))) continue;
      ASSERT_TRUE(std::binary_search(first.begin(), first.end(), at)) << at;
    }
  }
}

TEST(GramFilter, LetsFewOthersPass) {
  std::mt19937_64 random(5);
  GramFilter filter(GramFilter::Width::six);
  filter.reset(1'000);
  for (int i = 0; i < 1'000; ++i) filter.add(static_cast<std::uint32_t>(random()));
  std::string text(10'000 + GramFilter::kReadAhead, ' ');
  for (auto& c : text) c = static_cast<char>(random());
  std::vector<std::uint32_t> places(10'000 + GramFilter::kSlack);
  EXPECT_LT(filter.candidates(text.data(), 10'000, places.data(), vector_level()), 500U);
}

}  // namespace
}  // namespace orgo::rules
