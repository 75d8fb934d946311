#include "core/backup/backup_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const auto kNow = parse_rfc3339("2026-11-30T16:15:00.950Z").value();

TEST(BackupName, SaysWhenAndIsEachTimeAnotherOne) {
  std::vector<std::string> taken;
  for (int i = 1; i <= 9; ++i) {
    const auto name = backup_name(kNow, taken);
    ASSERT_TRUE(name);
    EXPECT_TRUE(is_backup_name(*name)) << *name;
    EXPECT_LT(taken.empty() ? std::string() : taken.back(), *name);
    taken.push_back(*name);
  }
  EXPECT_EQ(taken[0], "2026-11-30T161500Z");
  EXPECT_EQ(taken[1], "2026-11-30T161500Z-2");
  EXPECT_EQ(backup_name(kNow, taken).error().code, Errc::resource_exhausted);
  EXPECT_GT(backup_name(kNow + Millis{1'000}, taken).value(), taken.back());
}

TEST(BackupName, OfOthersIsNone) {
  for (const auto* name :
       {"", "2026-11-30", "2026-11-30T161500Z.partial", "2026-11-30T161500Z-1", "2026-11-30T161500Z-10",
        "2026-11-30T161500Z-", "2026-11-30T161500z", "2026-11-3aT161500Z", "lost+found", "2026-11-30T16:15:00Z"})
    EXPECT_FALSE(is_backup_name(name)) << name;
}

std::vector<KnownBackup> known() {
  return {{"c", "ours", 3}, {"a", "ours", 1}, {"x", "theirs", 9}, {"b", "ours", 2}};
}

TEST(BackupChoice, TheNewestIsTheLastThatWasMade) {
  auto ours = known();
  std::erase_if(ours, [](const auto& one) { return one.installation != "ours"; });
  EXPECT_EQ(newest(ours).value()->name, "c");
  EXPECT_FALSE(newest({}).value());
  EXPECT_EQ(newest(known()).error().code, Errc::invalid_input) << "whose?";
}

TEST(BackupChoice, EachInstallationCountsByItself) {
  EXPECT_EQ(next_sequence(known(), "ours"), 4);
  EXPECT_EQ(next_sequence(known(), "theirs"), 10);
  EXPECT_EQ(next_sequence(known(), "new"), 1);
}

TEST(BackupChoice, OnlyOurOldestGo) {
  EXPECT_THAT(surplus(known(), "ours", 2), ElementsAre("a"));
  EXPECT_THAT(surplus(known(), "ours", 1), ElementsAre("a", "b"));
  EXPECT_THAT(surplus(known(), "ours", 3), IsEmpty());
  EXPECT_THAT(surplus(known(), "theirs", 1), IsEmpty());
  EXPECT_THAT(surplus(known(), "new", 1), IsEmpty());
}

}  // namespace
}  // namespace orgo
