#include "core/mail/read/html_links.h"

#include <gtest/gtest.h>

#include <string>

#include "base/html.h"

namespace orgo {
namespace {

/// "[words|href]" for each.
std::string links(const std::string& html) {
  const auto text = html_to_text(html);
  std::string out;
  for (const auto& link : links_in_text(html, text))
    out += "[" + text.substr(link.begin, link.end - link.begin) + "|" + link.href + "]";
  return out;
}

TEST(HtmlLinks, StandWhereTheirWordsDo) {
  EXPECT_EQ(links("<p>See <a href=\"https://x.example/a?b=1&amp;c=2\">the plan</a> now.</p>"),
            "[the plan|https://x.example/a?b=1&c=2]");
  EXPECT_EQ(links("A <a class=k href='u1'> one </a><a HREF=u2><b>two\n words </b></a> <A\nhref = \"u3\">three</A >"),
            "[one|u1][two words|u2][three|u3]");
  EXPECT_EQ(links("<a href=u1>one<p>and two</a> more"), "[one\n\nand two|u1]");
  EXPECT_EQ(links("<a href=\"a>b\">one</a>"), "[one|a>b]");
  EXPECT_EQ(links("\xC3\xA4 <a href=u>\xF0\x9F\x98\x80 gr\xC3\xBC\xC3\x9F</a>"),
            "[\xF0\x9F\x98\x80 gr\xC3\xBC\xC3\x9F|u]");
}

TEST(HtmlLinks, OnlyWhatHasWordsAndLeadsSomewhere) {
  for (const auto* html : {"", "no link", "<a name=x>one</a>", "<a href=\"\">one</a>", "<a href=u><img src=x></a>",
                           "<!-- <a href=u>one</a> --> two", "<script>'<a href=u>one</a>'</script> two",
                           "<abbr href=u>one</abbr>", "<a data-href=u>one</a>", "<a href=u>one", "</a>one",
                           "<a href=u>\xEF\x9E\xA1"
                           "0</a>"})
    EXPECT_EQ(links(html), "") << html;
  EXPECT_EQ(links("<a href=" + std::string(3'000, 'u') + ">one</a>"), "");
  EXPECT_TRUE(links_in_text("<a href=u>one</a>", "another text").empty());
  EXPECT_TRUE(links_in_text("<a href=u>one</a>", "one more").empty());
  std::string many;
  for (int i = 0; i < 300; ++i) many += "<a href=u>x</a> ";
  EXPECT_EQ(links_in_text(many, html_to_text(many)).size(), 200U);
}

}  // namespace
}  // namespace orgo
