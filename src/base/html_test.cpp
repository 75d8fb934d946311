#include "base/html.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(HtmlToText, KeepsWhatAPersonReads) {
  EXPECT_EQ(html_to_text(
                "<html><head><title>x</title><style>p{}</style></head><body><p>Hello&nbsp;<b>World</b></p>"
                "<p>Gr&uuml;&szlig;e &#8364; &#x20AC; &euro;<br>next</p><script>alert('<p>')</script></body></html>"),
            "Hello World\n\nGr\xC3\xBC\xC3\x9F"
            "e \xE2\x82\xAC \xE2\x82\xAC \xE2\x82\xAC\nnext");
  EXPECT_EQ(html_to_text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc");
  EXPECT_EQ(html_to_text("<ul><li>one<li>two</ul>x"), "one\ntwo\n\nx");
  EXPECT_EQ(html_to_text("a <!-- <b>no</b> --> b"), "a b");
  EXPECT_EQ(html_to_text("<pre>  a\n    b</pre>"), "  a\n    b");
  EXPECT_EQ(html_to_text("<div>a</div><div>b</div>"), "a\nb");
  EXPECT_EQ(html_to_text("x&#150;y"), "x\xE2\x80\x93y") << "windows-1252 by number";
}

TEST(HtmlToText, ReadsBrokenHtml) {
  EXPECT_EQ(html_to_text("1 < 2 & 3 &unknown; &amp"), "1 < 2 & 3 &unknown; &");
  EXPECT_EQ(html_to_text("<a href=\"never closed>text</a> more"), "text more");
  EXPECT_EQ(html_to_text("<a title='>'>text</a>"), "text");
  EXPECT_EQ(html_to_text("<p"), "");
  EXPECT_EQ(html_to_text("<"), "<");
  EXPECT_EQ(html_to_text("<style>never closed"), "");
  EXPECT_EQ(html_to_text("<![if !mso]>a<![endif]>"), "a");
  EXPECT_EQ(html_to_text("<o:p>a</o:p>"), "a");
  EXPECT_EQ(html_to_text(""), "");
}

TEST(HtmlToText, ReadsNoMoreThanTheLimit) {
  EXPECT_EQ(html_to_text("abcdef", {.input_bytes = 3}), "abc");
}

TEST(References, AreDecoded) {
  std::string out;
  append_without_references(out, "a &lt;b&gt; &amp;amp; & &#0; &#x110000;");
  EXPECT_EQ(out, "a <b> &amp; & \xEF\xBF\xBD \xEF\xBF\xBD");
}

}  // namespace
}  // namespace orgo
