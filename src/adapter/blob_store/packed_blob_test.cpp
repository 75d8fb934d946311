#include "adapter/blob_store/packed_blob.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(PackedBlob, IsCompressedOnlyWhereThatPays) {
  const std::string alike(kCompressFrom, 'a'), small(kCompressFrom - 1, 'a');
  EXPECT_TRUE(pack_blob(alike).is_compressed);
  EXPECT_LT(pack_blob(alike).stored().size(), 100U);
  EXPECT_FALSE(pack_blob(small).is_compressed);
  EXPECT_EQ(pack_blob(small).stored().data(), small.data()) << "nothing is copied";
  std::string noise;
  for (std::uint32_t state = 1; noise.size() < 10'000; state = state * 1664525U + 1013904223U)
    noise += static_cast<char>(state >> 24U);
  EXPECT_FALSE(pack_blob(noise).is_compressed);
  EXPECT_TRUE(pack_blob("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 10).is_compressed);
  EXPECT_FALSE(pack_blob("").is_compressed);
}

TEST(PackedBlob, MayBeMoved) {
  const std::string alike(5'000, 'a');
  auto first = pack_blob(alike);
  const auto second = std::move(first);
  EXPECT_EQ(decompress_blob(second.stored(), 5'000), alike);
}

TEST(PackedBlob, WhatIsNotThatIsTold) {
  const std::string alike(5'000, 'a');
  const auto packed = pack_blob(alike);
  EXPECT_EQ(decompress_blob(packed.stored(), 5'000), alike);
  EXPECT_EQ(decompress_blob(packed.stored(), 4'999), std::nullopt);
  EXPECT_EQ(decompress_blob(packed.stored(), 5'001), std::nullopt);
  EXPECT_EQ(decompress_blob(packed.stored().substr(1), 5'000), std::nullopt);
  EXPECT_EQ(decompress_blob("", 1), std::nullopt);
}

}  // namespace
}  // namespace orgo
