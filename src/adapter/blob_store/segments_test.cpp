#include "adapter/blob_store/segments.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace orgo {
namespace {

class Segments : public testing::Test {
 protected:
  Segments() : folder(std::filesystem::temp_directory_path() / ("orgo-segments-" + random_name())) {}
  ~Segments() override { std::filesystem::remove_all(folder); }
  static std::string random_name();
  std::unique_ptr<SegmentStore> open(std::int64_t segment_bytes = 1 << 20) {
    auto store = SegmentStore::open({folder.string(), segment_bytes, 4096});
    EXPECT_TRUE(store);
    return std::move(*store);
  }
  std::filesystem::path folder;
};
std::string Segments::random_name() {
  static int counter = 0;
  return std::to_string(::getpid()) + "-" + std::to_string(++counter);
}

TEST_F(Segments, GivesBackWhatWasAppendedAlsoAfterReopening) {
  const std::string small = "Subject: x\r\n\r\nhello\r\n";
  const std::string large(100'000, 'a');
  const std::string binary("\0\r\n\xFF", 4);
  std::vector<BlobRef> refs;
  {
    auto store = open();
    refs = *store->append(std::vector<std::string_view>{small, large, binary, ""});
  }
  auto store = open();
  EXPECT_EQ(*store->read(refs[0]), small);
  EXPECT_EQ(*store->read(refs[1]), large);
  EXPECT_EQ(*store->read(refs[2]), binary);
  EXPECT_EQ(*store->read(refs[3]), "");
  EXPECT_LT(std::filesystem::file_size(folder / "00000001.seg"), 20'000U) << "100,000 equal bytes should be compressed";
}

TEST_F(Segments, BeginsANewFilePastTheLimitAndAfterReopening) {
  auto store = open(1000);
  const std::string blob(1500, 'x');
  EXPECT_EQ(store->append(std::vector<std::string_view>{blob})->front().text.substr(0, 2), "1-");
  EXPECT_EQ(store->append(std::vector<std::string_view>{blob})->front().text.substr(0, 2), "2-");
  store = open(1000);
  EXPECT_EQ(store->append(std::vector<std::string_view>{blob})->front().text.substr(0, 2), "3-");
}

TEST_F(Segments, HoldsFewFilesOpenHoweverManyThereAre) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  auto store = open(100);
  const auto before = open_files();
  std::vector<BlobRef> refs;
  for (int i = 0; i < 100; ++i)
    refs.push_back(store->append(std::vector<std::string_view>{std::to_string(i) + std::string(120, 'x')})->front());
  EXPECT_LE(open_files(), before + 1) << "only the one that is written";
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < refs.size(); ++i)
      EXPECT_EQ(*store->read(refs[i]), std::to_string(i) + std::string(120, 'x'));
  EXPECT_EQ(store->count_held(refs), 100);
  EXPECT_LE(open_files(), before + 20) << "those that are read stay open for a while, and not all";
}

TEST_F(Segments, SeesDamage) {
  auto store = open();
  const auto ref = store->append(std::vector<std::string_view>{"some bytes of a mail"})->front();
  {
    std::fstream file(folder / "00000001.seg", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('X');
  }
  EXPECT_EQ(store->read(ref).error().code, Errc::corrupt);
  const auto count = [&](const BlobRef& one) { return store->count_held(std::span(&one, 1)); };
  EXPECT_EQ(count(ref), 1);
  const BlobRef beyond{"1-1073741824-21"}, gone{"99-0-21"};
  EXPECT_EQ(count(beyond), 0);
  EXPECT_EQ(store->read(beyond).error().code, Errc::corrupt);
  EXPECT_EQ(store->read(gone).error().code, Errc::corrupt);
  EXPECT_EQ(store->count_held(std::vector{ref, beyond, gone, ref}), 2) << "each is asked when the last is not there";
}

TEST_F(Segments, RefusesWhatIsNoReferenceOfItsOwn) {
  auto store = open();
  ASSERT_TRUE(store->append(std::vector<std::string_view>{"bytes"}));
  for (const auto* text : {"", "1", "1-0", "1-0-", "1-0-5x", "1-0-5-6", "-1-0-5", "1--5-5", "a-b-c",
                           "1-0-99999999999999", "99999999999999999999-0-5"}) {
    const BlobRef ref{text};
    EXPECT_EQ(store->read(ref).error().code, Errc::corrupt) << text;
    EXPECT_EQ(store->count_held(std::span(&ref, 1)), 0) << text;
  }
  EXPECT_EQ(*store->read({"1-0-5"}), "bytes");
}

}  // namespace
}  // namespace orgo
