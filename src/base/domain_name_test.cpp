#include "base/domain_name.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/unicode.h"

namespace orgo {
namespace {

TEST(AsciiDomain, IsOneFormForAllWaysToWriteIt) {
  EXPECT_EQ(ascii_domain("School.ORG"), "school.org");
  EXPECT_EQ(ascii_domain("school.org."), "school.org");
  EXPECT_EQ(ascii_domain(""), "");
  const std::string composed = "m\xC3\xBCnchen.example", decomposed = "Mu\xCC\x88nchen.example";
  EXPECT_EQ(ascii_domain(composed), "xn--mnchen-3ya.example");
  EXPECT_EQ(ascii_domain(decomposed), "xn--mnchen-3ya.example");
  EXPECT_EQ(ascii_domain("XN--MNCHEN-3YA.example"), "xn--mnchen-3ya.example");
  EXPECT_EQ(ascii_domain("B\xC3\x9C"
                         "CHER.\xE4\xBE\x8B\xE3\x81\x88.test."),
            "xn--bcher-kva.xn--r8jz45g.test");
  EXPECT_EQ(ascii_domain("\xEF\xBD\x93\xEF\xBD\x83hool.org"), "school.org") << "full-width letters";
}

// RFC 3492, section 7.1 (those in lower case, which folding leaves alone).
TEST(AsciiDomain, IsThePunycodeOfTheRfc) {
  const auto label = [](std::initializer_list<char32_t> points) {
    std::string text;
    for (const auto point : points) append_utf8(text, point);
    return ascii_domain(text);
  };
  EXPECT_EQ(label({0x4ED6, 0x4EEC, 0x4E3A, 0x4EC0, 0x4E48, 0x4E0D, 0x8BF4, 0x4E2D, 0x6587}),
            "xn--ihqwcrb4cv8a8dqg056pqjye");
  EXPECT_EQ(label({0x043F, 0x043E, 0x0447, 0x0435, 0x043C, 0x0443, 0x0436, 0x0435, 0x043E, 0x043D,
                   0x0438, 0x043D, 0x0435, 0x0433, 0x043E, 0x0432, 0x043E, 0x0440, 0x044F, 0x0442,
                   0x043F, 0x043E, 0x0440, 0x0443, 0x0441, 0x0441, 0x043A, 0x0438}),
            "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l");
  EXPECT_EQ(label({0x306A, 0x305C, 0x307F, 0x3093, 0x306A, 0x65E5, 0x672C, 0x8A9E, 0x3092, 0x8A71, 0x3057, 0x3066,
                   0x304F, 0x308C, 0x306A, 0x3044, 0x306E, 0x304B}),
            "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa");
}

TEST(AsciiDomain, LeavesWhatCanBeNoLabel) {
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += "\xC3\xA4";
  EXPECT_EQ(ascii_domain(longest), longest);
  std::string huge;
  for (int i = 0; i < 100'000; ++i) huge += "\xF0\x9F\x98\x80";
  EXPECT_EQ(ascii_domain(huge).size(), huge.size());
  EXPECT_FALSE(ascii_domain("\xFF\xFE.example").empty()) << "no UTF-8";
}

TEST(DomainName, HasLabelsThatDnsCanHave) {
  for (const char* right : {"school.org", "a", "1.a-b.example", "xn--mnchen-3ya.example", "xn--strae-oqa.example",
                            "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa", "a--b.org"})
    EXPECT_TRUE(is_domain_name(right)) << right;
  EXPECT_TRUE(is_domain_name(std::string(63, 'a') + ".org"));
  for (const char* wrong : {"",
                            ".",
                            "*.org",
                            "*",
                            "a..b",
                            ".org",
                            "org.",
                            "-a.org",
                            "a-.org",
                            "a_b.org",
                            "a b.org",
                            "a@b",
                            "School.org",
                            "m\xC3\xBCnchen.example",
                            "xn--",
                            "xn--.org",
                            "a.xn--.org",
                            "xn--mnchen-3yaaaaa\x7F.org",
                            "xn--99999999999.org",
                            "xn--a.org",
                            "xn--abc-.org",
                            "[10.0.0.1]",
                            "a/b.org",
                            "a:b"})
    EXPECT_FALSE(is_domain_name(wrong)) << wrong;
  EXPECT_FALSE(is_domain_name(std::string(64, 'a') + ".org"));
  std::string longest;
  for (int i = 0; i < 63; ++i) longest += "abc.";
  EXPECT_TRUE(is_domain_name(longest + "d"));
  EXPECT_FALSE(is_domain_name(longest + "de"));
}

TEST(UnicodeDomain, GoesBothWays) {
  for (const auto& [unicode, ascii] :
       std::vector<std::pair<std::string, std::string>>{{"bücher.example", "xn--bcher-kva.example"},
                                                        {"straße.example", "xn--strae-oqa.example"},
                                                        {"münchen.de", "xn--mnchen-3ya.de"},
                                                        {"école.example", "xn--cole-9oa.example"},
                                                        {"señal.example", "xn--seal-hqa.example"},
                                                        {"россия.рф", "xn--h1alffa9f.xn--p1ai"},
                                                        {"例え.テスト", "xn--r8jz45g.xn--zckzah"},
                                                        {"中国.example", "xn--fiqs8s.example"},
                                                        {"한국.example", "xn--3e0b707e.example"},
                                                        {"ελλάδα.example", "xn--hxakic4aa.example"},
                                                        {"mail.bücher.example", "mail.xn--bcher-kva.example"}}) {
    EXPECT_EQ(ascii_domain(unicode), ascii) << unicode;
    EXPECT_EQ(unicode_domain(ascii), unicode) << ascii;
    EXPECT_EQ(ascii_domain(ascii), ascii);
    EXPECT_EQ(unicode_domain(unicode), unicode);
    EXPECT_TRUE(is_international(unicode) && is_international(ascii));
  }
  EXPECT_EQ(ascii_domain("BÜCHER.Example"), "xn--bcher-kva.example");
  EXPECT_EQ(ascii_domain("bu\u0308cher.example"), "xn--bcher-kva.example") << "decomposed";
  EXPECT_EQ(ascii_domain("XN--BCHER-KVA.EXAMPLE"), "xn--bcher-kva.example");
}

TEST(UnicodeDomain, NeverMakesMoreOfANameThanAName) {
  for (const char* odd :
       {"b\u00fc\uff20evil.example", "b\u00fc\uff0cx.example", "\u2100\u00fc.example", "b\u00fc x.example"})
    for (const auto& name : {ascii_domain(odd), unicode_domain(odd)})
      EXPECT_EQ(name.find_first_of("@,/ "), std::string_view(odd).find_first_of("@,/ ")) << odd;
}

TEST(UnicodeDomain, LeavesTheRestAlone) {
  for (const char* plain : {"example.org", "a.b", "", "localhost", "[127.0.0.1]", "a_b.example", "-x.example"}) {
    EXPECT_EQ(ascii_domain(plain), plain);
    EXPECT_EQ(unicode_domain(plain), plain);
    EXPECT_FALSE(is_international(plain)) << plain;
  }
  EXPECT_EQ(ascii_domain("Example.ORG"), "example.org");
  EXPECT_EQ(unicode_domain("xn--a\xFF.example"), "xn--a\xFF.example");
  EXPECT_EQ(unicode_domain("xn--999999999.example"), "xn--999999999.example") << "no valid label";
}

}  // namespace
}  // namespace orgo
