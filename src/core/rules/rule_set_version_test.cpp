// The version of a rule set is made of all its files: by it a change is kept in the history, told and found again.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "core/rules/rule_set.h"

namespace orgo::rules {
namespace {

const std::string kRule = "rules:\n  - action: {tag: a}\n", kNone = "rules: []\n";

std::string version_of(const std::vector<SourceFile>& files) {
  const auto loaded = load_rules(files);
  EXPECT_TRUE(loaded.rules) << to_string(loaded.errors, files);
  return loaded.rules ? loaded.rules->version() : "";
}

TEST(RuleSetVersion, HasEachByteOfEachFileInIt) {
  const std::vector<std::vector<SourceFile>> all{{{"a.yaml", kRule}},
                                                 {{"a.yaml", kRule + "\n"}},
                                                 {{"a.yaml", kRule}, {"b.yaml", kNone}},
                                                 {{"a.yaml", kRule}, {"b.yaml", kNone + "\n"}},
                                                 {{"a.yaml", kNone}, {"b.yaml", kRule}},
                                                 {{"a.yaml", kRule}, {"b.yaml", kNone}, {"c.yaml", kNone}},
                                                 {{"a.yaml", kRule}, {"b.yaml", kNone}, {"c.yaml", kNone + "\n"}},
                                                 {{"a.yaml", kRule}, {"b.yaml", kNone + "\n"}, {"c.yaml", kNone}},
                                                 {{"a.yaml", kRule + "\n"}, {"b.yaml", kNone}, {"c.yaml", kNone}}};
  std::set<std::string> versions;
  for (const auto& files : all) versions.insert(version_of(files));
  EXPECT_EQ(versions.size(), all.size()) << "also where a byte goes from one file into the next";
}

TEST(RuleSetVersion, KnowsNothingOfWhereTheFilesLie) {
  EXPECT_EQ(version_of({{"a.yaml", kRule}, {"b.yaml", kNone}}), version_of({{"x/a.yaml", kRule}, {"b", kNone}}));
}

}  // namespace
}  // namespace orgo::rules
