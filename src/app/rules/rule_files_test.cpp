#include "app/rules/rule_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace orgo {
namespace {

using testing::HasSubstr;

class RuleFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-rule-files-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    write("one.yaml", "rules: []\n");
    write("two.yaml", "keywords: {gym: [hall]}\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << text;
  }
  [[nodiscard]] RuleFiles both() const {
    return RuleFiles(std::vector<std::string>{path("one.yaml"), path("two.yaml")});
  }

  std::filesystem::path folder;
};

TEST_F(RuleFilesTest, AreReadInTheirOrder) {
  auto files = both();
  const auto read = files.read();
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(read->at(0).text, "rules: []\n");
  EXPECT_EQ(read->at(1).path, path("two.yaml"));
  EXPECT_FALSE(files.changed());
  EXPECT_FALSE(files.changed());
}

TEST_F(RuleFilesTest, TheSecondMissingOrUnreadableIsToldByName) {
  auto files = both();
  std::filesystem::remove(path("two.yaml"));
  const auto missing = files.read();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr(path("two.yaml")));
  std::filesystem::create_directory(path("two.yaml"));
  const auto folder_instead = files.read();
  ASSERT_FALSE(folder_instead) << "a folder is no empty file";
  EXPECT_THAT(folder_instead.error().message, HasSubstr(path("two.yaml")));
  std::filesystem::remove(path("two.yaml"));
  write("two.yaml", "rules: []\n");
  if (::geteuid() != 0) {  // root reads everything
    std::filesystem::permissions(path("two.yaml"), std::filesystem::perms::none);
    const auto unreadable = files.read();
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().code, Errc::unavailable);
    std::filesystem::permissions(path("two.yaml"), std::filesystem::perms::owner_all);
  }
  EXPECT_TRUE(files.read()) << "it is back";
}

TEST_F(RuleFilesTest, WhatWentAwayIsSeenWhenItIsBack) {
  auto files = both();
  ASSERT_TRUE(files.read());
  std::filesystem::rename(path("two.yaml"), path("away"));
  EXPECT_FALSE(files.changed());
  EXPECT_TRUE(files.changed());
  EXPECT_FALSE(files.read());
  EXPECT_FALSE(files.changed()) << "it was told";
  std::filesystem::rename(path("away"), path("two.yaml"));
  EXPECT_FALSE(files.changed());
  EXPECT_TRUE(files.changed());
  EXPECT_TRUE(files.read());
}

TEST_F(RuleFilesTest, AChangeIsOneOnceItStandsStill) {
  auto files = both();
  ASSERT_TRUE(files.read());
  // As an editor writes: emptied, then piece by piece, whatever moment the look is at.
  write("two.yaml", "");
  EXPECT_FALSE(files.changed());
  append("two.yaml", "rules:\n");
  EXPECT_FALSE(files.changed());
  append("two.yaml", "  - {name: a, action: {tag: a}}\n");
  EXPECT_FALSE(files.changed());
  write("one.yaml", "match: first\n");
  EXPECT_FALSE(files.changed()) << "the other file moves";
  EXPECT_TRUE(files.changed());
  EXPECT_FALSE(files.changed()) << "once for each change";
  const auto read = files.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).text, "match: first\n");
  EXPECT_EQ(read->at(1).text, "rules:\n  - {name: a, action: {tag: a}}\n");
}

TEST_F(RuleFilesTest, ContentThatMovesUnderTheSameSizeAndTimeIsNotStill) {
  auto files = both();
  ASSERT_TRUE(files.read());
  const auto time = std::filesystem::file_time_type::clock::now() + std::chrono::hours(1);
  const auto put = [&](const std::string& text) {
    write("two.yaml", text);
    std::filesystem::last_write_time(path("two.yaml"), time);
  };
  put("keywords: {gym: [pool]}\n");
  EXPECT_FALSE(files.changed());
  put("keywords: {gym: [door]}\n");
  EXPECT_FALSE(files.changed());
  EXPECT_TRUE(files.changed());
}

TEST_F(RuleFilesTest, AChangeThatIsTakenBackIsNone) {
  auto files = both();
  ASSERT_TRUE(files.read());
  std::filesystem::rename(path("two.yaml"), path("away"));
  EXPECT_FALSE(files.changed());
  std::filesystem::rename(path("away"), path("two.yaml"));
  EXPECT_FALSE(files.changed());
  EXPECT_FALSE(files.changed());
}

/// How often this process has it open.
int times_open(const std::string& path) {
  int times = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry.path(), gone) == path) ++times;
  }
  return times;
}

/// A pipe holds the reading of the second file up, so that the first can be changed behind it, `times` times.
Result<std::vector<SourceFile>> read_while_the_first_changes(RuleFiles files, const std::string& first,
                                                             const std::string& pipe, int times) {
  std::atomic<bool> over = false;
  std::thread writer([&] {
    for (int i = 1; !over; ++i) {
      {
        std::ofstream second(pipe);                                       // waits for who reads it
        while (!over && times_open(pipe) < 2) std::this_thread::yield();  // the reader has it, too
        if (over) return;
        if (i <= times) std::ofstream(first) << "rules: []\n" << std::string(static_cast<std::size_t>(i), '#');
        second << "keywords: {gym: [pool]}\n";
      }
      while (!over && times_open(pipe) > 0) std::this_thread::yield();  // who read it has not seen its end yet
    }
  });
  auto read = files.read();
  over = true;
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // lets the writer go
  writer.join();
  ::close(reader);
  return read;
}

TEST_F(RuleFilesTest, WhatChangedWhileAnotherWasReadIsReadAgain) {
  ASSERT_EQ(::mkfifo(path("pipe.yaml").c_str(), 0600), 0);
  const RuleFiles files(std::vector<std::string>{path("one.yaml"), path("pipe.yaml")});
  for (const int times : {0, 1, 3}) {
    const auto read = read_while_the_first_changes(files, path("one.yaml"), path("pipe.yaml"), times);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->at(0).text, "rules: []\n" + std::string(static_cast<std::size_t>(times), '#'))
        << "not the one before";
    EXPECT_EQ(read->at(1).text, "keywords: {gym: [pool]}\n");
  }
  const auto never = read_while_the_first_changes(files, path("one.yaml"), path("pipe.yaml"), 1'000);
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, Errc::unavailable);
  EXPECT_THAT(never.error().message, HasSubstr("change whenever they are read"));
}

TEST_F(RuleFilesTest, EachOfManyCounts) {
  std::vector<std::string> paths;
  for (int i = 0; i < 5; ++i) {
    paths.push_back(path("file" + std::to_string(i) + ".yaml"));
    write("file" + std::to_string(i) + ".yaml", "rules: []\n");
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    SCOPED_TRACE(i);
    RuleFiles files(paths);
    ASSERT_TRUE(files.read());
    append("file" + std::to_string(i) + ".yaml", "# seen\n");
    EXPECT_TRUE(files.differs());
    EXPECT_FALSE(files.changed());
    EXPECT_TRUE(files.changed()) << "a change of any";
    EXPECT_EQ(files.read()->at(i).text, "rules: []\n# seen\n");
    std::filesystem::remove(paths[i]);
    const auto missing = files.read();
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr(paths[i]));
    write("file" + std::to_string(i) + ".yaml", "rules: []\n");
  }
}

TEST_F(RuleFilesTest, AnEndlessFileEnds) {
  const auto read = RuleFiles(std::vector<std::string>{"/dev/zero"}).read();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::invalid_input);
  write("big.yaml", std::string((16U << 20U) + 1, '#'));
  EXPECT_EQ(RuleFiles(std::vector<std::string>{path("big.yaml")}).read().error().code, Errc::invalid_input);
  write("big.yaml", std::string(16U << 20U, '#'));
  EXPECT_TRUE(RuleFiles(std::vector<std::string>{path("big.yaml")}).read());
}

}  // namespace
}  // namespace orgo
