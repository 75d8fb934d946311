#include "adapter/data_folder/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() {
    std::string name = (fs::temp_directory_path() / "orgo-data-XXXXXX").string();
    root = ::mkdtemp(name.data());
  }
  ~DataFolderTest() override { fs::remove_all(root); }
  fs::path root;
};

TEST_F(DataFolderTest, IsMadePrivate) {
  const auto folder = DataFolder::own(root / "a" / "var");
  ASSERT_TRUE(folder) << folder.error().message;
  struct stat facts {};
  ASSERT_EQ(::stat((root / "a" / "var").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
}

TEST_F(DataFolderTest, HasOneOwnerAndNamesIt) {
  auto first = DataFolder::own(root);
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->announce({.http = "http://127.0.0.1:5000", .lmtp = "", .smtp = "", .token = "geheim"}));
  const auto second = DataFolder::own(root);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_THAT(second.error().message, HasSubstr("(process " + std::to_string(::getpid()) + ", http://127.0.0.1:5000)"));
  EXPECT_THAT(second.error().message, Not(HasSubstr("geheim")));
}

TEST_F(DataFolderTest, RootKeepsItsHandsOffTheDataOfAService) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root could";
  std::ofstream(root / "orgo.db") << "";
  ASSERT_TRUE(DataFolder::own(root));
  ASSERT_EQ(::chown((root / "orgo.db").c_str(), 12'345, 12'345), 0);
  const auto folder = DataFolder::own(root);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Errc::not_permitted);
  EXPECT_THAT(folder.error().message, HasSubstr("sudo -u #12345 orgo"));
}

TEST_F(DataFolderTest, KeepsItsSecretOverRestarts) {
  std::string first;
  {
    auto folder = DataFolder::own(root);
    ASSERT_TRUE(folder);
    first = *folder->secret();
    EXPECT_EQ(first.size(), 64U);
    EXPECT_EQ(*folder->secret(), first);
    struct stat facts {};
    ASSERT_EQ(::stat((root / "secret.key").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600U);
  }
  auto folder = DataFolder::own(root);
  EXPECT_EQ(*folder->secret(), first);
  std::ofstream(root / "secret.key") << "not this";
  EXPECT_EQ(folder->secret().error().code, Errc::corrupt);
  fs::remove(root / "secret.key");
  EXPECT_NE(*folder->secret(), first);
}

TEST_F(DataFolderTest, ACommandThatOwnsItIsNamedToo) {
  const auto command = DataFolder::own(root);
  ASSERT_TRUE(command);
  const auto owner = DataFolder::running(root);
  ASSERT_TRUE(owner && *owner);
  EXPECT_EQ(in_words(**owner), "process " + std::to_string(::getpid()));
  EXPECT_EQ((*owner)->http, "");
  EXPECT_EQ(in_words(RunningServer{}), "another process");
}

TEST_F(DataFolderTest, IsFreeAgainWhenTheOwnerEnds) {
  { ASSERT_TRUE(DataFolder::own(root)); }
  EXPECT_FALSE(*DataFolder::running(root));
  EXPECT_TRUE(DataFolder::own(root));
}

TEST_F(DataFolderTest, TellsTheCommandLineWhereTheServerIs) {
  EXPECT_FALSE(*DataFolder::running(root / "missing"));
  auto folder = DataFolder::own(root);
  ASSERT_TRUE(
      folder->announce({.http = "http://127.0.0.1:5001", .lmtp = "127.0.0.1:24", .smtp = "", .token = "geheim"}));
  const auto server = DataFolder::running(root);
  ASSERT_TRUE(server && *server);
  EXPECT_EQ((*server)->pid, ::getpid());
  EXPECT_EQ((*server)->http, "http://127.0.0.1:5001");
  EXPECT_EQ((*server)->lmtp, "127.0.0.1:24");
  EXPECT_EQ((*server)->token, "geheim");
  struct stat facts {};
  ASSERT_EQ(::stat((root / "cli.token").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST_F(DataFolderTest, ForgetsWhatAKilledOwnerAnnounced) {
  std::ofstream(root / "server.json") << R"({"pid":1,"http":"http://127.0.0.1:1"})";
  std::ofstream(root / "cli.token") << "old";
  EXPECT_FALSE(*DataFolder::running(root));
  const auto folder = DataFolder::own(root);
  const auto server = DataFolder::running(root);
  ASSERT_TRUE(server && *server);
  EXPECT_EQ((*server)->http, "");
  EXPECT_EQ((*server)->token, "");
}

TEST_F(DataFolderTest, SaysWhatIsWrongWithThePath) {
  std::ofstream(root / "file") << "x";
  const auto folder = DataFolder::own(root / "file");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Errc::unavailable);
  EXPECT_THAT(folder.error().message, HasSubstr("file"));
}

}  // namespace
}  // namespace orgo
