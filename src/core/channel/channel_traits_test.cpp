#include "core/channel/channel_traits.h"

#include <gtest/gtest.h>

#include <set>

namespace orgo {
namespace {

TEST(ChannelTraits, EveryKindOfContactIsReached) {
  for (const auto kind : {ContactKind::mail, ContactKind::webhook}) EXPECT_EQ(channel_of(kind).contact, kind);
}

TEST(ChannelTraits, NamesAreUniqueAndWithoutASlash) {
  std::set<std::string_view> names;
  for (const auto& traits : channel_traits()) {
    EXPECT_TRUE(names.insert(traits.name).second) << traits.name;
    EXPECT_EQ(traits.name.find('/'), std::string_view::npos) << "what stands behind one is a provider";
    EXPECT_EQ(find_channel(traits.name), &traits);
    EXPECT_EQ(find_channel(std::string(traits.name) + "/provider"), &traits);
  }
  EXPECT_EQ(find_channel("pigeon"), nullptr);
  EXPECT_EQ(find_channel(""), nullptr);
}

TEST(ChannelTraits, WhatAnswersPeopleIsNotQuiet) {
  for (const auto& traits : channel_traits()) {
    EXPECT_FALSE(traits.quiet && traits.answers) << traits.name;
    EXPECT_FALSE(traits.quiet && traits.reports) << traits.name;
  }
}

}  // namespace
}  // namespace orgo
