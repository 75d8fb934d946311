#include "adapter/data_folder/write_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orgo {
namespace {

class WriteWhole : public testing::Test {
 protected:
  WriteWhole() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-write-file-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder = name;
  }
  ~WriteWhole() override { std::filesystem::remove_all(folder); }
  static std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] auto files() const {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  }
  std::filesystem::path folder;
};

TEST_F(WriteWhole, WhoHasTheOldOneOpenReadsAllOfIt) {
  const auto path = folder / "key";
  ASSERT_TRUE(write_file(path.string(), "the old one", 0600));
  std::ifstream old(path, std::ios::binary);
  struct stat before {
  }, after{};
  ASSERT_EQ(::stat(path.c_str(), &before), 0);
  ASSERT_TRUE(write_file(path.string(), "new", 0600));
  ASSERT_EQ(::stat(path.c_str(), &after), 0);
  EXPECT_NE(before.st_ino, after.st_ino) << "a file of its own, that takes the name when it is whole";
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(old), {}), "the old one");
  EXPECT_EQ(text_of(path), "new");
  EXPECT_EQ(files(), 1) << "and nothing is left beside it";
}

TEST_F(WriteWhole, WhatCannotBeWrittenLeavesTheOldOne) {
  const auto path = folder / "key";
  ASSERT_TRUE(write_file(path.string(), "the old one", 0600));
  EXPECT_THROW((void)write_file(
                   path.string(), [](const std::string&) -> std::string { throw 1; }, 0600),
               int);
  EXPECT_EQ(text_of(path), "the old one");
  EXPECT_FALSE(write_file((folder / "no" / "folder").string(), "x", 0600));
  std::filesystem::create_directory(folder / "taken");
  EXPECT_FALSE(write_file((folder / "taken").string(), "x", 0600));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "taken"));
  EXPECT_FALSE(std::filesystem::exists(folder / ("taken.new" + std::to_string(::getpid()))));
}

TEST_F(WriteWhole, HasTheModeThatWasAskedFor) {
  for (const mode_t mode : {0600U, 0640U, 0644U}) {
    const auto path = folder / std::to_string(mode);
    ASSERT_TRUE(write_file(path.string(), std::string(100'000, 'x'), mode));
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, mode);
    EXPECT_EQ(facts.st_size, 100'000);
  }
}

}  // namespace
}  // namespace orgo
