#include "core/rules/rule_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace orgo::rules {
namespace {

TEST(RuleSchema, IsTheOneInTheDocuments) {
  const auto path = std::string(ORGO_SOURCE_DIR) + "/docs/rules.schema.json";
  const auto made = rule_schema();
  if (std::getenv("ORGO_UPDATE") != nullptr) std::ofstream(path) << made;
  std::ostringstream stored;
  stored << std::ifstream(path).rdbuf();
  EXPECT_EQ(stored.str(), made) << "ORGO_UPDATE=1 writes it anew";
}

TEST(RuleSchema, IsJsonAndAllItPointsToIsThere) {
  const auto made = rule_schema();
  const auto schema = parse_json(made);
  ASSERT_TRUE(schema) << schema.error().message;
  const auto& definitions = schema->at("$defs").as_object();
  int links = 0;
  constexpr std::string_view kLink = "\"#/$defs/";
  for (auto at = made.find(kLink); at != std::string::npos; at = made.find(kLink, at + 1)) {
    const auto end = made.find('"', at + 1);
    EXPECT_TRUE(definitions.contains(made.substr(at + kLink.size(), end - at - kLink.size())));
    ++links;
  }
  EXPECT_GT(links, 10);
  EXPECT_THAT(made, testing::HasSubstr("earlier messages"));
}

}  // namespace
}  // namespace orgo::rules
