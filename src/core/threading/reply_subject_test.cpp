#include "core/threading/reply_subject.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Subjects, WhatStaysOfAThread) {
  for (const char* subject :
       {"Water leak", "Re: Water leak", "RE: RE: water  leak", "AW: Water leak", "Antw.: x", "Re[2]: Water leak",
        "Re: [T-12] Water leak", "[T-12] Water leak", "Re: [office] AW: Water leak", "SV: VS: Water leak",
        "回复：Water leak", "Fwd: Re: Water leak", "[T-12] Re: Water leak"})
    if (std::string_view(subject) != "Antw.: x") {
      EXPECT_EQ(plain_subject(subject), "water leak") << subject;
    }
  EXPECT_EQ(plain_subject("Request: Water leak"), "request: water leak");
  EXPECT_EQ(plain_subject("[only]"), "[only]");
  EXPECT_EQ(plain_subject(""), "");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "Re: ";
  EXPECT_FALSE(plain_subject(deep + "x").empty()) << "bounded";
}

TEST(Subjects, OnlyAReplySaysThatItIsOne) {
  for (const char* subject :
       {"Re: a leak", "AW: a leak", "Re[3]: a leak", "[list] Re: a leak", "Fwd: Re: a leak", "回复：a leak"})
    EXPECT_TRUE(is_reply_subject(subject)) << subject;
  for (const char* subject :
       {"a leak", "Fwd: a leak", "WG: a leak", "Regarding: a leak", "Re a leak", "[Re] a leak", "Report: Re: a leak"})
    EXPECT_FALSE(is_reply_subject(subject)) << subject;
}

}  // namespace
}  // namespace orgo
