#include "adapter/data_folder/make_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace orgo {
namespace {

TEST(MakeFolder, MakesWhatIsMissingAndTakesWhatIsThere) {
  std::string name = (std::filesystem::temp_directory_path() / "orgo-folder-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const auto deep = name + "/a/b/../c/";
  EXPECT_TRUE(make_folder(deep));
  EXPECT_TRUE(std::filesystem::is_directory(name + "/a/c"));
  EXPECT_TRUE(make_folder(deep)) << "twice is harmless";
  std::ofstream(name + "/file") << "x";
  const auto refused = make_folder(name + "/file/below");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace orgo
