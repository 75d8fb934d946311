#include "adapter/data_folder/lineage_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;

class LineageFileTest : public testing::Test {
 protected:
  LineageFileTest() {
    std::string name = (fs::temp_directory_path() / "orgo-lineage-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~LineageFileTest() override { fs::remove_all(folder_); }

  static bool is_itself(const LineageFile& file) {
    return file.record && !file.identity.empty() && file.record->identity == file.identity;
  }
  [[nodiscard]] LineageFile read() const { return read_lineage_file(folder_.string()).value(); }

  fs::path folder_;
};

TEST_F(LineageFileTest, SaysWhatWasWrittenAndKnowsItself) {
  EXPECT_FALSE(read().record);
  ASSERT_TRUE(write_lineage_file(folder_.string(), {7, "ab"}));
  EXPECT_EQ(read().record->mark, (LineageMark{7, "ab"}));
  EXPECT_TRUE(is_itself(read()));
  const auto first = read().identity;
  ASSERT_TRUE(write_lineage_file(folder_.string(), {8, "cd"}));
  EXPECT_TRUE(is_itself(read()));
  EXPECT_NE(read().identity, first) << "a new file each time";
}

TEST_F(LineageFileTest, ACopyDoesNotKnowItselfHoweverItWasMade) {
  ASSERT_TRUE(write_lineage_file(folder_.string(), {7, "ab"}));
  const auto file = folder_ / "lineage.json";
  const auto kept = folder_ / "kept";
  fs::create_directory(kept);
  fs::copy_file(file, kept / "lineage.json");
  EXPECT_FALSE(is_itself(read_lineage_file(kept.string()).value())) << "elsewhere";
  ASSERT_TRUE(write_lineage_file(folder_.string(), {8, "cd"}));
  // cp writes into the file that is there: it stays the same file for the file system.
  std::ofstream(file, std::ios::trunc) << std::ifstream(kept / "lineage.json").rdbuf();
  EXPECT_EQ(read().record->mark, (LineageMark{7, "ab"}));
  EXPECT_FALSE(is_itself(read())) << "put back in place";
}

TEST_F(LineageFileTest, AMovedFolderKeepsIt) {
  const auto before = folder_ / "before";
  fs::create_directory(before);
  ASSERT_TRUE(write_lineage_file(before.string(), {7, "ab"}));
  fs::rename(before, folder_ / "behind");
  EXPECT_TRUE(is_itself(read_lineage_file((folder_ / "behind").string()).value()));
}

TEST_F(LineageFileTest, ADamagedOneIsNone) {
  for (const std::string text : {"", "{", "null", "{\"mark\":1}"}) {
    std::ofstream(folder_ / "lineage.json") << text;
    EXPECT_FALSE(read().record) << text;
  }
}

}  // namespace
}  // namespace orgo
