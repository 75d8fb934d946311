#include "adapter/feed/feed_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;

class FeedFolderTest : public ::testing::Test {
 protected:
  FeedFolderTest() : data(fs::temp_directory_path() / ("orgo-feeds-" + std::to_string(::getpid()))) {
    fs::create_directories(data);
  }
  ~FeedFolderTest() override { fs::remove_all(data); }
  static std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  const fs::path data;
  const std::string url = "https://example.org/../../etc/passwd";
};

TEST_F(FeedFolderTest, KeepsVersionsOverAStart) {
  FeedState state;
  state.url = url;
  state.fetched_at = from_ms(5'000);
  state.etag = "\"v1\"";
  {
    FeedFolder folder(data);
    EXPECT_EQ(*folder.read(url), std::nullopt);
    ASSERT_TRUE(folder.save(state, "BEGIN:VCALENDAR"));
  }
  FeedFolder folder(data);
  EXPECT_EQ(**folder.read(url), state);
  EXPECT_EQ(text_of(folder.path_of(url)), "BEGIN:VCALENDAR");
  EXPECT_EQ(fs::path(folder.path_of(url)).parent_path(), data / "feeds");  // no URL leads out of it
  state.failures = 2;
  ASSERT_TRUE(folder.save(state));
  EXPECT_EQ((*folder.read(url))->failures, 2);
  EXPECT_EQ(text_of(folder.path_of(url)), "BEGIN:VCALENDAR");
  EXPECT_EQ(*folder.read("https://example.org/other"), std::nullopt);
  for (const auto& entry : fs::directory_iterator(data / "feeds")) {
    struct stat facts {};
    ::stat(entry.path().c_str(), &facts);
    EXPECT_EQ(facts.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(FeedFolderTest, WhatCantBeReadIsFetchedAnew) {
  FeedFolder folder(data);
  FeedState state;
  state.url = url;
  state.fetched_at = from_ms(5'000);
  ASSERT_TRUE(folder.save(state, "BEGIN:VCALENDAR"));
  const auto json = fs::path(folder.path_of(url)).replace_extension(".json");
  for (const auto* broken : {"", "{", "{\"url\":\"https://another.example\",\"fetched_at\":5000}"}) {
    std::ofstream(json, std::ios::trunc) << broken;
    EXPECT_EQ(*folder.read(url), std::nullopt) << broken;
  }
  ASSERT_TRUE(folder.save(state, "BEGIN:VCALENDAR"));
  fs::remove(folder.path_of(url));
  EXPECT_EQ(*folder.read(url), std::nullopt);
}

TEST_F(FeedFolderTest, SaysWhyItCantWrite) {
  std::ofstream(data / "feeds") << "a file where the folder should be";
  FeedFolder folder(data);
  FeedState state;
  state.url = url;
  EXPECT_FALSE(folder.save(state, "x"));
}

}  // namespace
}  // namespace orgo
