#include "protocol/tnef/tnef.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/work.h"
#include "protocol/tnef/rtf.h"

namespace orgo::tnef {
namespace {

std::string u16(unsigned v) {
  return {static_cast<char>(v & 255), static_cast<char>(v >> 8 & 255)};
}
std::string u32(std::uint32_t v) {
  return u16(v & 0xFFFF) + u16(v >> 16);
}
std::string attribute(char level, std::uint32_t id, const std::string& value) {
  return std::string(1, level) + u32(id) + u32(static_cast<std::uint32_t>(value.size())) + value + u16(0);
}
const std::string kHead = u32(0x223E9F78) + u16(1);
constexpr std::uint32_t kTitle = 0x00018010, kData = 0x0006800F, kRend = 0x00069002, kProps = 0x00069003,
                        kAttach = 0x00069005;
std::string padded(std::string value) {
  value.resize((value.size() + 3) / 4 * 4);
  return value;
}
std::string property(unsigned type, unsigned id, const std::string& value) {
  if (type == 0x1E || type == 0x1F || type == 0x102 || type == 0xD)
    return u16(type) + u16(id) + u32(1) + u32(static_cast<std::uint32_t>(value.size())) + padded(value);
  return u16(type) + u16(id) + value;
}
std::string utf16(std::u16string_view text) {
  std::string out;
  for (const auto c : text) out += u16(c);
  return out;
}

TEST(Tnef, IsToldByItsSignature) {
  EXPECT_FALSE(read_tnef(""));
  EXPECT_FALSE(read_tnef("PK\x03\x04 something else"));
  const auto empty = read_tnef(kHead);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->attachments.empty());
  EXPECT_TRUE(empty->whole);
}

TEST(Tnef, AttachmentsAndTheirNames) {
  const auto stream =
      kHead + attribute(2, kRend, std::string(14, '\0')) + attribute(2, kTitle, std::string("LONGNA~1.TXT\0", 13)) +
      attribute(2, kData, "hello") +
      attribute(2, kAttach,
                u32(2) + property(0x1F, 0x3707, utf16(u"Länge.txt\0")) + property(0x1E, 0x370E, "text/plain")) +
      attribute(2, kRend, std::string(14, '\0')) + attribute(2, kData, "");
  const auto content = read_tnef(stream);
  ASSERT_TRUE(content);
  ASSERT_EQ(content->attachments.size(), 2U);
  EXPECT_EQ(content->attachments[0].name, "Länge.txt");
  EXPECT_EQ(content->attachments[0].content_type, "text/plain");
  EXPECT_EQ(content->attachments[0].bytes, "hello");
  EXPECT_EQ(content->attachments[1].name, "");
  EXPECT_EQ(content->attachments[1].bytes, "");
}

TEST(Tnef, MeetingRequests) {
  const std::string appointment("\x02\x20\x06\x00\x00\x00\x00\x00\xC0\x00\x00\x00\x00\x00\x00\x46", 16);
  const auto named = [&](unsigned type, std::uint32_t id, const std::string& rest) {
    return u16(type) + u16(0x8001) + appointment + u32(0) + u32(id) + rest;
  };
  // 2026-03-02T09:30:00Z
  std::uint64_t ticks = (1'772'443'800ULL + 11'644'473'600ULL) * 10'000'000ULL;
  std::string when;
  for (int i = 0; i < 8; ++i) when += static_cast<char>(ticks >> (8 * i) & 255);
  const auto stream = kHead + attribute(1, 0x00078008, std::string("IPM.Microsoft Schedule.MtgReq\0", 30)) +
                      attribute(1, kProps,
                                u32(3) + property(0x1F, 0x0037, utf16(u"Besuch")) + named(0x40, 0x820D, when) +
                                    named(0x1F, 0x8208, u32(1) + u32(8) + utf16(u"Hall")));
  const auto content = read_tnef(stream);
  ASSERT_TRUE(content);
  ASSERT_TRUE(content->meeting);
  EXPECT_EQ(content->subject, "Besuch");
  EXPECT_EQ(content->meeting->place, "Hall");
  ASSERT_TRUE(content->meeting->start);
  EXPECT_EQ(to_rfc3339(*content->meeting->start), "2026-03-02T09:30:00Z");
}

TEST(Tnef, DamageIsToldAndTheRestIsKept) {
  const auto good =
      kHead + attribute(2, kRend, std::string(14, '\0')) + attribute(2, kTitle, "a.txt") + attribute(2, kData, "hello");
  const auto short_of = good.substr(0, good.size() - 4);  // the result has views into it
  const auto cut = read_tnef(short_of);
  ASSERT_TRUE(cut);
  ASSERT_EQ(cut->attachments.size(), 1U);
  EXPECT_EQ(cut->attachments[0].bytes, "hel") << "as much as came";
  EXPECT_FALSE(cut->whole);
  EXPECT_TRUE(read_tnef(good + "garbage at the end")->whole) << "lists append footers";
}

TEST(Tnef, Limits) {
  Limits limits;
  limits.attachments = 2;
  std::string stream = kHead;
  for (int i = 0; i < 2; ++i) stream += attribute(2, kRend, "x") + attribute(2, kData, "1");
  EXPECT_TRUE(read_tnef(stream, limits)->whole);
  stream += attribute(2, kRend, "x") + attribute(2, kData, "1");
  EXPECT_FALSE(read_tnef(stream, limits)->whole);
  EXPECT_EQ(read_tnef(stream, limits)->attachments.size(), 2U);
  limits.properties = 3;
  const auto with = [](int count) {
    std::string properties = u32(static_cast<std::uint32_t>(count));
    for (int i = 0; i < count; ++i) properties += property(3, 0x0001, u32(1));
    return kHead + attribute(1, kProps, properties);
  };
  EXPECT_TRUE(read_tnef(with(3), limits)->whole);
  EXPECT_FALSE(read_tnef(with(4), limits)->whole);
  limits = {};
  limits.attributes = 6;
  EXPECT_TRUE(read_tnef(stream, limits)->whole);
  limits.attributes = 5;
  EXPECT_FALSE(read_tnef(stream, limits)->whole);
}

TEST(Tnef, AMillionPropertyValuesOfNothingCostNothing) {
  // "Four billion values of a multi-value property" in twelve bytes.
  const auto stream = kHead + attribute(1, kProps, u32(0xFFFFFFFF) + u16(0x1003) + u16(1) + u32(0xFFFFFFFF));
  work_done = 0;
  ASSERT_TRUE(read_tnef(stream));
  EXPECT_LT(work_done, 10'000U);
}

TEST(Rtf, Text) {
  const auto text = [](std::string_view rtf) { return read_rtf(rtf).text; };
  EXPECT_EQ(text("{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 Gr\\'fc\\'dfe\\par next\\line one\\tab two}"),
            "Grüße\nnext\none\ttwo");
  EXPECT_EQ(text("{\\rtf1\\uc1 \\u8364? \\u-10179?\\u-8704? end}"), "€ 😀 end");
  EXPECT_EQ(text("{\\rtf1 a{\\*\\generator Word;}b{\\pict\\bin3 {{{x}c}"), "abc");
  EXPECT_EQ(text("{\\rtf1{\\fonttbl{\\f1\\fcharset204 Arial;}}\\f1 \\'ef\\'f0\\'e8\\'e2\\'e5\\'f2}"), "привет");
  EXPECT_EQ(text("no rtf at all"), "no rtf at all");
  EXPECT_EQ(text(""), "");
}

TEST(Rtf, HtmlThatItWasMadeFrom) {
  const auto read = read_rtf(
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf "
      "{\\b \\htmlrtf0 Caf\\'e9 \\{x\\}\\htmlrtf }\\htmlrtf0 {\\*\\htmltag72 </p>}{\\*\\mhtmltag84 <no>}}");
  EXPECT_EQ(read.html, "<p>Café {x}</p>");
  EXPECT_EQ(read.text, "");
}

TEST(Rtf, Decompresses) {
  // MS-OXRTFCP, section 3.1 and 3.2: the examples of the specification.
  const std::string simple(
      "\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42"
      "\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0",
      49);
  EXPECT_EQ(decompress_rtf(simple), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
  const std::string across(
      "\x1a\x00\x00\x00\x1c\x00\x00\x00\x4c\x5a\x46\x75\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01"
      "\x0e\xb0",
      30);
  EXPECT_EQ(decompress_rtf(across), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
  EXPECT_FALSE(decompress_rtf("short"));
  EXPECT_FALSE(decompress_rtf(std::string(40, 'x')));
  RtfLimits limits;
  limits.rtf_bytes = 10;
  EXPECT_EQ(decompress_rtf(across, limits), "{\\rtf1 WXY");
}

TEST(Rtf, DepthHasALimit) {
  RtfLimits limits;
  limits.depth = 3;
  EXPECT_EQ(read_rtf("{{{a}}}", limits).text, "a");
  EXPECT_EQ(read_rtf("{{{{a}}}b}", limits).text, "b");
  EXPECT_EQ(read_rtf(std::string(5'000'000, '{')).text, "");
}

}  // namespace
}  // namespace orgo::tnef
