#include "adapter/data_folder/write_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace orgo {
namespace {

namespace fs = std::filesystem;

class WriteFileTest : public testing::Test {
 protected:
  WriteFileTest() {
    std::string name = (fs::temp_directory_path() / "orgo-write-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~WriteFileTest() override { fs::remove_all(folder_); }
  [[nodiscard]] std::string text_of(const fs::path& path) const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
};

TEST_F(WriteFileTest, WritesWholeAndLeavesNothingBeside) {
  const auto path = folder_ / "a";
  for (const std::string text : {"one", "", "two"}) {
    ASSERT_TRUE(write_file(path.string(), text));
    EXPECT_EQ(text_of(path), text);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(WriteFileTest, NoLinkThatSomebodyLaidThereIsFollowed) {
  const auto other = folder_ / "other";
  std::ofstream(other) << "another's";
  fs::create_symlink(other, (folder_ / "a").string() + ".new" + std::to_string(::getpid()));
  fs::create_symlink(other, folder_ / "a");
  ASSERT_TRUE(write_file((folder_ / "a").string(), "ours"));
  EXPECT_EQ(text_of(other), "another's");
  EXPECT_EQ(text_of(folder_ / "a"), "ours");
  EXPECT_FALSE(fs::is_symlink(folder_ / "a"));
}

TEST_F(WriteFileTest, WhatRootWritesBelongsToWhomTheFolderBelongs) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kSomebody = 12'345;
  ASSERT_EQ(::chown(folder_.c_str(), kSomebody, kSomebody), 0);
  ASSERT_TRUE(write_file((folder_ / "a").string(), "text"));
  struct stat facts {};
  ASSERT_EQ(::stat((folder_ / "a").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_uid, kSomebody);
  EXPECT_EQ(facts.st_gid, kSomebody);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

}  // namespace
}  // namespace orgo
