#include "adapter/data_folder/read_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;

struct Folder {
  std::string pattern = (fs::temp_directory_path() / "orgo-read-XXXXXX").string();
  const fs::path root = ::mkdtemp(pattern.data()), below = root / "below";
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(root); }
  Folder() {
    fs::create_directories(below / "sub");
    write(root / "secret", "the server's");
    write(below / "own", "ours");
    fs::create_symlink("own", below / "to_own");
    fs::create_symlink("../own", below / "sub/to_own");
    fs::create_symlink("../secret", below / "to_secret");
    fs::create_symlink("..", below / "up");
    fs::create_symlink("/dev/zero", below / "endless");
    fs::create_directories(root / "below_not");
    write(root / "below_not/other", "of a neighbour");
    ::mkfifo((below / "pipe").c_str(), 0600);
  }
  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }
  [[nodiscard]] Result<std::string> read(const std::string& name, std::size_t most = 100) const {
    return read_file_below(below.string(), (below / name).string(), most);
  }
};

TEST(ReadFileBelow, WhatLiesThereAlsoByLinks) {
  const Folder folder;
  for (const auto* name : {"own", "to_own", "sub/to_own", "sub/../own", "up/below/own"})
    EXPECT_EQ(folder.read(name).value_or("?"), "ours") << name;
}

TEST(ReadFileBelow, NothingElse) {
  const Folder folder;
  for (const auto* name : {"to_secret", "up/secret", "../secret", "../below_not/other", "pipe", "endless", "sub"}) {
    const auto read = folder.read(name);
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, Errc::not_permitted) << name;
    EXPECT_EQ(read.error().message.find("the server's"), std::string::npos);
  }
  EXPECT_EQ(folder.read("nothing").error().code, Errc::not_found);
}

TEST(ReadFileBelow, NoMoreThanAsked) {
  const Folder folder;
  EXPECT_EQ(folder.read("own", 4).value_or("?"), "ours");
  EXPECT_EQ(folder.read("own", 3).error().code, Errc::invalid_input);
}

}  // namespace
}  // namespace orgo
