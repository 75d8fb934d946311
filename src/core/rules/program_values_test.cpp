// What a program sees of values that are long, or empty.
#include <gtest/gtest.h>

#include <string>

#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"

namespace orgo::rules {
namespace {

bool holds(const std::string& condition, const Message& message) {
  const auto loaded =
      load_rules({{"rules.yaml", "rules:\n  - condition: \"" + condition + "\"\n    action: {tag: hit}\n"}});
  EXPECT_TRUE(loaded.rules) << loaded.errors.front().message;
  const Envelope envelope{.tenant = kTenant};
  return loaded.rules && !loaded.rules->decide({message, envelope, {}, {}}).tags.empty();
}

TEST(ProgramValues, AVariableHasAtMost256Bytes) {
  Message message;
  message.text = "id " + std::string(1'000, 'a');
  EXPECT_TRUE(holds("id = /id (a+)/ and id is '" + std::string(256, 'a') + "'", message));
  EXPECT_FALSE(holds("id = /id (a+)/ and id is '" + std::string(257, 'a') + "'", message));
}

TEST(ProgramValues, AHeaderMayBeThereAndBeEmpty) {
  Message message;
  message.make_mail().headers.push_back({"X-Empty", ""});
  EXPECT_TRUE(holds("header[X-Empty] exists", message));
  EXPECT_FALSE(holds("header[X-Other] exists", message));
  EXPECT_FALSE(holds("subject exists", message)) << "of all else something must stand there";
}

}  // namespace
}  // namespace orgo::rules
