#include "adapter/data_folder/file_lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;

class FileLockTest : public testing::Test {
 protected:
  FileLockTest() {
    std::string name = (fs::temp_directory_path() / "orgo-lock-XXXXXX").string();
    root = ::mkdtemp(name.data());
    fs::create_directory(root / "data");
    fs::create_directory(root / "other");
    path = (root / "data/orgo.lock").string();
  }
  ~FileLockTest() override { fs::remove_all(root); }

  /// As a restore does.
  void exchange() const {
    fs::rename(root / "data", root / "aside");
    fs::rename(root / "other", root / "data");
    fs::rename(root / "aside", root / "other");
  }

  fs::path root;
  std::string path;
};

TEST_F(FileLockTest, IsOfOneAtATime) {
  {
    auto first = FileLock::take(path);
    ASSERT_TRUE(first) << first.error().message;
    first->sign();
    EXPECT_EQ(signer_of(path), std::to_string(::getpid()));
    EXPECT_TRUE(*FileLock::is_taken(path));
    const auto second = FileLock::take(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::conflict);
  }
  EXPECT_FALSE(*FileLock::is_taken(path));
  EXPECT_TRUE(FileLock::take(path));
  EXPECT_FALSE(*FileLock::is_taken((root / "nowhere").string()));
}

TEST_F(FileLockTest, IsOfTheFileThatStandsThereAndNotOfOneThatStoodThere) {
  for (const int times : {1, 2, 3}) {
    int exchanged = 0;
    const auto lock = FileLock::take(path, [&] {
      if (exchanged < times) exchange();
      ++exchanged;
    });
    ASSERT_TRUE(lock) << lock.error().message;
    EXPECT_EQ(exchanged, times + 1) << "begun anew behind each";
    EXPECT_TRUE(*FileLock::is_taken(path)) << "whoever comes next is kept out";
    EXPECT_FALSE(FileLock::take(path));
  }
}

TEST_F(FileLockTest, WhoeverHoldsTheOneInItsPlaceIsRespected) {
  const auto holder = FileLock::take((root / "other/orgo.lock").string());
  ASSERT_TRUE(holder);
  bool exchanged = false;
  const auto lock = FileLock::take(path, [&] {
    if (!exchanged) exchange();
    exchanged = true;
  });
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, Errc::conflict);
}

TEST_F(FileLockTest, WhoeverHoldsTheOneThatStoodThereKeepsNobodyOut) {
  const auto holder = FileLock::take(path);
  ASSERT_TRUE(holder);
  bool exchanged = false;
  const auto lock = FileLock::take(path, [&] {
    if (!exchanged) exchange();
    exchanged = true;
  });
  EXPECT_TRUE(lock) << lock.error().message;
}

TEST_F(FileLockTest, AFolderThatIsGoneOrALinkIsNoPlace) {
  EXPECT_EQ(FileLock::take(path, [&] { fs::remove_all(root / "data"); }).error().code, Errc::unavailable);
  std::ofstream(root / "elsewhere") << "x";
  fs::create_symlink(root / "elsewhere", root / "link");
  EXPECT_EQ(FileLock::take((root / "link").string()).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace orgo
