#include "adapter/blob_store/segment_check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapter/blob_store/segments.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// Small ones, an empty one, and one that is compressed.
class SegmentCheckTest : public testing::Test {
 protected:
  SegmentCheckTest() {
    std::string name = (fs::temp_directory_path() / "orgo-segment-XXXXXX").string();
    const fs::path root = ::mkdtemp(name.data());
    const std::string large(9'000, 'a');
    const auto store = SegmentStore::open({.folder = root.string()});
    const auto refs = (*store)->append(std::vector<std::string_view>{"first", "", large, "last one"});
    for (const auto& ref : *refs) places.push_back(*parse_segment_place(ref.text));
    std::ifstream file(root / segment_name(1), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    fs::remove_all(root);
  }

  /// The offsets of those that are found damaged, read in pieces of such a size.
  static std::vector<std::int64_t> look(const std::vector<SegmentPlace>& wanted, std::string_view text,
                                        std::size_t piece) {
    SegmentCheck check(wanted);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) check.add(text.substr(0, piece));
    std::vector<std::int64_t> damaged;
    for (const auto& place : check.finish()) damaged.push_back(place.offset);
    return damaged;
  }

  std::vector<SegmentPlace> places;
  std::string bytes;
};

TEST_F(SegmentCheckTest, FindsEachFlippedBitInTheRecordThatHasIt) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33}, bytes.size()})
    EXPECT_TRUE(look(places, bytes, piece).empty()) << piece;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto other = bytes;
    other[at] = static_cast<char>(other[at] ^ 4);
    const auto of = std::ranges::find_if(places.rbegin(), places.rend(), [&](const SegmentPlace& place) {
      return place.offset <= static_cast<std::int64_t>(at);
    });
    EXPECT_EQ(look(places, other, 7), std::vector{of->offset}) << at;
  }
}

TEST_F(SegmentCheckTest, WhatIsCutOffIsNotThere) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto damaged = look(places, std::string_view(bytes).substr(0, size), 40);
    ASSERT_FALSE(damaged.empty()) << size;
    EXPECT_EQ(damaged.back(), places.back().offset) << size;
  }
}

TEST_F(SegmentCheckTest, LooksOnlyAtWhatSomebodyNamesInAnyOrderAndOnce) {
  auto other = bytes;
  other[static_cast<std::size_t>(places[2].offset) + 40] ^= 1;
  EXPECT_TRUE(look({places[3], places[0]}, other, 100).empty()) << "a damaged one that nobody names";
  EXPECT_EQ(look({places[3], places[2], places[0], places[2]}, other, 100), std::vector{places[2].offset});
  EXPECT_TRUE(look({}, other, 100).empty());
}

TEST_F(SegmentCheckTest, APlaceWhereNoneBeginsIsDamage) {
  const auto& large = places[2];
  EXPECT_EQ(look({{1, large.offset + 5, large.length}}, bytes, 50), std::vector{large.offset + 5});
  EXPECT_EQ(look({large, {1, large.offset + 5, 1}, places[3]}, bytes, 50), std::vector{large.offset + 5});
  EXPECT_EQ(look({{1, large.offset, large.length + 1}}, bytes, 50), std::vector{large.offset}) << "another length";
  EXPECT_EQ(look({{1, 1'000'000, 3}}, bytes, 50), std::vector{std::int64_t{1'000'000}});
}

}  // namespace
}  // namespace orgo
