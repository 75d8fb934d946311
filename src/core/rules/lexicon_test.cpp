#include "core/rules/lexicon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/rules/rule_set.h"

namespace orgo::rules {
namespace {

/// A tenth of the memory, but the same words in the same order, from whole mails to pieces of words.
TEST(Lexicon, TheFrugalOneFindsTheSame) {
  Lexicon frugal;
  frugal.add_defaults();
  frugal.build(true);
  std::vector<std::string> pieces{" ", " ", " ", ", ", "\n", "x", "-"};
  for (const auto& [keyword, words] : default_lexicon())
    for (const auto word : words) {
      pieces.emplace_back(word);
      pieces.emplace_back(word.substr(0, word.size() / 2));
    }
  std::mt19937 random(5);
  std::size_t found = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (auto n = random() % 20; n > 0; --n) text.append(pieces[random() % pieces.size()]).append(random() % 2, ' ');
    const auto wanted = standard_lexicon().find("", text);
    ASSERT_EQ(frugal.find("", text), wanted) << text;
    found += wanted.size();
  }
  EXPECT_GT(found, 3'000U);
}

/// Most organizations add no words; those that do must not teach them to the others.
TEST(Lexicon, WordsOfOneRuleSetAreItsOwn) {
  const auto with = load_rules({{"a.yaml", "keywords:\n  greenhouse: [tomato, Gurke]\n"}}).rules;
  const auto without = load_rules({{"b.yaml", "rules: []\n"}}).rules;
  ASSERT_TRUE(with != nullptr && without != nullptr);
  Message message;
  message.subject = "Leak over the tomato plants";
  EXPECT_THAT(with->keywords(message), testing::UnorderedElementsAre("leak", "greenhouse"));
  EXPECT_THAT(without->keywords(message), testing::ElementsAre("leak"));
}

}  // namespace
}  // namespace orgo::rules
